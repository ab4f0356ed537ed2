"""Runs the programs of scripts.txt with dpkt and with unwire, in this process alone: some of them declare protocols and change number spaces.

``python tests/dpkt/scripts.py CAPTURE`` prints what each printed, as JSON: {name: [with dpkt, with unwire]}.
"""

from __future__ import annotations

import contextlib
import io
import json
import re
import sys
import warnings
from pathlib import Path
from typing import Any

_PARTS = re.split(r"^### (.*)\n", Path(__file__).with_suffix(".txt").read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]
SCRIPTS = dict(zip(_PARTS[::2], _PARTS[1::2], strict=True))


def run(script: str, package: Any, capture: str) -> str:
    """Return what a script prints; an error that nobody caught is the last line."""
    out = io.StringIO()
    with contextlib.redirect_stdout(out), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            exec(compile(script, "script", "exec", dont_inherit=True), {"dpkt": package, "CAPTURE": capture, "__name__": "__main__"})
        except Exception as error:
            print("raised", type(error).__name__, error)
    return out.getvalue()


def main() -> None:
    """Run them all."""
    import dpkt as theirs
    from unwire import dpkt as ours

    print(json.dumps({name: [run(script, package, sys.argv[1]) for package in (theirs, ours)] for name, script in SCRIPTS.items()}))


if __name__ == "__main__":
    main()
