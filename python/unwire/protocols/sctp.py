"""Stream Control Transmission Protocol (RFC 9260), its common header. Chunks live in sctp_chunks.py."""

from typing import ClassVar

from unwire.declare import Packet, checksum, field, raw, reading, repeat, u16, u32
from unwire.protocols.sctp_chunks import Chunk, SCTPChunk


class SCTP(Packet, over={"ip.proto": 132}, info="{sport} → {dport}"):
    """Stream Control Transmission Protocol"""

    __shown__: ClassVar[tuple[str, ...]] = ("chunks",)
    __hidden__: ClassVar[tuple[str, ...]] = ("body",)

    sport: u16 = field(0, "sctp.srcport", also="sctp.port")
    dport: u16 = field(0, "sctp.dstport", also="sctp.port")
    vtag: u32 = field(0, "sctp.verification_tag", base="hex")
    # RFC 9260 appendix A: the sum's octets go out lowest first.
    sum: u32 = checksum(0, "sctp.checksum", how="crc32c", base="hex")
    body: bytes = raw("rest", b"")
    #: dpkt's view: every chunk a header and bytes.
    chunks: list[Chunk] = reading("body", repeat(Chunk, pad=4))
    chunks_typed: list[SCTPChunk] = reading("body", repeat(SCTPChunk, pad=4))
