"""dpkt.ipip: IPv4 in IPv4, under the name of its number. A re-export only."""

from unwire.protocols.ip import IP as IPIP  # noqa: F401
