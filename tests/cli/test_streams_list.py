"""`unwire streams --udp`: the list of what datagrams say, and the bytes of its sides."""

from __future__ import annotations

from pathlib import Path

from commands import OFFICE, run

import unwire


def test_streams_of_datagrams_are_listed() -> None:
    rows = run("streams", OFFICE, "--udp", "-T", "json").json
    found = list(unwire.open(OFFICE).streams(transport="udp"))
    assert [(row["stream"], row["client"], row["client_bytes"]) for row in rows] == [
        (one.number, str(one.client.end), one.client.size) for one in found
    ]
    numbers = {number for row in unwire.open(OFFICE).packets("udp.stream", occurrence="all") for number in row["udp.stream"] or ()}
    assert {row["stream"] for row in rows} == numbers
    assert {row["stream"] for row in run("streams", OFFICE, "--udp", "-Y", "udp.stream == 3", "-T", "json").json} == {3}


def test_what_datagrams_say_is_written(tmp_path: Path) -> None:
    assert run("streams", OFFICE, "--udp", "-Y", "udp.stream == 1", "--dir", tmp_path / "out").code == 0
    (stream,) = unwire.open(OFFICE).streams(1, transport="udp")
    written = {path.name.split("-")[1]: path.read_bytes() for path in (tmp_path / "out").glob("*.bin")}
    assert written == {"client": stream.client.bytes, "server": stream.server.bytes}
