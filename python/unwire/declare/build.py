"""Builds schema.json, the committed product of all protocol files: ``python -m unwire.declare.build PATH``."""

from __future__ import annotations

import importlib
import json
import pkgutil
import sys
from pathlib import Path

from unwire.declare.registry import registry


def build() -> str:
    """Import every protocol once and return the schema as text, one layer a line, sorted by id: it is read in reviews."""
    import unwire.protocols as protocols

    for module in pkgutil.walk_packages(protocols.__path__, protocols.__name__ + "."):
        importlib.import_module(module.name)
    layers = sorted((layer for id, layer in registry.layers.items() if id.startswith(protocols.__name__)), key=lambda layer: layer["id"])
    document = registry.document([])
    lines = ",\n".join(json.dumps(layer, ensure_ascii=False) for layer in layers)
    return f'{{"version": {document["version"]}, "layers": [\n{lines}\n]}}\n'


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: python -m unwire.declare.build PATH/schema.json")
    Path(sys.argv[1]).write_text(build(), encoding="utf-8")
