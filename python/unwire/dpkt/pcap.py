"""dpkt.pcap: libpcap's files, in dpkt's shape: `Reader` and `Writer`, link types and magic numbers. Records are read and written by the engine."""

from __future__ import annotations

import struct
import sys
import time as time
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from unwire import _engine
from unwire.dpkt import dpkt as dpkt
from unwire.dpkt._files import Begun, PacketWriter, RecordReader, read_exactly, reads_ahead, seeks
from unwire.dpkt.compat import intround as intround
from unwire.errors import NeedData, PackError

if TYPE_CHECKING:
    from unwire.dpkt._pcap_headers import MAGIC_TO_PKT_HDR as MAGIC_TO_PKT_HDR
    from unwire.dpkt._pcap_headers import FileHdr as FileHdr
    from unwire.dpkt._pcap_headers import LEFileHdr as LEFileHdr
    from unwire.dpkt._pcap_headers import LEPktHdr as LEPktHdr
    from unwire.dpkt._pcap_headers import LEPktModHdr as LEPktModHdr
    from unwire.dpkt._pcap_headers import PktHdr as PktHdr
    from unwire.dpkt._pcap_headers import PktModHdr as PktModHdr

# big endian magics
TCPDUMP_MAGIC = 0xA1B2C3D4
TCPDUMP_MAGIC_NANO = 0xA1B23C4D
MODPCAP_MAGIC = 0xA1B2CD34

# little endian magics
PMUDPCT_MAGIC = 0xD4C3B2A1
PMUDPCT_MAGIC_NANO = 0x4D3CB2A1
PACPDOM_MAGIC = 0x34CDB2A1

PCAP_VERSION_MAJOR = 2
PCAP_VERSION_MINOR = 4

# https://www.tcpdump.org/linktypes.html explains them.
DLT_NULL = 0
DLT_EN10MB = 1
DLT_EN3MB = 2
DLT_AX25 = 3
DLT_PRONET = 4
DLT_CHAOS = 5
DLT_IEEE802 = 6
DLT_ARCNET = 7
DLT_SLIP = 8
DLT_PPP = 9
DLT_FDDI = 10
DLT_PFSYNC = 18
DLT_PPP_SERIAL = 50
DLT_PPP_ETHER = 51
DLT_ATM_RFC1483 = 100
#: dpkt says 12, which is what BSD kernels say; files say 101 (LINKTYPE_RAW), and `datalink()` is what files say.
DLT_RAW = 101
DLT_C_HDLC = 104
DLT_IEEE802_11 = 105
DLT_FRELAY = 107
DLT_LOOP = 108
DLT_LINUX_SLL = 113
DLT_LTALK = 114
DLT_PFLOG = 117
DLT_PRISM_HEADER = 119
DLT_IP_OVER_FC = 122
DLT_SUNATM = 123
DLT_IEEE802_11_RADIO = 127
DLT_ARCNET_LINUX = 129
DLT_APPLE_IP_OVER_IEEE1394 = 138
DLT_MTP2_WITH_PHDR = 139
DLT_MTP2 = 140
DLT_MTP3 = 141
DLT_SCCP = 142
DLT_DOCSIS = 143
DLT_LINUX_IRDA = 144
DLT_USER0 = 147
DLT_USER1 = 148
DLT_USER2 = 149
DLT_USER3 = 150
DLT_USER4 = 151
DLT_USER5 = 152
DLT_USER6 = 153
DLT_USER7 = 154
DLT_USER8 = 155
DLT_USER9 = 156
DLT_USER10 = 157
DLT_USER11 = 158
DLT_USER12 = 159
DLT_USER13 = 160
DLT_USER14 = 161
DLT_USER15 = 162
DLT_IEEE802_11_RADIO_AVS = 163
DLT_BACNET_MS_TP = 165
DLT_PPP_PPPD = 166
DLT_GPRS_LLC = 169
DLT_GPF_T = 170
DLT_GPF_F = 171
DLT_LINUX_LAPD = 177
DLT_BLUETOOTH_HCI_H4 = 187
DLT_USB_LINUX = 189
DLT_PPI = 192
DLT_IEEE802_15_4 = 195
DLT_SITA = 196
DLT_ERF = 197
DLT_BLUETOOTH_HCI_H4_WITH_PHDR = 201
DLT_AX25_KISS = 202
DLT_LAPD = 203
DLT_PPP_WITH_DIR = 204
DLT_C_HDLC_WITH_DIR = 205
DLT_FRELAY_WITH_DIR = 206
DLT_IPMB_LINUX = 209
DLT_IEEE802_15_4_NONASK_PHY = 215
DLT_USB_LINUX_MMAPPED = 220
DLT_FC_2 = 224
DLT_FC_2_WITH_FRAME_DELIMS = 225
DLT_IPNET = 226
DLT_CAN_SOCKETCAN = 227
DLT_IPV4 = 228
DLT_IPV6 = 229
DLT_IEEE802_15_4_NOFCS = 230
DLT_DBUS = 231
DLT_DVB_CI = 235
DLT_MUX27010 = 236
DLT_STANAG_5066_D_PDU = 237
DLT_NFLOG = 239
DLT_NETANALYZER = 240
DLT_NETANALYZER_TRANSPARENT = 241
DLT_IPOIB = 242
DLT_MPEG_2_TS = 243
DLT_NG40 = 244
DLT_NFC_LLCP = 245
DLT_INFINIBAND = 247
DLT_SCTP = 248
DLT_USBPCAP = 249
DLT_RTAC_SERIAL = 250
DLT_BLUETOOTH_LE_LL = 251
DLT_NETLINK = 253
#: dpkt says 253, which is DLT_NETLINK.
DLT_BLUETOOTH_LINUX_MONITOR = 254
DLT_BLUETOOTH_BREDR_BB = 255
DLT_BLUETOOTH_LE_LL_WITH_PHDR = 256
DLT_PROFIBUS_DL = 257
DLT_PKTAP = 258
DLT_EPON = 259
DLT_IPMI_HPM_2 = 260
DLT_ZWAVE_R1_R2 = 261
DLT_ZWAVE_R3 = 262
DLT_WATTSTOPPER_DLM = 263
DLT_ISO_14443 = 264
DLT_LINUX_SLL2 = 276

