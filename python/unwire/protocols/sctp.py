"""Stream Control Transmission Protocol (RFC 9260), its common header. Chunks live in sctp_chunks.py."""

from typing import Any, ClassVar

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

    @property
    def data(self) -> bytes:
        """Nothing: what SCTP carries is in its chunks. Set to chunks or bytes, it becomes these."""
        return b""

    @data.setter
    def data(self, value: Any) -> None:
        if isinstance(value, bytes | bytearray | memoryview):
            self.body = bytes(value)
        else:
            self.chunks = list(value)
