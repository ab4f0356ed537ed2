"""Following captures while they are written: nothing is lost and nothing repeated, and waiting costs nothing."""

from __future__ import annotations

import shutil
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

import unwire
from unwire.capture.live import following

CAPTURES = Path(__file__).parent / "captures"


def test_a_file_that_grows_byte_by_byte(tmp_path: Path) -> None:
    content = (CAPTURES / "tiny.pcap").read_bytes()
    expected = [bytes(packet) for packet in unwire.open(content)]
    path = tmp_path / "grows.pcap"

    def write() -> None:
        time.sleep(0.05)  # the file is not there yet when it is opened
        with path.open("wb", buffering=0) as file:
            for start in range(0, len(content), 37):
                file.write(content[start : start + 37])
                if start % 370 == 0:
                    time.sleep(0.005)

    writer = threading.Thread(target=write)
    writer.start()
    trace = unwire.open(path, live=True, timeout=1.0)
    got = list(trace)
    writer.join()
    assert [bytes(packet) for packet in got] == expected
    assert [packet.number for packet in got] == list(range(1, len(expected) + 1))


@pytest.mark.parametrize("name", ["tiny.pcapng", "blocks.pcapng", "sections.pcapng", "tiny.snoop"])
def test_every_container_can_be_followed(tmp_path: Path, name: str) -> None:
    content = (CAPTURES / name).read_bytes()
    expected = [(bytes(packet), packet.time_ns, packet.interface_id) for packet in unwire.open(content)]
    path = tmp_path / name
    path.write_bytes(content[:30])

    def write() -> None:
        with path.open("ab", buffering=0) as file:
            for start in range(30, len(content), 101):
                file.write(content[start : start + 101])
                time.sleep(0.001)

    writer = threading.Thread(target=write)
    writer.start()
    got = [(bytes(packet), packet.time_ns, packet.interface_id) for packet in unwire.open(path, live=True, timeout=0.7)]
    writer.join()
    assert got == expected


def test_waiting_ends_and_costs_nothing(tmp_path: Path) -> None:
    path = tmp_path / "still.pcap"
    shutil.copy(CAPTURES / "tiny.pcap", path)
    trace = unwire.open(path, live=True, timeout=1.2)
    began, used = time.monotonic(), time.process_time()
    count = sum(1 for _ in trace)
    assert 1.1 < time.monotonic() - began < 6
    assert time.process_time() - used < 0.4
    assert count == len(unwire.open(CAPTURES / "tiny.pcap"))


def test_a_file_that_never_comes_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match=r"never\.pcap"):
        list(unwire.open(tmp_path / "never.pcap", live=True, timeout=0.05))


def test_the_cursor_of_a_followed_trace(tmp_path: Path) -> None:
    path = tmp_path / "still.pcap"
    shutil.copy(CAPTURES / "tiny.pcap", path)
    trace = unwire.open(path, live=True, timeout=0.1)
    assert trace.next().number == 1
    assert trace[3].number == 4
    assert trace.next().number == 5
    assert trace.rewind(1)
    assert trace.next().number == 2
    with pytest.raises(TypeError, match="no length"):
        len(trace)
    with pytest.raises(unwire.OneWayError):
        trace[-1]
    with pytest.raises(TypeError, match="follows files"):
        unwire.open(b"", live=True)


def test_which_file_follows_which(tmp_path: Path) -> None:
    clock = 1_000_000_000
    for name in ("plain", "plain1", "plain2", "ring0", "ring1", "ring2", "cap_00001_20260101120000.pcapng", "cap_00002_20260101120100.pcapng"):
        (tmp_path / name).touch()
        clock += 1_000_000_000
        __import__("os").utime(tmp_path / name, ns=(clock, clock))

    def after(name: str) -> str | None:
        found = following(str(tmp_path / name))
        return found and Path(found).name

    assert after("plain") == "plain1"
    assert after("plain1") == "plain2"
    assert after("plain2") is None
    assert after("ring1") == "ring2"
    assert after("ring2") is None  # ring0 is older
    __import__("os").utime(tmp_path / "ring0", ns=(clock + 1, clock + 1))
    assert after("ring2") == "ring0"
    assert after("ring0") is None
    for name in ("ring0", "ring1"):  # copies of one age do not follow each other in turn
        __import__("os").utime(tmp_path / name, ns=(clock, clock))
    assert (after("ring0"), after("ring1")) == ("ring1", None)
    assert after("cap_00001_20260101120000.pcapng") == "cap_00002_20260101120100.pcapng"
    assert after("cap_00002_20260101120100.pcapng") is None


def capturing(program: str, folder: Path, port: int) -> subprocess.Popen[bytes] | None:
    """Start a program that writes a new file for every megabyte or so of loopback traffic on a port."""
    if (found := shutil.which(program)) is None:
        return None
    if program == "tcpdump":
        command = [found, "-i", "lo", "-s", "0", "-U", "-C", "1", "-Z", "root", "-w", str(folder / "trace"), "udp", "port", str(port)]
    else:
        command = [found, "-i", "lo", "-q", "-b", "filesize:500", "-f", f"udp port {port}", "-w", str(folder / "trace.pcapng")]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    deadline = time.monotonic() + 8
    while not any(folder.iterdir()) and process.poll() is None and time.monotonic() < deadline:
        time.sleep(0.05)
    time.sleep(0.3)
    if process.poll() is not None or not any(folder.iterdir()):
        process.kill()
        return None
    return process


@pytest.fixture(params=["tcpdump", "dumpcap"])
def writer(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[Path, socket.socket, int, subprocess.Popen[bytes]]]:
    receiver = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    receiver.bind(("127.0.0.1", 0))
    port = receiver.getsockname()[1]
    process = capturing(request.param, tmp_path, port)
    if process is None:
        receiver.close()
        pytest.skip(f"{request.param} cannot capture on loopback here")
    yield tmp_path, receiver, port, process
    process.kill()
    process.wait()
    receiver.close()


def test_rotation_loses_nothing_and_repeats_nothing(writer: tuple[Path, socket.socket, int, subprocess.Popen[bytes]]) -> None:
    folder, receiver, port, process = writer
    (first,) = folder.iterdir()
    count = 4000

    def send() -> None:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
            for number in range(count):
                sender.sendto(number.to_bytes(4, "big") + bytes(1000), ("127.0.0.1", port))
                receiver.recv(2000)
                if number % 50 == 0:
                    time.sleep(0.02)

    sender = threading.Thread(target=send)
    sender.start()
    got = []
    for packet in unwire.open(first, live=True, timeout=4.0):
        got.append(int.from_bytes(bytes(packet.udp.data)[:4], "big"))
        assert packet.number == len(got)
        if len(got) == count:
            break
    sender.join()
    process.terminate()
    process.wait(10)
    files = list(folder.iterdir())
    assert len(files) >= 3
    # What the kernel dropped before it was written is not ours to find.
    written = sorted(int.from_bytes(bytes(packet.udp.data)[:4], "big") for file in files for packet in unwire.open(file))
    assert got == written or (got == written[: len(got)] and len(got) == count)
    assert len(set(got)) == len(got)
    assert len(got) > count * 0.9
