"""dpkt.crc32c: the checksum of SCTP (RFC 9260 appendix A), octet by octet, for code that calls it. The engine has its own."""

import array as array

#: The polynomial of RFC 3385, lowest bit first.
_POLYNOMIAL = 0x82F63B78


def _entry(octet: int) -> int:
    for _ in range(8):
        octet = octet >> 1 ^ (_POLYNOMIAL if octet & 1 else 0)
    return octet


crc32c_table = tuple(_entry(octet) for octet in range(256))


def add(crc: int, buf: bytes) -> int:
    """Return the remainder `crc` with the octets of `buf` added; begin with 0xFFFFFFFF."""
    for octet in bytes(buf):
        crc = (crc >> 8) ^ crc32c_table[(crc ^ octet) & 0xFF]
    return crc


def done(crc: int) -> int:
    """Return the checksum that a remainder comes to, as a header has it: SCTP sends its octets lowest first."""
    return int.from_bytes((~crc & 0xFFFFFFFF).to_bytes(4, "little"), "big")


def cksum(buf: bytes) -> int:
    """Return the checksum of `buf`."""
    return done(add(0xFFFFFFFF, buf))
