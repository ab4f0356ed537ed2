"""Writes what is generated of two pages: ``python docs/generate_options.py``. The tables of docs/options.md come from the declarations; the table of
docs/pypcapkit.md has a row for every member that PyPCAPKit's TCP page documents, where that page is at hand.
"""

from __future__ import annotations

import importlib
import re
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "python"), str(ROOT / "tests" / "options")]
_FENCE = re.compile(r"(<!-- generated: (\w+) -->\n).*?(<!-- end -->)", re.DOTALL)
_FAMILIES = {"tcp": "TCPOption", "ip": "IPOption", "ipv6": "IP6Option", "segments": "SegmentTLV"}
_KINDS = {"tcp": "kind", "ip": "type", "ipv6": "type", "segments": "type"}


def _rule(layer: dict[str, Any]) -> str:
    from unwire.declare import expression

    tests = [one for one in expression.conjuncts(layer.get("when", 1)) if one != 1]
    tests += [one["expect"] for one in layer["fields"] if "expect" in one]
    return " and ".join(map(expression.text, tests)).replace("|", r"\|")


def table(root: str) -> str:
    """The options of a family: number, class, what it is and where that is said, attributes with their columns, its rule."""
    importlib.import_module("unwire.declare.build").build()
    from unwire.declare.options import key_of, names_of
    from unwire.declare.registry import registry

    rows = []
    for id, layer in registry.layers.items():
        family = layer.get("family", "")
        if family.rpartition(".")[2] != root or not family.startswith("unwire.protocols.") or not layer["over"] or layer.get("stands"):
            continue
        cls: Any = registry.classes[id]
        columns = {one["name"].lstrip("_"): one["column"] for one in layer["fields"] if "column" in one}
        names = [name for name in names_of(cls) if name != key_of(cls)]
        fields = [f"`{name}`" + (f" ({columns[name]})" if name in columns else "") for name in names]
        keywords = [f"`{one}`" for one in cls.__keywords__]
        numbers = layer["over"][0]["keys"]
        rows.append(
            (
                numbers,
                cls.__name__,
                [", ".join(map(str, numbers)), f"`{cls.__name__}`", layer["title"], ", ".join(fields), ", ".join(keywords), _rule(layer)],
            )
        )
    lines = ["| number | class | what, and where it is said | attributes (columns) | other keywords | rule |", "|---|---|---|---|---|---|"]
    return "\n".join(lines + [f"| {' | '.join(cells)} |" for _, _, cells in sorted(rows)]) + "\n"


