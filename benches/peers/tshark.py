"""tshark: the 15 columns by -T fields, thrown away; with `count`, the packets that match the filter; with `conn`, conversations; with
`logs`, what it says of DNS, HTTP and TLS.
"""

import subprocess
import sys

from harness import COLUMNS, FILTER, report


def lines(command):
    """The lines a program writes, counted as wc would, and nothing kept."""
    count = 0
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as program:
        while block := program.stdout.read(1 << 16):
            count += block.count(b"\n")
    if program.returncode:
        raise SystemExit(f"tshark ended with {program.returncode}")
    return count


def columns(path):
    wanted = [word for column in COLUMNS for word in ("-e", column)]
    subprocess.run(
        ["tshark", "-n", "-r", path, "-T", "fields", *wanted],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=True,
    )  # fmt: skip
    return None, None


def count(path):
    return None, lines(["tshark", "-n", "-r", path, "-Y", FILTER, "-T", "fields", "-e", "frame.number"])


def conn(path):
    return None, lines(["tshark", "-n", "-q", "-r", path, "-z", "conv,tcp", "-z", "conv,udp"])


def logs(path):
    fields = ("dns.qry.name", "http.request.uri", "http.response.code", "tls.handshake.extensions_server_name")
    wanted = [word for field in fields for word in ("-e", field)]
    return None, lines(["tshark", "-n", "-r", path, "-Y", "dns or http or tls.handshake", "-T", "fields", *wanted])


work = sys.argv[2]
report("tshark", work, {"columns": columns, "count": count, "conn": conn, "logs": logs}[work])
