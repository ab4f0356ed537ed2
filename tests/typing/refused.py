"""What type checkers refuse: each line marked so is an error of that kind, and nothing else here is one."""

from unwire.dpkt.ethernet import Ethernet
from unwire.dpkt.ip import IP
from unwire.dpkt.tcp import TCP

ip = IP(src=b"\x0a\x00\x00\x01", data=TCP())
ip.souce = b"\x0a\x00\x00\x02"  # error: attr-defined
ip.src = "10.0.0.2"  # error: assignment
text = ip.src.txt  # error: attr-defined
ip.data.sport = "80"
tcp = TCP(ip.pack())
tcp.sport = "80"  # error: assignment
tcp.seq += b"1"  # error: operator
Ethernet().dst = 7  # error: assignment
name: str = tcp.dport  # error: assignment
tcp.tree(1)  # error: call-arg
