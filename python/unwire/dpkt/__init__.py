"""dpkt's module names, for code that was written for dpkt: ``from unwire import dpkt``. A closed set: a new protocol adds nothing here.

Its modules hold dpkt's constants and helpers, and dpkt's classes as re-exports of those in `unwire.protocols`: one class under both names.
They are loaded on first use. What is parsed and built, and how, lives elsewhere.
"""

from __future__ import annotations

import importlib
import sys
from typing import TYPE_CHECKING, Any

from unwire.dpkt import _old_names

#: The dpkt whose names these are; unwire's own version is `unwire.__version__`.
__version__ = "1.9.8"

#: dpkt's modules.
MODULES = (
    "ah", "aoe", "aoeata", "aoecfg", "arp", "cdp", "compat", "crc32c", "dns", "dpkt", "dtp", "edp", "esp", "ethernet", "gre", "hsrp", "http",
    "icmp", "icmp6", "igmp", "ip", "ip6", "ipip", "ipx", "llc", "loopback", "ospf", "pcap", "pcapng", "pim", "ppp", "pppoe", "rip", "sctp",
    "sll", "sll2", "snoop", "ssl", "ssl_ciphersuites", "stp", "tcp", "udp", "utils", "vrrp",
)  # fmt: skip
#: What dpkt's package has of its module `dpkt`; behind the checksums, names that it only imported.
NAMES = (
    "Error", "NeedData", "PackError", "Packet", "UnpackError", "hexdump", "in_cksum", "in_cksum_add", "in_cksum_done",
    "chain", "compat_izip", "compat_ord", "copy", "iteritems", "ntole", "partial", "struct",
)  # fmt: skip

__all__ = [*MODULES, *NAMES]

if TYPE_CHECKING:
    from unwire.dpkt import (
        ah as ah,
    )
    from unwire.dpkt import (
        aoe as aoe,
    )
    from unwire.dpkt import (
        aoeata as aoeata,
    )
    from unwire.dpkt import (
        aoecfg as aoecfg,
    )
    from unwire.dpkt import (
        arp as arp,
    )
    from unwire.dpkt import (
        cdp as cdp,
    )
    from unwire.dpkt import (
        compat as compat,
    )
    from unwire.dpkt import (
        crc32c as crc32c,
    )
    from unwire.dpkt import (
        dns as dns,
    )
    from unwire.dpkt import (
        dpkt as dpkt,
    )
    from unwire.dpkt import (
        dtp as dtp,
    )
    from unwire.dpkt import (
        edp as edp,
    )
    from unwire.dpkt import (
        esp as esp,
    )
    from unwire.dpkt import (
        ethernet as ethernet,
    )
    from unwire.dpkt import (
        gre as gre,
    )
    from unwire.dpkt import (
        hsrp as hsrp,
    )
    from unwire.dpkt import (
        http as http,
    )
    from unwire.dpkt import (
        icmp as icmp,
    )
    from unwire.dpkt import (
        icmp6 as icmp6,
    )
    from unwire.dpkt import (
        igmp as igmp,
    )
    from unwire.dpkt import (
        ip as ip,
    )
    from unwire.dpkt import (
        ip6 as ip6,
    )
    from unwire.dpkt import (
        ipip as ipip,
    )
    from unwire.dpkt import (
        ipx as ipx,
    )
    from unwire.dpkt import (
        llc as llc,
    )
    from unwire.dpkt import (
        loopback as loopback,
    )
    from unwire.dpkt import (
        ospf as ospf,
    )
    from unwire.dpkt import (
        pcap as pcap,
    )
    from unwire.dpkt import (
        pcapng as pcapng,
    )
    from unwire.dpkt import (
        pim as pim,
    )
    from unwire.dpkt import (
        ppp as ppp,
    )
    from unwire.dpkt import (
        pppoe as pppoe,
    )
    from unwire.dpkt import (
        rip as rip,
    )
    from unwire.dpkt import (
        sctp as sctp,
    )
    from unwire.dpkt import (
        sll as sll,
    )
    from unwire.dpkt import (
        sll2 as sll2,
    )
    from unwire.dpkt import (
        snoop as snoop,
    )
    from unwire.dpkt import (
        ssl as ssl,
    )
    from unwire.dpkt import (
        ssl_ciphersuites as ssl_ciphersuites,
    )
    from unwire.dpkt import (
        stp as stp,
    )
    from unwire.dpkt import (
        tcp as tcp,
    )
    from unwire.dpkt import (
        udp as udp,
    )
    from unwire.dpkt import (
        utils as utils,
    )
    from unwire.dpkt import (
        vrrp as vrrp,
    )
    from unwire.dpkt.dpkt import (
        Error as Error,
    )
    from unwire.dpkt.dpkt import (
        NeedData as NeedData,
    )
    from unwire.dpkt.dpkt import (
        PackError as PackError,
    )
    from unwire.dpkt.dpkt import (
        Packet as Packet,
    )
    from unwire.dpkt.dpkt import (
        UnpackError as UnpackError,
    )
    from unwire.dpkt.dpkt import (
        chain as chain,
    )
    from unwire.dpkt.dpkt import (
        compat_izip as compat_izip,
    )
    from unwire.dpkt.dpkt import (
        compat_ord as compat_ord,
    )
    from unwire.dpkt.dpkt import (
        copy as copy,
    )
    from unwire.dpkt.dpkt import (
        hexdump as hexdump,
    )
    from unwire.dpkt.dpkt import (
        in_cksum as in_cksum,
    )
    from unwire.dpkt.dpkt import (
        in_cksum_add as in_cksum_add,
    )
    from unwire.dpkt.dpkt import (
        in_cksum_done as in_cksum_done,
    )
    from unwire.dpkt.dpkt import (
        iteritems as iteritems,
    )
    from unwire.dpkt.dpkt import (
        ntole as ntole,
    )
    from unwire.dpkt.dpkt import (
        partial as partial,
    )
    from unwire.dpkt.dpkt import (
        struct as struct,
    )
else:

    def __getattr__(name: str) -> Any:
        if name in MODULES:
            return importlib.import_module(f"{__name__}.{name}")
        value = getattr(importlib.import_module(f"{__name__}.dpkt"), name) if name in NAMES else _old_names.find("", name)
        globals()[name] = value
        return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})


_old_names.enter()
sys.meta_path.append(_old_names.Lacking)
