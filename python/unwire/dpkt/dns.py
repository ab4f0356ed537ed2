"""dpkt.dns: the Domain Name System. Constants, two helpers and re-exports."""

import codecs as codecs
import struct as struct

from unwire.declare.engine_half import natives
from unwire.dpkt import dpkt as dpkt
from unwire.dpkt.compat import compat_ord as compat_ord
from unwire.protocols.dns import DNS as DNS
from unwire.protocols.numbers.dns import pack_name as pack_name
from unwire.protocols.numbers.dns import plain

DNS_Q = 0
DNS_R = 1
DNS_QUERY = 0
DNS_IQUERY = 1
DNS_STATUS = 2
DNS_NOTIFY = 4
DNS_UPDATE = 5
DNS_CD = 0x0010
DNS_AD = 0x0020
DNS_Z = 0x0040
DNS_RA = 0x0080
DNS_RD = 0x0100
DNS_TC = 0x0200
DNS_AA = 0x0400
DNS_QR = 0x8000
DNS_RCODE_NOERR = 0
DNS_RCODE_FORMERR = 1
DNS_RCODE_SERVFAIL = 2
DNS_RCODE_NXDOMAIN = 3
DNS_RCODE_NOTIMP = 4
DNS_RCODE_REFUSED = 5
DNS_RCODE_YXDOMAIN = 6
DNS_RCODE_YXRRSET = 7
DNS_RCODE_NXRRSET = 8
DNS_RCODE_NOTAUTH = 9
DNS_RCODE_NOTZONE = 10
DNS_A = 1
DNS_NS = 2
DNS_CNAME = 5
DNS_SOA = 6
DNS_NULL = 10
DNS_PTR = 12
DNS_HINFO = 13
DNS_MX = 15
DNS_TXT = 16
DNS_AAAA = 28
DNS_SRV = 33
DNS_OPT = 41
DNS_IN = 1
DNS_CHAOS = 3
DNS_HESIOD = 4
DNS_ANY = 255


def unpack_name(buf: bytes, off: int) -> tuple[str, int]:
    """Return the name at an offset of a message, and where it ends."""
    name, end = natives.dns_name(bytes(buf), off)
    return plain(name), end
