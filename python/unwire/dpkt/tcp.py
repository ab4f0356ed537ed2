"""dpkt.tcp: the Transmission Control Protocol: flags, options by number, and two helpers."""

from unwire.dpkt import dpkt as dpkt
from unwire.dpkt.compat import compat_ord as compat_ord
from unwire.protocols.tcp import TCP as TCP
from unwire.protocols.tcp import tcp_flags_to_str as tcp_flags_to_str

TH_FIN = 0x001
TH_SYN = 0x002
TH_RST = 0x004
TH_PUSH = 0x008
TH_ACK = 0x010
TH_URG = 0x020
TH_ECE = 0x040
TH_CWR = 0x080
TH_NS = 0x100
TCP_PORT_MAX = 65535
TCP_WIN_MAX = 65535
TCP_OPT_EOL = 0
TCP_OPT_NOP = 1
TCP_OPT_MSS = 2
TCP_OPT_WSCALE = 3
TCP_OPT_SACKOK = 4
TCP_OPT_SACK = 5
TCP_OPT_ECHO = 6
TCP_OPT_ECHOREPLY = 7
TCP_OPT_TIMESTAMP = 8
TCP_OPT_POCONN = 9
TCP_OPT_POSVC = 10
TCP_OPT_CC = 11
TCP_OPT_CCNEW = 12
TCP_OPT_CCECHO = 13
TCP_OPT_ALTSUM = 14
TCP_OPT_ALTSUMDATA = 15
TCP_OPT_SKEETER = 16
TCP_OPT_BUBBA = 17
TCP_OPT_TRAILSUM = 18
TCP_OPT_MD5 = 19
TCP_OPT_SCPS = 20
TCP_OPT_SNACK = 21
TCP_OPT_REC = 22
TCP_OPT_CORRUPT = 23
TCP_OPT_SNAP = 24
TCP_OPT_TCPCOMP = 26
TCP_OPT_MAX = 27


def parse_opts(buf: bytes) -> list[tuple[int, bytes] | None]:
    """Return the options in `buf` as (number, data). A None ends the list where a length is missing.

    `TCP.options` has them typed. Here, as in dpkt, what follows the end of the list is an option, too.
    """
    found: list[tuple[int, bytes] | None] = []
    while buf:
        kind = buf[0]
        if kind <= TCP_OPT_NOP:
            size = 1
        elif len(buf) < 2:
            found.append(None)
            break
        else:
            # A length below the two octets of kind and length would never end.
            size = max(2, buf[1])
        found.append((kind, buf[2:size]))
        buf = buf[size:]
    return found
