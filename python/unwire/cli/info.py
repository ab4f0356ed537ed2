"""`unwire info`: what a capture's container says, without decoding a packet. The account is unwire.tables.containers's; this lays it out."""

from __future__ import annotations

import dataclasses

import click

from unwire.cli import flags
from unwire.cli.output import sink, style_of
from unwire.cli.render import Col, Page, count, page, show, span
from unwire.cli.rows import FORMATS, json_text, write_rows
from unwire.cli.run import Run
from unwire.tables.containers import Container, containers

#: Sections, interfaces and comments that are shown unless all are asked for.
_FIRST = 20


@click.command()
@flags.reads(*FORMATS)
@click.option("--all", "whole", is_flag=True, help=f"Show every section, interface and comment, not the first {_FIRST} of each; -T json always does.")
def info(run: Run, whole: bool) -> int:
    """Say what the container holds: format, interfaces, sections, comments, blocks, times, and what could not be read.

    Several captures are a table, one row each.
    """
    if (run.where, run.after, run.before) != (None, None, None):
        raise click.UsageError("info reads the container alone and asks no packet; -Y, --after and --before are for the other verbs")
    with run.progress() as progress:
        found = containers(run.trace(), workers=run.workers, on_progress=progress)
    lost = [(one.name, [(loss.reason, loss.count, loss.offset) for loss in one.loss]) for one in found]
    code = run.account(lost) if run.strict else 0
    style = style_of(run, FORMATS, "table")
    if style == "table" and len(found) == 1:
        made = page(run)
        _lay_out(made, found[0], None if whole else _FIRST)
        show(run, made)
    elif style == "json":
        with sink(run, style) as write:
            write(json_text([dataclasses.asdict(one) for one in found]).encode("utf-8", "surrogateescape"))
    else:
        _table(run, found)
    return code or run.account(lost)


def _table(run: Run, found: list[Container]) -> None:
    heads = ("name", "format", "compression", "link type", "packets", "bytes", "first", "duration", "loss")
    columns = [Col(name, name in ("packets", "bytes"), "bold" if name == "name" else "") for name in heads]

    def cells(one: Container) -> tuple[str, ...]:
        return (
            one.name, f"{one.format} {one.version}", one.compression, ", ".join(one.link_names), count(one.packets), count(one.bytes),
            one.first or "", "" if one.duration is None else span(one.duration), ", ".join(loss.reason for loss in one.loss) or "none",
        )  # fmt: skip

    write_rows(run, Container, found, columns, cells)


def _lay_out(made: Page, one: Container, most: int | None) -> None:
    made.heading(one.name)
    rows = [("format", f"{one.format} {one.version}"), ("byte order", one.byte_order), ("compression", one.compression)]
    if one.size is not None:
        rows.append(("size", f"{count(one.size)} bytes"))
    rows.append(("link type", ", ".join(one.link_names) or "unknown"))
    if one.snaplen:
        rows.append(("snap length", count(one.snaplen)))
    if one.first and one.last and one.duration is not None:
        rows += [("first", one.first), ("last", one.last), ("duration", span(one.duration))]
    rows += [("packets", count(one.packets)), ("bytes", f"{count(one.bytes)} on the wire, {count(one.captured)} captured")]
    if one.truncated:
        rows.append(("cut short", f"{count(one.truncated)} packets"))
    if one.blocks:
        rows.append(("blocks", ", ".join(f"{name} {number}" for name, number in one.blocks.items())))
    if one.skipped:
        rows.append(("passed over", f"{count(one.skipped)} blocks of unknown or custom type"))
    rows += [("comment", comment) for comment in one.comments[:most]]
    if more := _more(len(one.comments), most):
        rows.append(("comment", more))
    rows += [("loss", f"{loss.reason}: {count(loss.count)} (first at byte {count(loss.offset)})") for loss in one.loss] or [("loss", "none")]
    made.facts(rows)
    if one.interfaces:
        made.heading("Interfaces")
        heads = ("section", "id", "name", "description", "link type", "snap length", "clock", "filter", "system", "packets")
        grid = [
            (
                str(i.section), str(i.id), i.name or "", i.description or "", i.link_name, count(i.snaplen) if i.snaplen else "none",
                i.resolution + (f" {i.offset:+} s" if i.offset else ""), i.filter or "", i.os or i.hardware or "",
                "" if i.packets is None else count(i.packets),
            )
            for i in one.interfaces[:most]
        ]  # fmt: skip
        used = [index for index, name in enumerate(heads) if any(row[index] for row in grid)]
        numbers = ("section", "id", "snap length", "packets")
        made.grid([Col(heads[index], heads[index] in numbers) for index in used], [[row[index] for index in used] for row in grid])
        if more := _more(len(one.interfaces), most):
            made.line(more)
    if one.sections:
        made.heading("Sections")
        cells = [(str(n), s.byte_order, s.version, s.application or "", s.os or "", s.hardware or "") for n, s in enumerate(one.sections[:most])]
        made.grid((Col("section", True), *map(Col, ("byte order", "version", "written by", "system", "hardware"))), cells)
        if more := _more(len(one.sections), most):
            made.line(more)


def _more(count: int, shown: int | None) -> str:
    return "" if shown is None or count <= shown else f"… and {count - shown:,} more: --all or -T json"
