"""The index that is kept between runs, of one capture and of several opened together: used, never believed blindly, in nobody's way."""

from __future__ import annotations

import os
import random
from pathlib import Path

import pytest

import unwire
from test_trace import made, said
from unwire.capture import sidecar


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("UNWIRE_CACHE", str(tmp_path / "cache"))
    monkeypatch.delenv("UNWIRE_INDEX", raising=False)
    monkeypatch.setattr(sidecar, "LEAST", 0)
    return tmp_path / "cache" / "index"


@pytest.mark.parametrize("suffix", ["pcap", "pcapng"])
def test_an_index_is_kept_and_used(tmp_path: Path, cache: Path, suffix: str, monkeypatch: pytest.MonkeyPatch) -> None:
    path = made(tmp_path / f"one.{suffix}", list(range(3000)))
    first = unwire.open(path)
    expected = [said(packet) for packet in first]
    assert not cache.exists()  # an iteration asks for no places
    assert len(first) == 3000
    (kept,) = cache.iterdir()
    again = unwire.open(path)
    assert again.places.engine.complete  # without having been read
    for index in (2999, 0, 1517):
        assert said(again[index]) == expected[index]
    assert [said(packet) for packet in again[2000:]] == expected[2000:]
    monkeypatch.setenv("UNWIRE_INDEX", "off")
    assert not unwire.open(path).places.engine.complete
    monkeypatch.delenv("UNWIRE_INDEX")
    assert not unwire.open(path, index=False).places.engine.complete
    assert len(list(cache.iterdir())) == 1
    assert kept.stat().st_size < 3000 * 4
    kept.unlink()
    os.mkfifo(kept)  # whoever put it there: nobody waits for what it may say
    assert said(unwire.open(path)[2999]) == expected[2999]


def test_a_kept_index_is_not_believed_blindly(tmp_path: Path, cache: Path) -> None:
    path = made(tmp_path / "one.pcap", list(range(2000)))
    assert len(unwire.open(path)) == 2000
    (kept,) = cache.iterdir()
    good = kept.read_bytes()

    def believed() -> bool:
        trace = unwire.open(path)
        complete = trace.places.engine.complete
        assert len(trace) == len(list(trace))
        return complete

    assert believed()
    for damaged in (b"", good[:-1], good[:100], b"x" + good[1:], good[:500] + b"\xff" + good[501:], good + b"\0" * 8, os.urandom(len(good))):
        kept.write_bytes(damaged)
        assert not believed()
    status = Path(path).stat()
    kept.write_bytes(good)
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns + 1))
    assert not believed()
    kept.write_bytes(good)
    content = Path(path).read_bytes()
    Path(path).write_bytes(content[:24] + b"\1" + content[25:])  # the same size, another head
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))
    assert not believed()
    made(Path(path), list(range(2100)))
    assert not believed()
    assert believed()