_HEADER = {
    "srcport": "`tcp.info.srcport` (`tcp.sport`)", "dstport": "`tcp.info.dstport` (`tcp.dport`)", "seq": "`tcp.info.seq` (`tcp.seq`)",
    "ack": "`tcp.info.ack` (`tcp.ack`)", "hdr_len": "`tcp.info.hdr_len` (`tcp.hdr_len`)", "flags": "`tcp.info.flags`",
    "window_size": "`tcp.info.window_size` (`tcp.win`)", "window": "`tcp.info.window_size` (`tcp.win`)",
    "checksum": "`tcp.info.checksum` (`tcp.sum`)",
    "urgent_pointer": "`tcp.info.urgent_pointer` (`tcp.urp`)", "urgent": "`tcp.info.urgent_pointer` (`tcp.urp`)", "opt": "`tcp.opts`, `tcp.options`",
    "options": "`tcp.options`", "connection": "`tcp.info.connection`", "offset": "`tcp.off`; `tcp.info.flags.ns`",
    "padding": "part of `tcp.opts`; the options `EndOfOptionList` at the end of `tcp.options.all`", "payload": "`tcp.data`",
    "ns": "`tcp.info.flags.ns`",
}  # fmt: skip
_MEMBERS = {
    "TCP": "`unwire.protocols.tcp.TCP`, also `unwire.dpkt.tcp.TCP`", "TCP.name": "`tcp.info.name`", "TCP.length": "`tcp.info.length`",
    "TCP.src": "`tcp.info.src`", "TCP.dst": "`tcp.info.dst`", "TCP.register_option": "`TCP.register_option`",
    "TCP.connection": "`tcp.info.connection`", "TCP.register_mp_option": "`TCP.register_mp_option`", "TCP.read": "`TCP(buf)`", "TCP.make": "`TCP.make`",
    "TCP._make_data": "gone: an object is both; `TCP(options=other.options)` and `copy.copy(tcp)` take over what there is",
    "TCP._read_tcp_options": "`tcp.options`", "TCP._make_tcp_options": "`TCP(options=…)`", "TCP.__proto__": "`TCP.__proto__`",
    "TCP.__option__": "`TCP.__option__`: classes, or registered pairs", "TCP.__mp_option__": "`TCP.__mp_option__`: classes",
    "TCP.__index__": "`tcp.info.__index__()`", "schema.Option.post_process": "gone: the length of an option is declared with it, so that nothing is to be mended",
    "schema.MPTCPJoinACK.reserved": "gone: reserved bits are kept as they were read, and sent as zeros where they were not",
    "schema.mptcp_data_selector": "gone: the engine finds the class whose `when` holds", "schema.mptcp_add_address_selector": "gone: a `switch` in `MPTCPAddAddress`",
    "schema.TCP": "`TCP`: one class reads and builds", "data.TCP": "`tcp.info`", "schema.Option": "`TCPOption`", "data.Option": "`TCPOption`",
    "schema.Option.kind": "`option.kind`", "data.Option.kind": "`option.kind`", "schema.Option.length": "`option.length`",
    "data.Option.length": "`option.length`", "data.MPTCPJoin.connection": "`MPTCPJoin.connection`",
}  # fmt: skip
_KEYS = {
    "donone": "UnassignedOption", "eool": "EndOfOptionList", "nop": "NoOperation", "mss": "MaximumSegmentSize", "ws": "WindowScale",
    "sackpmt": "SACKPermitted", "sack": "SACK", "echo": "Echo", "echore": "EchoReply", "ts": "Timestamps", "poc": "PartialOrderConnectionPermitted",
    "pocsp": "PartialOrderServiceProfile", "cc": "CC", "ccnew": "CCNew", "ccecho": "CCEcho", "chkreq": "AlternateChecksumRequest",
    "chksum": "AlternateChecksumData", "sig": "MD5Signature", "qs": "QuickStartResponse", "timeout": "UserTimeout", "ao": "Authentication",
    "mp": "MPTCP",
    "fastopen": "FastOpenCookie", "unknown": "MPTCPUnknown", "capable": "MPTCPCapable", "join": "MPTCPJoinSYN`, `…SYNACK`, `…ACK", "dss": "MPTCPDSS",
    "addaddr": "MPTCPAddAddress", "remove": "MPTCPRemoveAddress", "prio": "MPTCPPriority", "fail": "MPTCPFallback", "fastclose": "MPTCPFastclose",
    "join_syn": "MPTCPJoinSYN", "join_synack": "MPTCPJoinSYNACK", "join_ack": "MPTCPJoinACK", "syn": "MPTCPJoinSYN", "synack": "MPTCPJoinSYNACK",
}  # fmt: skip
#: Where the schema class has another name for a field than the data class.
_RENAMED = {
    "Timestamps.value": "timestamp", "Timestamps.reply": "echo", "CC.count": "cc", "CCNew.count": "cc", "CCEcho.count": "cc",
    "AlternateChecksumRequest.algorithm": "chksum", "QuickStartResponse.flags": "req_rate", "QuickStartResponse.diff": "ttl_diff",
    "UserTimeout.info": "granularity`, `timeout", "PartialOrderServiceProfile.profile": "start`, `end", "MPTCPAddAddress.address": "addr",
    "MPTCPFastclose.key": "rkey", "MPTCPDSS.flags": "data_fin`, `has_ack`, `long_ack`, `has_dsn`, `long_dsn",
}  # fmt: skip
_BITS = {
    "OffsetFlag": {"offset": "tcp.off", "ns": "tcp.info.flags.ns"},
    "POCProfile": {"start": "PartialOrderServiceProfile.start", "end": "PartialOrderServiceProfile.end"},
    "QuickStartFlags": {"rate": "QuickStartResponse.req_rate"}, "QuickStartNonce": {"nonce": "QuickStartResponse.nonce"},
    "TimeoutInfo": {"granularity": "UserTimeout.granularity", "timeout": "UserTimeout.timeout"},
    "MPTCPSubtypeTest": {"length": "MPTCP.length", "subtype": "MPTCP.subtype"},
    "MPTCPSubtypeUnknown": {"subtype": "MPTCPUnknown.subtype", "data": "MPTCPUnknown.data"},
    "MPTCPSubtypeCapable": {"subtype": "MPTCPCapable.subtype", "version": "MPTCPCapable.version"},
    "MPTCPCapableFlags": {"req": "MPTCPCapable.flags.req", "ext": "MPTCPCapable.flags.ext", "hsa": "MPTCPCapable.flags.hsa"},
    "MPTCPSubtypeJoin": {"subtype": "MPTCPJoinSYN.subtype", "backup": "MPTCPJoinSYN.backup"}, "MPTCPSubtype": {"subtype": "MPTCP.subtype"},
    "MPTCPDSSFlags": {"F": "MPTCPDSS.data_fin", "m": "MPTCPDSS.long_dsn", "M": "MPTCPDSS.has_dsn", "a": "MPTCPDSS.long_ack", "A": "MPTCPDSS.has_ack"},
    "MPTCPSubtypeAddAddress": {"subtype": "MPTCPAddAddress.subtype", "version": "MPTCPAddAddress.version"},
    "MPTCPSubtypePriority": {"subtype": "MPTCPPriority.subtype", "backup": "MPTCPPriority.backup"},
}  # fmt: skip


