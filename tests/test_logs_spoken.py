"""Logs of what real programs said to one another, line by line and field by field (tests/captures/make_spoken.sh made the captures).

What is expected was not taken from what unwire says: names, methods and bodies are those that the script asked for, numbers of hellos and suites are
tshark's of the same captures.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import unwire


def rows(path: Path, log: str, *columns: str) -> list[tuple[Any, ...]]:
    """Return some columns of a log in the order of the packets."""
    found = sorted(getattr(unwire.open(path), log)(), key=lambda row: row["ts"])
    return [tuple(row[column] for column in columns) for row in found]


#: What goes over to TLS, on whatever port: services, port, the name of the server, the group of the key, history.
GOES_OVER = [
    ("smtp,ssl", 2525, "mail.example.com", "x25519", "CsidID"),
    ("smtp,ssl", 2525, None, "x25519", "CsidID"),
    ("imap,ssl", 143, None, "x25519", "CsidID"),
    ("pop3,ssl", 110, None, "x25519", "CsidID"),
    ("ftp,ssl", 21, None, "x25519", "CsidID"),
    ("ssl", None, None, "x25519", "CsidID"),
    ("postgresql,ssl", 5433, None, "secp256r1", "CjiICsdD"),
]


def test_tls_in_the_middle_of_connections(captures: Path) -> None:
    path = captures / "starttls.pcap"
    services = {row["uid"]: (row["service"], row["id.resp_p"]) for row in unwire.open(path).conn()}
    found = rows(path, "ssl", "uid", "version", "cipher", "established", "server_name", "curve", "ssl_history")
    assert {row[1:4] for row in found} == {("TLSv13", "TLS_AES_256_GCM_SHA384", True)}
    # The connection of FTP's data is on a port of the server's choice.
    told = [(*services[uid], *rest) for uid, _, _, _, *rest in found]
    assert [(service, port if service != "ssl" else None, *rest) for service, port, *rest in told] == GOES_OVER


#: Public captures of the same: the services, and the frame of the hello.
PUBLIC = [
    ("nDPI__ftp-start-tls.pcap", "ftp,ssl", 12), ("nDPI__pop3_stls.pcap", "pop3,ssl", 13), ("zeek__irc-starttls.pcap", "irc,ssl", 8),
    ("zeek__ldap-starttls.pcap", "ldap,ssl", 8), ("zeek__xmpp-starttls.pcap", "ssl,xmpp", 13), ("zeek__tls-13-amazon-rds.pcap", "mysql,ssl", 7),
    ("zeek__rdp-no-cookie-mstshash.pcap", "rdp,ssl", 11),
]  # fmt: skip


@pytest.mark.parametrize(("name", "service", "frame"), PUBLIC)
def test_tls_in_the_middle_of_public_captures(name: str, service: str, frame: int, kit: Path) -> None:
    path = kit / "captures" / name
    (row,) = unwire.open(path).ssl()
    assert (row["frames"][0], row["ssl_history"][0], row["cipher"] is not None) == (frame, "C", True)
    assert {one["service"] for one in unwire.open(path).conn() if one["uid"] == row["uid"]} == {service}


def test_a_hello_behind_a_line_of_the_same_packet(kit: Path) -> None:
    ((frames, name),) = rows(kit / "captures" / "nDPI__haproxy.pcap", "ssl", "frames", "server_name")
    assert (frames, name) == ([1], "aaaaaaaaaaaaaaaa.xx")
