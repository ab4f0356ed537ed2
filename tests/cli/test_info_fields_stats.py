"""`unwire info`, `unwire fields` and `unwire stats`."""

import csv
import io
import struct

import pytest
from commands import CAPTURES, OFFICE, run, spawn

TABLES = sorted(CAPTURES.glob("tiny.*"))


def test_info_of_one_file():
    found = run("info", OFFICE)
    assert found.code == 0
    assert "  blocks       section header 1, interface description 2" in found.lines
    assert "        0   1  wan0  Ethernet (1)      262,144  ns          90" in found.lines


def test_info_of_many_files_is_a_row_each():
    found = run("info", *TABLES)
    assert len(found.lines) == 1 + len(TABLES)
    assert {line.split()[2] for line in found.lines[1:]} >= {"1.0", "2.4", "2.0"}


def test_info_as_json():
    (one,) = run("info", "--json", CAPTURES / "blocks.pcapng").json
    assert one["comments"] == ["A capture with a secret."]
    assert one["blocks"] == {"section header": 1, "interface description": 1, "decryption secrets": 1, "name resolution": 1}
    assert one["link_names"] == ["Ethernet (1)"]


def test_interfaces_of_several_sections_are_not_mixed():
    (one,) = run("info", "--json", CAPTURES / "sections.pcapng").json
    assert [(i["section"], i["id"], i["packets"]) for i in one["interfaces"]] == [(0, 0, None), (1, 0, None)]


def test_a_foreign_byte_order():
    (one,) = run("info", "--json", CAPTURES / "swapped.pcap").json
    assert (one["byte_order"], one["packets"]) == ("big", 6)


def test_fields_by_word():
    found = [line.split()[:2] for line in run("fields", "checksum.status").lines][1:]
    assert all([f"{protocol}.checksum.status", "u8"] in found for protocol in ("ip", "tcp", "udp"))
    assert found == sorted(found) and all("checksum.status" in name for name, _ in found)
    assert run("fields", "-T", "json", "frame.time").json[0]["title"].startswith("Arrival time")


def test_a_layout():
    lines = run("fields", "--protocol", "ip").lines
    assert "  answers to  ip.proto 4" in lines
    assert [line.split() for line in lines if line.startswith("  ttl ")] == [["ttl", "8", "1", "u8", "ip.ttl"]]
    assert any(line.split()[:3] == ["opts", "20", "variable"] for line in lines)


@pytest.mark.parametrize("words", [("zzz",), ("--protocol", "ipp")])
def test_what_is_not_declared(words):
    assert run("fields", *words).code == 1


def test_a_loaded_protocol_is_a_protocol(tmp_path):
    declared = tmp_path / "my.py"
    declared.write_text(
        "from unwire.declare import Packet, field, u16\n"
        "class Mine(Packet, over={'udp.port': 53}):\n"
        "    '''My protocol'''\n"
        "    id: u16 = field(0, 'mine.id')\n"
    )
    # In processes of their own: what is declared stays declared, and the numbers of port 53 with it.
    found = spawn("packets", CAPTURES / "tiny.pcap", "--load", declared, "-e", "mine.id")
    assert (found.returncode, sum(bool(line) for line in found.stdout.splitlines())) == (0, 2)
    assert spawn("--load", declared, "fields", "mine.id").stdout.decode().splitlines()[1].split()[:2] == ["mine.id", "u16"]


def test_a_script_that_fails(tmp_path):
    (tmp_path / "bad.py").write_text("1 / 0\n")
    found = run("fields", "--load", tmp_path / "bad.py")
    assert (found.code, found.err.splitlines()[-1]) == (1, f"Error: {tmp_path / 'bad.py'}: ZeroDivisionError: division by zero")


NAMES = ("protocols", "talkers", "endpoints", "conversations", "ports", "interval")


@pytest.mark.parametrize("name", NAMES)
def test_every_format(name):
    rows = run("stats", name, OFFICE, "-T", "json").json
    assert len(run("stats", name, OFFICE, "-T", "jsonl").lines) == len(rows)
    for style, separator in (("csv", ","), ("tsv", "\t")):
        table = list(csv.DictReader(io.StringIO(run("stats", name, OFFICE, "-T", style).out), delimiter=separator))
        assert [list(row) for row in table] == [list(row) for row in rows]
    assert len(run("stats", name, OFFICE).lines) == 1 + len(rows)


