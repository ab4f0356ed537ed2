"""The packet list and `unwire match`."""

from __future__ import annotations

import re
import time

import pytest
from commands import ROOT, run

FILE = str(ROOT / "tests" / "captures" / "loopback.pcap")


def test_the_packet_list() -> None:
    done = run("packets", FILE, "-c", "3")
    header, *rows = done.out.splitlines()
    assert header.split() == ["No.", "Time", "Source", "Destination", "Protocol", "Length", "Info"]
    assert rows[0].split()[:6] == ["1", "0.000000000", "127.0.0.1", "127.0.0.1", "TCP", "74"]
    assert rows[0].endswith("→ 80 [SYN] Seq=656699304 Win=65495 Len=0")
    assert " [SYN, ACK] Seq=" in rows[1]
    assert " [ACK] Seq=" in rows[2]
    assert len(rows) == 3


def test_the_list_tells_what_streams_say() -> None:
    """A message stands on the packet that completes it, in several captures, too, and behind a filter of what streams say."""
    office, tiny = str(ROOT / "examples" / "office.pcapng"), str(ROOT / "tests" / "captures" / "tiny.pcap")
    for files in ([office], [office, tiny]):
        for arguments in ([], ["-Y", "dns || http || tls || tcp.stream == 0"]):
            said = run("packets", *files, *arguments).out
            for words in (
                r"DNS +98  Standard query 0x36b6 www\.example\.com\n",
                r"DNS +102  Standard query response 0x36b6 www\.example\.com A 192\.0\.2\.1\n",
                r"HTTP +145  GET / HTTP/1\.1\n",
                r"HTTP +350  HTTP/1\.1 200 OK\n",
                r"TLS +\d+  Client Hello \(SNI=.*\)\n",
                r"TLS +\d+  Application Data",
                r"TCP +74  38609 → 53 \[SYN\]",
            ):
                assert re.search(words, said), (files, arguments, words)


def test_times() -> None:
    def times(style: str) -> list[str]:
        return [
            " ".join(row.split()[1 : 3 if "d" in style and len(style) == 2 else 2])
            for row in run("packets", FILE, "-c", "2", "-t", style).out.splitlines()[1:]
        ]

    epoch = [float(one) for one in times("e")]
    assert times("d")[0] == "0.000000000"
    assert abs(float(times("d")[1]) - (epoch[1] - epoch[0])) < 1e-6
    assert re.fullmatch(r"20\d\d-\d\d-\d\d \d\d:\d\d:\d\d\.\d{9}Z", times("ad")[0])
    assert times("ud") == times("ad")
    assert times("a") == times("u") == [one.split()[1] for one in times("ad")]


@pytest.mark.skipif(not hasattr(time, "tzset"), reason="the zone of a process cannot be set")
def test_times_are_utc_and_can_be_typed_as_they_are_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    shown = run("packets", FILE, "-t", "ad").out
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    time.tzset()
    try:
        assert run("packets", FILE, "-t", "ad").out == shown
        third = " ".join(shown.splitlines()[3].split()[1:3])
        assert run("packets", FILE, "--after", third, "-t", "ad").out.splitlines()[1].split()[0] == "3"
        assert len(run("packets", FILE, "-Y", f'frame.time == "{third}"').out.splitlines()) == 2
        assert len(run("packets", FILE, "--after", third.removesuffix("Z")).out.splitlines()) != len(shown.splitlines()) - 2
    finally:
        monkeypatch.undo()
        time.tzset()


def test_detail_and_hex() -> None:
    out = run("packets", FILE, "-c", "1", "--detail", "--hex").out
    assert "    TCP: Transmission Control Protocol" in out
    assert "    0000  00 00 00 00 00 00 00 00  00 00 00 00 08 00 45 00  ..............E." in out
    assert run("packets", FILE, "-e", "ip.src", "--hex").code == 1


def test_a_loss_is_told() -> None:
    torn = str(ROOT / "tests" / "captures" / "torn.pcap")
    done = run("packets", torn)
    assert done.code == 3
    assert "torn_tail" in done.err
    assert "torn_tail" in run("match", torn, "record.index >= 0").err


def test_match() -> None:
    done = run("match", FILE, "TCP.flags.SYN == 1 and TCP.flags.ACK == 0")
    assert [row.split()[0] for row in done.out.splitlines()[1:]] == ["1", "13"] or len(done.out.splitlines()) == 3
    assert len(run("match", FILE, "TCP", "--from", "5", "--max", "8").out.splitlines()) == 4
    assert len(run("match", FILE, "TCP", "--live", "--timeout", "0.1", "--max", "4").out.splitlines()) == 5
    assert run("match", FILE, "-Y", "tcp.dstport == 80", "TCP.flags.SYN == 1").out.count("→ 80 ") == 2


def test_numbers_of_json_are_numbers() -> None:
    first, second = run("match", FILE, "TCP", "--max", "2", "-T", "json").json
    assert (first["No."], first["Time"], first["Length"]) == (1, 0.0, 74)
    assert (second["No."], second["Source"]) == (2, "127.0.0.1")
    assert 0 < second["Time"] < 1
    (epoch,) = run("match", FILE, "TCP", "--max", "1", "-T", "json", "-t", "e").json
    assert re.fullmatch(r"\d+\.\d{9}", epoch["Time"])


def test_a_wrong_expression_points_at_its_place() -> None:
    done = run("match", FILE, "TCP.dst_prot == 80")
    assert "did you mean 'dst_port'" in done.err
    assert "^^^^^^^^^^^^" in done.err
    assert "FILE first" in run("match", FILE).err
