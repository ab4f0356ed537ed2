"""Columns of options: what was laid once is laid the same way wherever the same bits decide, and nowhere else."""

from __future__ import annotations

import struct

import unwire

COLUMNS = (
    "tcp.srcport", "tcp.option_kind", "tcp.option_len", "tcp.options.mss_val", "tcp.options.wscale.shift", "tcp.options.wscale.multiplier",
    "tcp.options.sack_le", "tcp.options.sack.count", "tcp.options.timestamp.tsval", "tcp.options.tfo.cookie", "tcp.options.md5.digest",
    "tcp.options.mptcp.subtype", "tcp.options.mptcp.sendkey", "tcp.options.mptcp.ipv4", "tcp.options.mptcp.backup.flag",
    "tcp.options.mptcp.rawdataack", "tcp.options.experimental.exid", "tcp.options.unknown.payload", "tcp.options", "ip.opt.ra", "ip.rec_rt",
)  # fmt: skip
#: Areas of options, each of a multiple of four bytes.
AREAS = [
    "0101080a0000000100000002",
    "020405b40402080a00000001000000000103030701010101",
    "0101080a00000001000000020101050a0000000100000002",
    "1e0c00810102030405060708",
    "1e14200500000001000000020000000300050000",
    "1e0830010a0000011e03500001010000",
    "2202fd06f98901020a03c00022060102030400000101000000",
]


def _frame(area: bytes, ip_options: bytes = b"") -> bytes:
    tcp = struct.pack("!HHIIBBHHH", 1000, 80, 1, 2, (20 + len(area)) // 4 << 4, 16, 100, 0, 0) + area + b"data"
    head = struct.pack(
        "!BBHHHBBH8s", 0x40 | (20 + len(ip_options)) // 4, 0, 20 + len(ip_options) + len(tcp), 1, 0, 64, 6, 0, bytes([10, 0, 0, 1] * 2)
    )
    return head + ip_options + tcp


def _capture(frames: list[tuple[bytes, int]]) -> bytes:
    records = [struct.pack("<IIII", 0, 0, len(frame), wire) + frame for frame, wire in frames]
    return struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, 228) + b"".join(records)


def _rows(frames: list[tuple[bytes, int]]) -> list[tuple[object, ...]]:
    table = unwire.open(_capture(frames)).packets(*COLUMNS).to_arrow()
    return list(zip(*(column.to_pylist() for column in table.columns), strict=True))


def test_what_is_remembered_of_options_is_what_is_found_out() -> None:
    """Every bit of an area is flipped, and frames are cut: read together, where what was found out is used again, and in twos, where it is not."""
    frames = []
    for area in map(bytes.fromhex, AREAS):
        area += bytes(-len(area) % 4)
        whole = _frame(area)
        frames += [(whole, len(whole))] * 3
        for bit in range(8 * len(area)):
            flipped = bytearray(area)
            flipped[bit // 8] ^= 1 << bit % 8
            frames.append((_frame(bytes(flipped)), len(whole)))
        frames += [(whole[:size], len(whole)) for size in range(40, len(whole))]
    frames += [
        (frame, len(frame))
        for frame in (_frame(b"\1\1\1\0", bytes.fromhex("94040000")), _frame(b"", bytes.fromhex("070b040a000001000000000000000000")[:12]))
    ]
    together = _rows(frames)
    apart = [row for frame in frames for row in _rows([frame])]
    for frame, one, other in zip(frames, together, apart, strict=True):
        assert one == other, frame[0].hex()
    assert sum(row[1] is not None for row in together) > 1000