def test_a_folder_that_cannot_be_written_stands_in_nobodys_way(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_text("no folder")
    monkeypatch.setenv("UNWIRE_CACHE", str(tmp_path / "file"))
    monkeypatch.setattr(sidecar, "LEAST", 0)
    trace = unwire.open(made(tmp_path / "one.pcap", [1, 2, 3]))
    assert len(trace) == 3
    assert trace[2].number == 3


def test_indexes_that_are_kept_do_not_pile_up(tmp_path: Path, cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sidecar, "MOST", 3)
    for number in range(5):
        assert len(unwire.open(made(tmp_path / f"{number}.pcap", [1, 2]))) == 2
    assert len(list(cache.iterdir())) == 3


def woven(folder: Path, *, turns: int = 1500) -> list[str]:
    """Write three captures whose packets take turns, stand still in time, and run back, and one without packets."""
    chance = random.Random(7)
    times: list[list[float]] = [[], [], []]
    now = 1000.0
    for _ in range(turns):
        which = chance.randrange(3)
        for _ in range(chance.choice([1, 1, 1, 1, 2, 40])):
            now += chance.choice([0, 0, 1, 2, -1])
            times[which].append(now)
    paths = [made(folder / f"{name}.pcapng", one, marked=number) for number, (name, one) in enumerate(zip("abc", times, strict=True))]
    return [*paths, made(folder / "empty.pcap", [])]


def told(packet: unwire.Frame) -> tuple[object, ...]:
    """Return what tells a packet of several captures from the others."""
    return (packet.number, packet.time_ns, bytes(packet))


def test_of_several_captures_the_order_is_kept(tmp_path: Path, cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    paths = woven(tmp_path)
    expected = [told(packet) for packet in unwire.open(paths, index=False)]
    first = unwire.open(paths)
    assert len(first) == len(expected)
    (kept,) = cache.iterdir()
    again = unwire.open(paths)
    assert again.places.engine.complete  # without having been read
    assert len(again) == len(expected)
    numbers = random.Random(1).sample(range(len(expected)), 500)
    assert [told(again[number]) for number in numbers] == [expected[number] for number in numbers]
    assert told(again[-1]) == expected[-1]
    for start in numbers[:10]:
        assert [told(packet) for packet in again[start : start + 700]] == expected[start : start + 700]
    again.seek(0)
    assert again.match(f"record.frame == {numbers[3] + 1}")
    assert told(again.pkt) == expected[numbers[3]]
    # A pattern gives the same list; another order, or one capture alone, is another.
    assert unwire.open(str(tmp_path / "?.pcapng")).places.engine.complete is False
    assert unwire.open([str(tmp_path / "[abc].pcapng"), paths[3]]).places.engine.complete
    assert not unwire.open(paths[::-1]).places.engine.complete
    assert not unwire.open(paths[0]).places.engine.complete
    assert not unwire.open(paths, index=False).places.engine.complete
    monkeypatch.setenv("UNWIRE_INDEX", "off")
    assert not unwire.open(paths).places.engine.complete
    assert len(list(cache.iterdir())) == 1
    assert kept.stat().st_size < 6 * len(expected) + 1000


def test_where_one_of_several_is_no_file_nothing_is_kept(tmp_path: Path, cache: Path) -> None:
    path = made(tmp_path / "one.pcap", list(range(100)))
    with Path(path).open("rb") as file:
        for other in (Path(path).read_bytes(), file):
            assert len(unwire.open([path, other])) == 200
    assert not cache.exists()


def test_only_what_is_large_together_is_kept(tmp_path: Path, cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    paths = [made(tmp_path / f"{number}.pcap", list(range(100))) for number in range(2)]
    size = Path(paths[0]).stat().st_size
    monkeypatch.setattr(sidecar, "LEAST", 2 * size + 1)
    assert len(unwire.open(paths)) == 200
    assert not cache.exists()
    monkeypatch.setattr(sidecar, "LEAST", 2 * size)
    assert len(unwire.open(paths)) == 200
    assert len(list(cache.iterdir())) == 1


def test_a_kept_order_is_not_believed_blindly(tmp_path: Path, cache: Path) -> None:
    paths = woven(tmp_path, turns=10)
    assert len(unwire.open(paths))
    (kept,) = cache.iterdir()
    good = kept.read_bytes()
    expected = [told(packet) for packet in unwire.open(paths, index=False)]

    def believed() -> bool:
        trace = unwire.open(paths)
        complete = trace.places.engine.complete
        assert [told(trace[number]) for number in range(0, len(trace), 7)] == expected[::7]
        return complete

    assert believed()
    chance = random.Random(3)
    damaged = [b"", good[:-1], good[:100], good[8:], good + b"\0" * 8, bytes(8) + good, chance.randbytes(len(good))]
    damaged += [good[:at] + bytes([good[at] ^ 1 << chance.randrange(8)]) + good[at + 1 :] for at in chance.sample(range(len(good)), 200)]
    for one in damaged:
        kept.write_bytes(one)
        assert not believed()
    for changed in paths:
        kept.write_bytes(good)
        status = Path(changed).stat()
        os.utime(changed, ns=(status.st_atime_ns, status.st_mtime_ns + 1))
        assert not believed()
        os.utime(changed, ns=(status.st_atime_ns, status.st_mtime_ns))
    kept.write_bytes(good)
    assert believed()
    # An index of one capture is none of a list, and the other way round.
    cache.joinpath(sidecar.place([paths[0]]).name).write_bytes(good)
    assert not unwire.open(paths[0]).places.engine.complete
    assert len(unwire.open(paths[0]))
    kept.write_bytes(sidecar.place([paths[0]]).read_bytes())
    assert not believed()


@pytest.mark.parametrize("several", [False, True])
def test_what_grows_while_it_is_looked_at_is_not_kept(tmp_path: Path, cache: Path, several: bool) -> None:
    path = made(tmp_path / "one.pcap", list(range(100)))
    paths = [path, made(tmp_path / "two.pcap", list(range(100)))] if several else [path]
    trace = unwire.open(paths)
    assert not trace.places.engine.complete
    with Path(path).open("ab") as file:
        file.write(Path(made(tmp_path / "more.pcap", [100])).read_bytes()[24:])
    assert len(trace) in (100 * len(paths), 100 * len(paths) + 1)
    assert not cache.exists()
    assert len(unwire.open(paths)) == 100 * len(paths) + 1
    assert cache.exists()
