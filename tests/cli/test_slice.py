"""`unwire slice`: what is asked for is written, what is not there is an error, and the name says the form."""

import gzip

import pytest
from commands import OFFICE, run

import unwire


@pytest.mark.parametrize(
    ("frames", "expected"),
    [
        ("571-", [571, 572, 573]),
        ("-3", [1, 2, 3]),
        ("-2,5,7 - 8, 573-", [1, 2, 5, 7, 8, 573]),
        ("573-99999", [573]),
    ],
)
def test_ranges_may_be_open(frames, expected, tmp_path):
    assert run("slice", OFFICE, "--frames", frames, "-w", tmp_path / "x.pcapng").code == 0
    trace = unwire.open(OFFICE)
    assert [record.data for record in unwire.open(tmp_path / "x.pcapng").records()] == [bytes(trace.packet(number - 1)) for number in expected]


@pytest.mark.parametrize("frames", ["-", "5-3", "5 3", "", "1,,2", "a", "1--2", "-3-4"])
def test_what_is_no_range_is_an_error(frames, tmp_path):
    found = run("slice", OFFICE, "--frames", frames, "-w", tmp_path / "x.pcapng")
    assert found.code == 1
    assert "frames are numbers and ranges of them" in found.err
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    "flag", [("--stream", 9999), ("--udp-stream", 9999), ("--stream", 9999, "-Y", "dns"), ("--uid", "CNothing"), ("--community-id", "1:x")]
)
def test_what_is_not_there_is_an_error(flag, tmp_path):
    found = run("slice", OFFICE, *flag, "-w", tmp_path / "x.pcapng")
    assert found.code == 2
    assert "unwire conn" in found.err or "no connection" in found.err
    assert not list(tmp_path.iterdir())


def test_a_stream_of_which_other_flags_leave_nothing_is_there(tmp_path):
    assert run("slice", OFFICE, "--stream", 1, "-Y", "icmp", "-w", tmp_path / "x.pcapng").err.startswith("unwire: 0 packets written")
    assert run("slice", OFFICE, "--stream", 1, "-c", 0, "-w", tmp_path / "y.pcapng").code == 0


def test_the_name_says_whether_it_is_compressed(tmp_path):
    plain, packed = tmp_path / "x.pcap", tmp_path / "x.pcap.gz"
    assert run("slice", OFFICE, "--stream", 1, "-w", plain).code == run("slice", OFFICE, "--stream", 1, "-w", packed).code == 0
    assert gzip.decompress(packed.read_bytes()) == plain.read_bytes()
    found = run("slice", OFFICE, "-w", tmp_path / "x.pcap.zst")
    assert found.code == 2
    assert ".zst is read and not written" in found.err
    assert sorted(path.name for path in tmp_path.iterdir()) == ["x.pcap", "x.pcap.gz"]
