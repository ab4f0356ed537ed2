"""`unwire summary`: what is in a capture, on one page. The counting is in unwire.tables.summary; this lays it out."""

from __future__ import annotations

import dataclasses

import click

from unwire.cli import flags
from unwire.cli.output import sink, style_of, visible
from unwire.cli.render import Col, Page, bar, count, page, show, size, span, spark, unicode_ok
from unwire.cli.rows import json_text
from unwire.cli.run import Run
from unwire.tables.containers import Container
from unwire.tables.flows import Conversation
from unwire.tables.gist import Connections
from unwire.tables.summary import Summary
from unwire.tables.summary import summary as summarise

#: What a reason for the end of decoding means to a reader; `end` (all decoded) is not among them.
STOPS = {
    "no_link": "payload of no declared protocol",
    "opaque": "a protocol that only Python objects read",
    "short": "cut short",
    "must": "not what its number or port says",
    "length": "an impossible length",
    "fragment": "a fragment; packets are read one by one",
    "encrypted": "encrypted",
    "depth": "too many layers",
    "items": "too many items",
    "native": "refused by its decoder",
    "others": "of rare kinds, put together for want of room",
}


@click.command()
@flags.reads("table", "json")
@click.option("--top", type=click.IntRange(min=0), default=10, show_default=True, metavar="N", help="Length of the lists; 0 shows all.")
@click.option("--no-connections", is_flag=True, help="Leave out connections and the names in them, which takes about half the time.")
def summary(run: Run, top: int, no_connections: bool) -> int:
    """Say what is in captures: the files, protocols, talkers, services, connections, names, rates, sizes, trouble.

    Everything is counted in one pass. Several files are added up.
    """
    with run.progress() as progress:
        found = summarise(run.trace(), top=top, connections=not no_connections, workers=run.workers, on_progress=progress)
    lost = [(file.name, [(loss.reason, loss.count, loss.offset) for loss in file.loss]) for file in found.files]
    code = run.account(lost) if run.strict else 0
    if style_of(run, ("table", "json"), "table") == "json":
        with sink(run, "json") as write:
            write(json_text(dataclasses.asdict(found)).encode("utf-8", "surrogateescape"))
    else:
        made = page(run)
        lay_out(made, found, unicode=unicode_ok(run))
        show(run, made)
    return code or run.account(lost)


def lay_out(made: Page, found: Summary, *, unicode: bool) -> None:
    """Put a summary on a page."""
    _files(made, found)
    _rate(made, found, unicode)
    _protocols(made, found, unicode)
    _talkers(made, found, unicode)
    _services(made, found)
    if found.connections:
        _connections(made, found.connections)
    _sizes(made, found, unicode)
    _trouble(made, found)


def _files(made: Page, found: Summary) -> None:
    several = len(found.files) > 1
    for file in found.files:
        made.heading(file.name)
        rows = [*_file(file), ("packets", _packets(file.packets))] if several else [*_file(file), *_totals(found)]
        made.facts([*rows, *((("loss", f"{loss.reason}: {loss.count} (first at byte {count(loss.offset)})")) for loss in file.loss)])
    if several:
        made.heading(f"All {len(found.files)} files")
        made.facts(_totals(found))


def _file(file: Container) -> list[tuple[str, str]]:
    packed = "" if file.compression == "none" else f", {file.compression}"
    rows = [("format", f"{file.format} {file.version}, {file.byte_order}-endian{packed}")]
    if file.size is not None:
        rows.append(("size", f"{count(file.size)} bytes"))
    rows += [("written by", s.application) for s in file.sections[:1] if s.application]
    rows += [("comment", comment) for comment in file.comments[:3]]
    rows.append(("link type", ", ".join(file.link_names) or "unknown"))
    named = [f"{i.name or i.description or f'#{i.id}'}{'' if i.packets is None else f' {_packets(i.packets)}'}" for i in file.interfaces]
    if len(named) > 1 or any(i.name for i in file.interfaces):
        rows.append(("interfaces", ", ".join(named[:8]) + (f" and {len(named) - 8} more" if len(named) > 8 else "")))
    return rows


