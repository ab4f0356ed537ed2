"""zeek: its log of connections with all analyzers off (`conn`), and with those of DNS, HTTP and TLS on (`logs`); where it is installed."""

import pathlib
import shutil
import subprocess
import sys
import tempfile

from harness import report

SCRIPTS = {
    "conn": ["-b", "base/protocols/conn"],
    "logs": ["-b", "base/protocols/conn", "base/protocols/dns", "base/protocols/http", "base/protocols/ssl"],
}


def read(path):
    with tempfile.TemporaryDirectory() as folder:
        command = ["zeek", "-C", "-r", str(pathlib.Path(path).resolve()), *SCRIPTS[sys.argv[2]]]
        subprocess.run(command, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=True)
        rows = {log.stem: sum(not line.startswith(b"#") for line in open(log, "rb")) for log in pathlib.Path(folder).glob("*.log")}
    return None, rows


if shutil.which("zeek") is None:
    sys.exit("zeek is not installed")
report("zeek", sys.argv[2], read)
