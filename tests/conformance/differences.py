"""What legitimately differs from tshark: named predicates over the truth row, each with its reason. Short, and none of them "not done yet".

The truth was made with reassembly on; `packets` reads each frame alone. Fragments are therefore compared with rows that tshark printed
with ``-o ip.defragment:FALSE -o ipv6.defragment:FALSE``, kept in fragments.tsv beside this file (made by make_fragments.py).
"""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from compare import Difference

Row = dict[str, str | None]


def fragments() -> dict[tuple[str, int], Row]:
    """Return the rows of fragments, by capture and frame number."""
    path = Path(__file__).with_name("fragments.tsv")
    if not path.exists():
        return {}
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t"))
    return {(row.pop("capture"), int(row.pop("frame.number"))): {k: v or None for k, v in row.items()} for row in rows}


def _chain(text: str | None) -> list[str]:
    return (text or "").split(":")


def _below(values: str | None, least: int) -> bool:
    return any(value and int(value) < least for value in (values or "").split("\x1f"))


def _carried(d: Difference) -> bool:
    return d.column == "frame.time_epoch" and (len(d.want.rpartition(".")[2]) > 9 or d.want.startswith("-") or "timestamp_invalid" in d.capture)


def _clamped(d: Difference) -> bool:
    return d.column in ("frame.len", "ip.len", "tcp.len") and d.truth["frame.len"] == "2147483647"


def _fabric_path(d: Difference) -> bool:
    return (d.column.startswith("eth.") or d.column == "frame.protocols") and "cfp" in _chain(d.truth["frame.protocols"])


def _guessed_variant(d: Difference) -> bool:
    return d.capture == "PcapPlusPlus__crash-exception-cast-constructed-record"


def _pseudo_header_of_the_link(d: Difference) -> bool:
    return d.column in ("frame.len", "frame.cap_len") and _chain(d.truth["frame.protocols"])[0] == "atm"


def _first_fragment(d: Difference) -> bool:
    return d.column == "tcp.len" and d.want == "" and _below("0" if "1" in (d.truth["ip.flags"] or "")[-1:] else None, 1)


def _quoted(d: Difference) -> bool:
    chain = _chain(d.truth["frame.protocols"])
    return d.column.startswith("tcp.") and ("icmp" in chain or "icmpv6" in chain) and d.got.startswith(d.want)


def _bad_ip_header(d: Difference) -> bool:
    return d.column.startswith("ip.") and d.want == "" and d.truth["ip.src"] is None and d.stop in ("expect", "length", "short")


def _bad_tcp_header(d: Difference) -> bool:
    return d.column.startswith("tcp.") and d.want == "" and _below(d.truth["tcp.hdr_len"], 20)


def _cut_layer(d: Difference) -> bool:
    want, mine = _chain(d.want), _chain(d.got) if d.got else []
    # A layer that only a number of UDP's suggests is not there at all where its test cannot be made.
    suggested = d.stop == "no_link" and want[-1] in ("wg", "dns")
    return d.column == "frame.protocols" and (d.stop == "short" or suggested) and want[: len(mine)] == mine and len(want) - len(mine) <= 2


def _contradicting_header(d: Difference) -> bool:
    return d.column == "frame.protocols" and d.stop == "length" and d.want.startswith(d.got)


def _cut_field(d: Difference) -> bool:
    return d.column == "tcp.options" and d.got == "" and d.stop in ("short", "expect", "length")


def _first_field(d: Difference) -> bool:
    return d.want == "" and d.got != "" and d.stop == "short" and _chain(d.truth["frame.protocols"])[-1] in ("eth", "tcp", "ip")


def _retransmitted(d: Difference) -> bool:
    return d.column == "frame.protocols" and d.got == d.want + ":pptp"


def _named_twice(d: Difference) -> bool:
    return d.column == "frame.protocols" and d.want.endswith("arp:arp")


def _inside_a_field(d: Difference) -> bool:
    inner = _chain(d.want)[len(_chain(d.got)) :]
    return d.column == "frame.protocols" and d.want.startswith(d.got) and (set(inner) == {"ipcp"} or "redirect-hdr" in d.capture)


def _other_addresses(d: Difference) -> bool:
    chain = _chain(d.truth["frame.protocols"])
    return d.column.endswith("checksum.status") and "ipv6.dstopts" in chain


def _version(d: Difference) -> bool:
    return d.column == "ip.version" and _chain(d.truth["frame.protocols"])[:2] == ["ip", "ipv6"]


def _ppp_in_ethernet(d: Difference) -> bool:
    return d.column == "frame.protocols" and int(d.truth["eth.type"] or "0", 0) == 0x880B


def _unknown_link(d: Difference) -> bool:
    return d.truth["frame.protocols"] == "data"


def _guessed_dns(d: Difference) -> bool:
    ports = "\x1f".join(d.truth[f"udp.{way}port"] or "" for way in ("src", "dst")).split("\x1f")
    return d.column == "frame.protocols" and _chain(d.want)[-1] == "dns" and "udp" in _chain(d.want) and "53" not in ports


def _dns_in_streams(d: Difference) -> bool:
    chain = _chain(d.want)
    return d.column == "frame.protocols" and "dns" in chain and "tcp" in chain and d.want.startswith(d.got)


#: Reason and predicate.
DIFFERENCES: tuple[tuple[str, Callable[[Difference], bool]], ...] = (
    ("a fraction of a second or more is carried into the seconds; tshark prints it as it stands, or overflows", _carried),
    ("tshark cuts a claimed frame length at 2147483647", _clamped),
    ("tshark reads a FabricPath header in place of the outer Ethernet header", _fabric_path),
    ("tshark guesses a variant of pcap with longer record headers; the magic number says otherwise", _guessed_variant),
    ("tshark takes the pseudo header of SUNATM off the lengths", _pseudo_header_of_the_link),
    ("of a first fragment tshark gives no tcp.len; here it is what the fragment holds", _first_fragment),
    ("of a quoted TCP header cut short tshark gives the ports only; here every field whose bytes are there", _quoted),
    ("of an IPv4 header whose length contradicts itself tshark gives few fields; here every field whose bytes are there", _bad_ip_header),
    ("of a TCP header whose length is below 20 tshark gives few fields; here every field whose bytes are there", _bad_tcp_header),
    ("tshark names a layer of which not even the first field is whole", _cut_layer),
    ("tshark goes on behind a header whose fields contradict its length", _contradicting_header),
    ("tshark shows what there is of a field that is cut; here it is null", _cut_field),
    ("a layer whose first fields are whole shows them; tshark shows none if the header is cut", _first_field),
    ("tshark does not dissect a retransmission", _retransmitted),
    ("tshark guesses from the content that datagrams of other ports are DNS", _guessed_dns),
    ("a message over TCP that is not one segment is found in the stream; `packets` reads each frame alone", _dns_in_streams),
    ("tshark names ARP twice where it reports a storm", _named_twice),
    ("tshark names protocols that lie inside a field, such as PPP options in a GTP element; they are no layers", _inside_a_field),
    ("tshark sums the home address of a mobile node; here the header's own address", _other_addresses),
    ("tshark shows the version once where version 6 stands under IPv4's link type; here both layers have it", _version),
    ("tshark dissects no captures of serial lines (LINKTYPE_SLIP) and shows whole frames as data", _unknown_link),
    ("tshark reads PPP under its Ethernet type in GRE alone; IEEE's list of the types says nothing of GRE", _ppp_in_ethernet),
)


def explain(difference: Difference) -> str | None:
    """Return why a cell may differ, or None."""
    return next((reason for reason, holds in DIFFERENCES if holds(difference)), None)