def _totals(found: Summary) -> list[tuple[str, str]]:
    rows = []
    if found.first and found.last and found.duration is not None:
        rows += [("first", found.first), ("last", found.last), ("duration", span(found.duration))]
    rows.append(("packets", count(found.packets) + (f", {found.packets_per_second:,.1f} per second" if found.packets_per_second else "")))
    volume = f"{count(found.bytes)} on the wire"
    if found.bytes_per_second:
        volume += f", {size(found.bytes_per_second)}/s"
    if found.mean_size:
        volume += f", {found.mean_size:.0f} per packet"
    rows.append(("bytes", volume))
    if found.truncated:
        snaps = sorted({i.snaplen for f in found.files for i in f.interfaces if i.snaplen} or {f.snaplen for f in found.files if f.snaplen})
        limit = f", snap length {', '.join(map(count, snaps))}" if snaps else ""
        share = f"; {found.captured / found.bytes:.0%} of the bytes are there" if found.bytes else ""
        rows.append(("cut short", f"{_packets(found.truncated)}{limit}{share}"))
    if not any(file.loss for file in found.files):
        rows.append(("loss", "none"))
    return rows


def _rate(made: Page, found: Summary, unicode: bool) -> None:
    bars = found.rate.packets
    if len(bars) < 2:
        return
    width = span(found.rate.seconds).replace(".000", "")
    most = max(bars) / found.rate.seconds
    made.heading("Packets over time", f"a bar is {width}; the highest is {f'{most:,.0f}' if most >= 10 else f'{most:.2g}'} packets per second")
    made.line(spark(bars, unicode=unicode), "green")


def _protocols(made: Page, found: Summary, unicode: bool) -> None:
    if not found.protocols:
        return
    made.heading("Protocols")
    rows = []
    for node in found.protocols:
        share = node.packets / found.packets
        cells = ("  " * node.depth + node.name, count(node.packets), f"{share:.1%}", size(node.bytes), bar(share, unicode=unicode))
        rows.append(cells)
    made.grid((Col("protocol", style="bold"), Col("packets", True), Col("share", True), Col("bytes", True), Col("", style="green")), rows)


def _talkers(made: Page, found: Summary, unicode: bool) -> None:
    if not found.talkers:
        return
    made.heading("Talkers", _of(len(found.talkers), found.talker_count))
    columns = (Col("address", style="bold"), Col("packets", True), Col("bytes", True), Col("sent", True), Col("bytes", True), Col("received", True))
    rows = [
        (t.address, count(t.packets), size(t.bytes), count(t.packets_sent), size(t.bytes_sent), count(t.packets_received), size(t.bytes_received))
        for t in found.talkers
    ]
    made.grid((*columns, Col("bytes", True)), rows)
    made.heading("Conversations", _of(len(found.conversations), found.conversation_count))
    arrow, back = ("→", "←") if unicode else ("->", "<-")
    both = (Col(f"packets {arrow}", True), Col("bytes", True), Col(f"packets {back}", True), Col("bytes", True), Col("connections", True))
    made.grid((Col("from", style="bold"), Col("to", style="bold"), Col("service"), *both), [_conversation(c) for c in found.conversations])
    if found.uncounted:
        made.line(f"{_packets(found.uncounted)} of small conversations beyond those that are kept are in no conversation here", "yellow")


def _conversation(c: Conversation) -> tuple[str, ...]:
    port = c.a_port if c.b_port is None else c.b_port
    service = f"{_port(c.protocol, port)} {c.service or ''}"
    sums = (count(c.packets_a_to_b), size(c.bytes_a_to_b), count(c.packets_b_to_a), size(c.bytes_b_to_a))
    return c.a, c.b, service, *sums, "" if port is None else count(c.connections)


def _services(made: Page, found: Summary) -> None:
    if not found.services:
        return
    made.heading("Services", _of(len(found.services), found.service_count))
    columns = (Col("port", style="bold"), Col("name"), *(Col(name, True) for name in ("packets", "bytes", "connections", "servers", "clients")))
    rows = [
        (_port(s.protocol, s.port), s.service or "", count(s.packets), size(s.bytes), count(s.connections), count(s.servers), count(s.clients))
        for s in found.services
    ]
    made.grid(columns, rows)