def place(member: str) -> str:
    """What a member of PyPCAPKit's page is here."""
    if member in _MEMBERS:
        return _MEMBERS[member]
    if member.startswith("tcp."):
        _, *names = member.split(".")
        return _HEADER.get(names[0], "") if len(names) == 1 else f"`tcp.info.flags.{names[1]}`"
    if match := re.match(r"TCP\._(read|make)_(?:mode|mptcp|join)_(\w+)$", member):
        name = _KEYS["join_ack" if "_join_" in member and match[2] == "ack" else match[2]]
        return f"`{name}`: the declaration reads" if match[1] == "read" else f"`{name}.make(…)`, `(kind, {{…}})` in a list"
    layer, _, rest = member.partition(".")
    owner, _, field = rest.partition(".")
    if owner == "TCP":
        return _HEADER.get(field, "")
    if owner in ("Flags", "TCP"):
        return f"`tcp.info.flags.{field}`" if field else "`tcp.info.flags`"
    if owner in _BITS:
        return f"`{_BITS[owner][field]}`" if field else f"gone: its bits are attributes, {', '.join(f'`{one}`' for one in _BITS[owner].values())}"
    if not field:
        return f"`{owner}`"
    if layer == "TCP":
        return _HEADER.get(rest, "")
    if field == "test":
        return f"gone: its bits are attributes of `{owner}`"
    return f"`{owner}.{_RENAMED.get(f'{owner}.{field}', field)}`"


def members() -> str:
    """The table of members; nothing where PyPCAPKit's page is not at hand."""
    from seed_page import PAGE, members

    found = [(member, place(member)) for member in members(PAGE)]
    if missing := [member for member, where in found if not where]:
        raise SystemExit(f"no place for {missing}")
    return "\n".join(["| PyPCAPKit | unwire |", "|---|---|", *(f"| `{member}` | {where} |" for member, where in found)]) + "\n"


def generated(page: str) -> str:
    """A page with what is generated made anew."""
    made = {**{name: (lambda root=root: table(root)) for name, root in _FAMILIES.items()}, "members": members}
    return _FENCE.sub(lambda fence: fence[1] + made[fence[2]]() + fence[3], page)


if __name__ == "__main__":
    from seed_page import PAGE

    for name in ["options.md", *(["pypcapkit.md"] if PAGE.exists() else [])]:
        page = ROOT / "docs" / name
        page.write_text(generated(page.read_text(encoding="utf-8")), encoding="utf-8")