#: Bytes of the link layer's header.
dltoff = {
    DLT_NULL: 4, DLT_EN10MB: 14, DLT_IEEE802: 22, DLT_ARCNET: 6, DLT_SLIP: 16, DLT_PPP: 4, DLT_FDDI: 21, DLT_PFLOG: 48, DLT_PFSYNC: 4,
    DLT_LOOP: 4, DLT_LINUX_SLL: 16, DLT_LINUX_SLL2: 20,
}  # fmt: skip

_FILE_HEADER = 24
_HEADERS = ("PktHdr", "PktModHdr", "LEPktHdr", "LEPktModHdr", "FileHdr", "LEFileHdr", "MAGIC_TO_PKT_HDR")


class Writer(PacketWriter):
    """Writes packets to a file object: `writepkt(packet, ts)`, `writepkt_time`, `writepkts([(ts, packet)])`, `close()`.

    `ts` is seconds since the epoch, int, float or Decimal; `nano` keeps nanoseconds. `snaplen` is stated, not applied.
    """

    __le = sys.byteorder == "little"

    def __init__(self, fileobj: Any, snaplen: int = 1500, linktype: int = DLT_EN10MB, nano: bool = False) -> None:
        magic = TCPDUMP_MAGIC_NANO if nano else TCPDUMP_MAGIC
        try:
            order = "<" if self.__le else ">"
            header = struct.pack(order + "IHHIIII", magic, PCAP_VERSION_MAJOR, PCAP_VERSION_MINOR, 0, 0, snaplen, linktype)
        except struct.error as error:
            raise PackError(str(error)) from None
        self._start(fileobj, "pcap", header, not self.__le, nano)


class Reader(RecordReader):
    """Reads packets of a file object: iterating gives (seconds since the epoch, bytes).

    The time is a float, or a Decimal if the file holds nanoseconds. Any object with ``read(size)`` will do; of one that cannot seek no more is
    taken than the next record needs.
    """

    def __init__(self, fileobj: Any) -> None:
        super().__init__(fileobj)
        header = read_exactly(fileobj, _FILE_HEADER)
        if len(header) < _FILE_HEADER:
            raise NeedData(f"got {len(header)}, {_FILE_HEADER} needed at least")
        (magic,) = struct.unpack_from(">I", header)
        if magic not in _MAGICS:
            raise ValueError("invalid tcpdump header")
        little = magic in (PMUDPCT_MAGIC, PMUDPCT_MAGIC_NANO, PACPDOM_MAGIC)
        self.snaplen, linktype = struct.unpack_from("<II" if little else ">II", header, 16)
        self.__linktype: int = linktype
        self.dloff = dltoff.get(linktype, 0)
        divisor = Decimal("1E9") if magic in (TCPDUMP_MAGIC_NANO, PMUDPCT_MAGIC_NANO) else None
        self._steps = _engine.Steps(fileobj, "pcap", header, reads_ahead(fileobj), divisor)

    def datalink(self) -> int:
        """Return the file's link type."""
        return self.__linktype


_MAGICS = (TCPDUMP_MAGIC, TCPDUMP_MAGIC_NANO, MODPCAP_MAGIC, PMUDPCT_MAGIC, PMUDPCT_MAGIC_NANO, PACPDOM_MAGIC)


class UniversalReader:
    """Makes the reader that fits: `Reader` for pcap, `pcapng.Reader` for pcapng. Other than dpkt's it needs no file that can seek."""

    def __new__(cls, fileobj: Any) -> Any:
        """Return the reader."""
        from unwire.dpkt import pcapng

        if not seeks(fileobj):
            fileobj = Begun(fileobj)
        try:
            return Reader(fileobj)
        except ValueError as wrong:
            fileobj.seek(0)
            try:
                return pcapng.Reader(fileobj)
            except ValueError as too:
                raise ValueError(f"unknown pcap format; libpcap error: {wrong}, pcapng error: {too}") from None


def __getattr__(name: str) -> Any:
    # Headers as packets are declared only for those who ask for them: a declaration is work for the engine's schema.
    if name not in _HEADERS:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from unwire.dpkt import _pcap_headers

    globals().update({header: getattr(_pcap_headers, header) for header in _HEADERS})
    return globals()[name]