def _connections(made: Page, found: Connections) -> None:
    kinds = [(found.tcp, "TCP"), (found.udp, "UDP"), (found.icmp, "ICMP"), (found.other, "other")]
    if not any(number for number, _ in kinds):
        return
    made.heading("Connections", "as unwire conn tells them apart")
    rows = [("connections", ", ".join(f"{count(number)} {kind}" for number, kind in kinds if number))]
    if found.tcp:
        rows.append(("TCP ended", ", ".join(f"{count(number)} {state}" for state, number in found.states)))
        trouble = [
            (found.retransmitted, "sent again"), (found.out_of_order, "out of order"), (found.zero_window, "with a window of zero"),
        ]  # fmt: skip
        told = [f"{count(number)} {what} ({number / found.segments:.2%})" for number, what in trouble if number]
        rows.append(("segments", ", ".join([count(found.segments), *told])))
        lost = f"{count(found.lost_bytes)} bytes that were acknowledged are not in the capture, " if found.lost_bytes else ""
        rows.append(
            (
                "trouble",
                f"{lost}{count(found.troubled)} connection{'' if found.troubled == 1 else 's'} with any" if lost or found.troubled else "none",
            )
        )
    if found.handshake_mean is not None and found.handshake_slowest is not None:
        took = f"{found.handshake_mean * 1000:,.3f} ms on average, {found.handshake_slowest * 1000:,.3f} ms at most"
        rows.append(("handshakes", f"{count(found.handshakes)}, {took}"))
    made.facts(rows)
    for title, what, names in (
        ("DNS names", "questions", found.dns_names),
        ("HTTP hosts", "requests", found.http_hosts),
        ("TLS server names", "sessions", found.tls_server_names),
    ):
        if names.top:
            made.heading(title, _of(len(names.top), names.count))
            made.grid((Col("name", style="bold"), Col(what, True)), [(visible(one.name), count(one.rows)) for one in names.top])
        if names.uncounted:
            made.line(f"{count(names.uncounted)} {what} for rare names beyond those that are kept are not told apart", "yellow")


def _sizes(made: Page, found: Summary, unicode: bool) -> None:
    used = [index for index, entry in enumerate(found.sizes) if entry.packets]
    if not used:
        return
    made.heading("Packet sizes", "bytes on the wire")
    rows = []
    for entry in found.sizes[used[0] : used[-1] + 1]:
        bounds = f"{entry.low:,} and more" if entry.high is None else f"{entry.low:,}-{entry.high:,}"
        share = entry.packets / found.packets
        rows.append((bounds, count(entry.packets), f"{share:.1%}", bar(share, unicode=unicode)))
    made.grid((Col("size"), Col("packets", True), Col("share", True), Col("", style="green")), rows)


def _trouble(made: Page, found: Summary) -> None:
    if found.checksums:
        made.heading("Checksums")
        rows = [(c.protocol, count(c.good), count(c.bad), count(c.unchecked)) for c in found.checksums]
        made.grid((Col("protocol", style="bold"), Col("good", True), Col("bad", True), Col("not verified", True)), rows)
    for sums in found.checksums:
        hosts = ", ".join(f"{s.address} ({count(s.bad)})" for s in sums.senders[:5])
        hosts += f" and {count(sums.sender_count - 5)} more" if sums.sender_count > 5 and len(sums.senders) >= 5 else ""
        if sums.verdict == "offload":
            made.line(f"{sums.protocol}: all that is sent by {hosts} is wrong: checksum offload, not damage", "yellow")
        elif sums.verdict == "damage":
            made.line(f"{sums.protocol}: {count(sums.bad)} wrong, sent by {hosts}", "bold red")
    ended = [stop for stop in found.stops if stop.reason != "end"]
    if ended:
        whole = found.packets
        cells = [(s.reason, s.layer or "", count(s.packets), f"{s.packets / whole:.1%}", STOPS.get(s.reason, "")) for s in ended]
        made.heading("Not decoded further")
        made.grid((Col("reason"), Col("in"), Col("packets", True), Col("share", True), Col("meaning", style="dim")), cells)


def _packets(number: int) -> str:
    return f"{number:,} packet{'' if number == 1 else 's'}"


def _port(protocol: str, port: int | None) -> str:
    return protocol if port is None else f"{protocol}/{port}"


def _of(shown: int, whole: int) -> str:
    return f"{shown:,} of {whole:,}" if shown < whole else ""
