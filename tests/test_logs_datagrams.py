"""What flows of datagrams say that is encrypted from the beginning: QUIC's log, and the sessions of QUIC and DTLS in ssl.

Zeek is not installed here: letters and names follow its scripts, and the names of servers and the cipher suites are tshark's of the same captures.
"""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

import unwire

#: Rows of quic: version, server's name, protocol, history.
QUIC = {
    "tcpdump__quic_handshake.pcap": [("1", "localhost", "h3", "ISishhIHHh")],
    "tcpdump__quic_retry.pcap": [("1", "localhost", "h3", "ISr"), ("1", "localhost", "h3", "ISishIhhHHhH")],
    "tcpdump__quic_vn.pcap": [("unknown-1a2a3a4a", "localhost", "h3", "ISu"), ("1", "localhost", "h3", "ISishhIhhhhHHhH")],
    "zeek__quicv2-echo-dpd-custom-port-4433.pcap": [("quicv2", "localhost", "quic-echo-example", "ISIIishIHH")],
    "zeek__quic_win11_firefox_google.pcap": [("1", "www.google.com", "h3", "ISishhIHhhhhHhHH")],
    "nDPI__quic_t50.pcap": [("unknown-54303530", "fonts.googleapis.com", "h3-T050", "ISishhhIHHH")],
}
#: Rows of ssl that datagrams make: version, cipher, established, history.
SECURED = {
    "tcpdump__quic_handshake.pcap": [("TLSv13", "TLS_AES_128_GCM_SHA256", False, "Cs")],
    "zeek__dtls1_0.pcap": [("DTLSv10", "TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA", True, "CvCsxknGItiDdL")],
    "zeek__dtls13-wolfssl.pcap": [("DTLSv13", "TLS_AES_128_GCM_SHA256", False, "CjCs")],
    "nDPI__stun_dtls_rtp.pcapng": [("DTLSv12", "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256", True, "CsxkrnXGYIdtiD")],
}


def rows(kit: Path, name: str, log: str, *columns: str) -> list[tuple[Any, ...]]:
    found = list((kit / "captures").rglob(name))
    if not found:
        pytest.skip(f"the conformance kit has no {name}")
    return [tuple(row[column] for column in columns) for row in getattr(unwire.open(found[0]), log)()]


@pytest.mark.parametrize("name", QUIC)
def test_connections_of_quic(name: str, kit: Path) -> None:
    assert rows(kit, name, "quic", "version", "server_name", "client_protocol", "history") == QUIC[name]


@pytest.mark.parametrize("name", SECURED)
def test_sessions_in_datagrams(name: str, kit: Path) -> None:
    assert rows(kit, name, "ssl", "version", "cipher", "established", "ssl_history") == SECURED[name]


def test_ids_of_quic(kit: Path) -> None:
    (ids,) = rows(kit, "tcpdump__quic_handshake.pcap", "quic", "client_initial_dcid", "client_scid", "server_scid", "ja4", "frames")
    path = next((kit / "captures").rglob("tcpdump__quic_handshake.pcap"))
    told = next(iter(unwire.open(path).packets("quic.dcid", "quic.scid", "tls.handshake.ja4")))
    assert ids[0] == told["quic.dcid"][0] and ids[3] == told["tls.handshake.ja4"] == "q13d0311h3_55b375c5d22e_0e9637bee5d3"
    assert ids[4][0] == 1


def test_certificates_of_dtls(kit: Path) -> None:
    assert rows(kit, "zeek__dtls1_0.pcap", "x509", "certificate.subject") == [("CN=bro",)]


def test_every_connection_of_quic_is_one_of_conn(kit: Path) -> None:
    for name in QUIC:
        path = next((kit / "captures").rglob(name))
        services = {row["uid"]: row["service"] for row in unwire.open(path).conn()}
        assert {services[row["uid"]] for row in unwire.open(path).quic()} <= {"quic", None}, name


#: What Zeek calls versions that tshark has as numbers.
VERSIONS = {"0x00000001": "1", "0x6b3343cf": "quicv2", "0x1a2a3a4a": "unknown-1a2a3a4a", "0x54303530": "unknown-54303530"}
ASKED = ("frame.number", "quic.version", "quic.dcid", "quic.scid", "tls.handshake.type", "tls.handshake.extensions_server_name")
ASKED_MORE = ("tls.handshake.extensions_alpn_str", "tls.handshake.ciphersuite")


@pytest.mark.skipif(shutil.which("tshark") is None, reason="tshark is not installed")
@pytest.mark.parametrize("name", [*QUIC, "datagrams.pcap"])
def test_quic_is_what_tshark_reads(name: str, captures: Path, kit: Path) -> None:
    path = captures / name if name == "datagrams.pcap" else next((kit / "captures").rglob(name))
    columns = [*ASKED, *ASKED_MORE]
    command = ["tshark", "-n", "-r", str(path), "-Y", "quic", "-T", "fields", *(word for column in columns for word in ("-e", column))]
    lines = subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()
    told = {int(line.split("\t")[0]): dict(zip(columns, line.split("\t"), strict=True)) for line in lines}
    suites = {}
    for row in unwire.open(path).quic():
        frames = [told[frame] for frame in row["frames"]]
        first = frames[0]
        assert (row["version"], row["client_initial_dcid"]) == (VERSIONS[first["quic.version"].split(",")[0]], first["quic.dcid"].split(",")[0])
        assert (row["client_scid"] or "") == first["quic.scid"].split(",")[0]
        hello = next((frame for frame in frames if frame["tls.handshake.type"].startswith("1")), None)
        # tshark puts a hello over several packets together in the last of them, and opens no version that is made up.
        if hello and hello["tls.handshake.extensions_server_name"]:
            assert row["server_name"] == hello["tls.handshake.extensions_server_name"]
            assert row["client_protocol"] == hello["tls.handshake.extensions_alpn_str"].split(",")[0]
        answer = next((frame for frame in frames if frame["tls.handshake.type"] == "2"), None)
        if answer:
            assert row["server_scid"] == answer["quic.scid"].split(",")[0]
            suites[row["uid"]] = answer["tls.handshake.ciphersuite"]
    sessions = {row["uid"]: row["cipher"] for row in unwire.open(path).ssl() if row["version"] == "TLSv13"}
    names = {"0x1301": "TLS_AES_128_GCM_SHA256", "0x1302": "TLS_AES_256_GCM_SHA384", "0x1303": "TLS_CHACHA20_POLY1305_SHA256"}
    assert {uid: names[suite] for uid, suite in suites.items()} == {uid: cipher for uid, cipher in sessions.items() if uid in suites}
    assert suites or name == "nDPI__quic_t50.pcap"