def test_conversations():
    first = run("stats", "conversations", OFFICE, "--top", 1, "-T", "json").json[0]
    # As `tshark -z conv,tcp`: 37 packets one way, 14 of 1997 bytes the other.
    assert (first["a"], first["a_port"], first["b"], first["b_port"]) == ("2001:db8:1::10", 60048, "2001:db8:1::1", 443)
    assert (first["packets_a_to_b"], first["bytes_a_to_b"], first["packets_b_to_a"]) == (14, 1997, 37)
    by = {by: len(run("stats", "conversations", OFFICE, "--by", by, "-T", "json").json) for by in ("port", "service", "address")}
    assert by["port"] > by["service"] > by["address"]


def test_interval():
    rows = run("stats", "interval", OFFICE, "--every", "500ms", "-T", "json").json
    assert sum(row["packets"] for row in rows) == 573
    assert rows[0]["time"] == "2026-11-21T06:01:15.500000000Z"
    assert any(row["packets"] == 0 for row in run("stats", "interval", OFFICE, "--every", "10ms", "-T", "json").json)


@pytest.mark.parametrize("name", NAMES)
def test_an_empty_capture_has_the_same_columns(tmp_path, name):
    (tmp_path / "empty.pcap").write_bytes((CAPTURES / "tiny.pcap").read_bytes()[:24])
    assert run("stats", name, tmp_path / "empty.pcap", "-T", "csv").lines == run("stats", name, OFFICE, "-T", "csv").lines[:1]
    assert run("stats", name, tmp_path / "empty.pcap", "-T", "json").json == []


@pytest.mark.parametrize("word", ["5x", "0s", "", "-1s"])
def test_a_wrong_interval(word):
    assert run("stats", "interval", OFFICE, f"--every={word}").code == 1


def test_info_shows_the_first_of_many_interfaces(tmp_path):
    section = struct.pack("<IIIHHqI", 0x0A0D0D0A, 28, 0x1A2B3C4D, 1, 0, -1, 28)
    interface = struct.pack("<IIHHII", 1, 20, 1, 0, 65535, 20)
    (tmp_path / "many.pcapng").write_bytes((section + interface * 3) * 1000)
    page = run("info", tmp_path / "many.pcapng")
    assert len(page.lines) < 70
    assert [line for line in page.lines if "more" in line] == [f"  … and {count:,} more: --all or -T json" for count in (2980, 980)]
    assert len(run("info", "--all", tmp_path / "many.pcapng").lines) > 4000
    (one,) = run("info", "--json", tmp_path / "many.pcapng").json
    assert (len(one["interfaces"]), len(one["sections"])) == (3000, 1000)


def test_a_time_that_cannot_be_held_is_told(tmp_path):
    section = struct.pack("<IIIHHqI", 0x0A0D0D0A, 28, 0x1A2B3C4D, 1, 0, -1, 28)
    # Seconds (if_tsresol 0): 2^40 of them are beyond the year 2262.
    interface = struct.pack("<IIHHIHHB3xHHI", 1, 32, 1, 0, 65535, 9, 1, 0, 0, 0, 32)
    packet = struct.pack("<IIIIIIII", 6, 32, 0, 1 << 8, 0, 0, 0, 32)
    (tmp_path / "late.pcapng").write_bytes(section + interface + packet * 3)
    found = run("packets", tmp_path / "late.pcapng", "-e", "frame.time")
    assert (found.code, found.lines[0][:4]) == (3, "2262")
    assert "(time_out_of_range, 3 times, first at byte 60)" in found.err


def test_the_fields_fit():
    assert max(map(len, run("fields").lines)) < 200
    (one,) = [line for line in run("fields", "checksum.status").lines if line.split()[0] == "cdp.checksum.status"] or [""]
    assert "more" not in one
    assert any(len(column["sources"]) > 2 for column in run("fields", "-T", "json").json)


def test_empty_records_are_summed_up(tmp_path):
    path = tmp_path / "empty.pcap"
    path.write_bytes((CAPTURES / "tiny.pcap").read_bytes()[:24] + bytes(16) * 200_000)
    found = run("summary", "--json", path)
    assert (found.code, found.json["packets"], found.json["bytes"], found.json["stops"][0]["reason"]) == (0, 200_000, 0, "short")
