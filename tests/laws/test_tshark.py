"""tshark reads every declared class that a link leads to, packed with its own defaults: without a malformed mark, with good checksums.

One capture holds a packet for each, on the way that the declarations' links show (carriers.py); tshark runs once. What some must be given beside
their defaults stands in required.py, what no link leads to in `ALONE`, and where tshark reads otherwise in `OTHERWISE`, each with its reason.
"""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

import unwire
from laws.carriers import PREFIX, Chain, chains, leads
from laws.required import PLACED, REQUIRED, VIA
from laws.values import CLASSES
from unwire.declare import Packet

#: Classes that are nothing in a frame by themselves, and why.
ALONE = {
    "dns.DNS.Q": "stands in a message",
    "dns.DNS.RR": "stands in a message",
    "http.Message": "what requests and responses have in common",
    "http_heads.HTTPHeads": "columns of the messages in a stream; what is built is http.Request and http.Response",
    "icmp.ICMP.Quote": "what errors have in common",
    "icmp6.ICMP6.Error": "what errors have in common",
    "ieee80211.IEEE80211Swapped": "what CAPWAP's access points of one make send; the number is first IEEE80211's",
    "ip6.IP6ExtensionHeader": "what extension headers have in common",
    "ip6_options.IP6OptsHeader": "what two extension headers have in common",
    "isl.VLANtagISL": "stands before the frame that it tags, which no link says; test_built.py has it",
    "quic.QUIC": "columns of the messages in a connection; packets are encrypted",
    "ssl_handshake._Message": "what messages of a handshake have in common",
    "tls_records.TLSRecords": "columns of the messages in a stream; what is built is ssl.TLSRecord",
}
#: Where tshark reads otherwise, and why.
OTHERWISE = {
    "ah.AHShort": "stands for a header that is malformed",
    "slip.SLIP": "tshark has no dissector for it",
}


def capture_of(found: dict[str, Chain], path: Path) -> None:
    """Write a packet for each class."""
    with unwire.Writer(path) as out:
        interfaces: dict[int, Any] = {}
        for number, chain in enumerate(found.values(), 1):
            # Addresses of their own, so that no frame is taken for an answer to another; some protocols ask for the address of a group.
            below = {"ip.IP": {"src": bytes((10, 0, number >> 8, number & 255)), "dst": b"\xe0\0\0\2", "ttl": 1}}
            if chain.link not in interfaces:
                interfaces[chain.link] = out.add_interface(chain.link)
            out.write(bytes(chain.build(below)), time=number, interface=interfaces[chain.link])


def test_tshark_reads_every_class(tmp_path: Path) -> None:
    tshark = shutil.which("tshark")
    if tshark is None:
        pytest.skip("tshark is not installed")
    found = chains(REQUIRED, VIA)
    for name, (carrier, values) in PLACED.items():
        found[name] = found[carrier].leading(values).above(CLASSES[PREFIX + name], REQUIRED.get(name, {}))
    packets = {id.removeprefix(PREFIX) for id, cls in CLASSES.items() if issubclass(cls, Packet)}
    assert packets - found.keys() == set(ALONE)
    # A class of no bytes is read where it leads to something.
    found = {name: chain for name, chain in found.items() if not leads(chain.layers[-1][0]) or "data" in chain.layers[-1][1]}
    assert len(found) > 190
    path = tmp_path / "classes.pcapng"
    capture_of(found, path)
    listed = subprocess.run([tshark, "-G", "fields"], capture_output=True, text=True, check=True, timeout=60).stdout
    status = [line.split("\t")[2] for line in listed.splitlines() if line.startswith("F\t") and line.split("\t")[2].endswith("checksum.status")]
    fields = ["frame.protocols", "_ws.malformed", "_ws.expert.message", *status]
    checks = [f"-o{one}.check_checksum:TRUE" for one in ("ip", "tcp", "udp", "udplite")]
    command = [tshark, "-n", "-r", str(path), *checks, "-osctp.checksum:CRC 32c", "-Tfields", "-Eseparator=|", *(f"-e{name}" for name in fields)]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60)
    rows = done.stdout.splitlines()
    assert len(rows) == len(found), done.stderr
    wrong = {}
    for (name, chain), row in zip(found.items(), rows, strict=True):
        protocols, malformed, message, *statuses = row.split("|")
        known = {cls.__layer__["name"] for cls, _ in chain.layers if cls.__layer__.get("name")}
        bad = [field for field, value in zip(status, statuses, strict=True) if set(value.split(",")) - {"", "1", "3"}]
        if malformed or bad or not known <= set(protocols.split(":")):
            wrong[name] = (protocols, malformed, message, bad, bytes(chain.build()).hex())
    assert {name: why for name, why in wrong.items() if name not in OTHERWISE} == {}
    assert not OTHERWISE.keys() - wrong.keys(), "tshark reads these as we do: the reason can go"
