"""What a capture's container says of itself: format, interfaces, sections, blocks, loss. The engine reads it; no packet is decoded here."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from unwire import data
from unwire.tables.tally import Pass, iso, passes

if TYPE_CHECKING:
    from unwire.capture.trace import Trace

#: Block types of draft-ietf-opsawg-pcapng, section 4 and appendix A.
BLOCKS = {
    0x0A0D0D0A: "section header", 1: "interface description", 4: "name resolution", 5: "interface statistics", 10: "decryption secrets",
    9: "systemd journal", 0xBAD: "custom", 0x40000BAD: "custom, not to be copied",
}  # fmt: skip
#: Options of an interface description (section 4.2) that are shown, by number.
_SPEED, _RESOLUTION, _FILTER, _OS, _OFFSET, _HARDWARE = 8, 9, 11, 12, 14, 15


@dataclass(frozen=True)
class Interface:
    """An interface that a capture describes. `resolution` is the unit of its clock in words, `offset` seconds added to its times.

    `packets` is None where several sections number an interface alike, and where there are more interfaces than are counted.
    """

    section: int
    id: int
    name: str | None
    description: str | None
    link_type: int
    link_name: str
    snaplen: int | None
    resolution: str
    offset: int
    filter: str | None
    os: str | None
    hardware: str | None
    speed: int | None
    packets: int | None


@dataclass(frozen=True)
class Section:
    """A section of a pcapng file: who wrote it and how."""

    byte_order: str
    version: str
    hardware: str | None
    os: str | None
    application: str | None


@dataclass(frozen=True)
class Loss:
    """What could not be read: why, how often, and where first (an offset in the uncompressed capture)."""

    reason: str
    count: int
    offset: int


@dataclass(frozen=True)
class Container:
    """A capture without its packets' meaning. Sizes are bytes, times ISO 8601 in UTC, `duration` seconds."""

    name: str
    format: str
    compression: str
    byte_order: str
    version: str
    size: int | None
    link_types: tuple[int, ...]
    link_names: tuple[str, ...]
    snaplen: int | None
    packets: int
    bytes: int
    captured: int
    truncated: int
    first: str | None
    last: str | None
    duration: float | None
    interfaces: tuple[Interface, ...]
    sections: tuple[Section, ...]
    comments: tuple[str, ...]
    blocks: dict[str, int]
    skipped: int
    loss: tuple[Loss, ...]


#: What a pass counts for `container`.
CONTAINER_KEY = ("frame.interface_id",)


def containers(trace: Trace, *, workers: int | None = None, on_progress: Callable[[int, int | None], None] | None = None) -> list[Container]:
    """Read each capture to its end and return what its container says, in the order of the files."""
    return [container(one) for one in passes(trace, [CONTAINER_KEY], workers=workers, on_progress=on_progress)]


def container(one: Pass) -> Container:
    """Put one capture's account together: the engine's info, and packets by interface, which are the pass's first tally."""
    info = one.info
    form, loss = info.format(), info.loss()
    orders = [section["byte_order"] for section in info.sections()]
    entries = info.interfaces()
    # An interface's number is its section's own: where two sections use one number, its packets cannot be told apart.
    shared = {number for number, uses in Counter(entry["id"] for entry in entries).items() if uses > 1}
    described = tuple(_interface(entry, orders, None if entry["id"] in shared else _packets(one, entry["id"])) for entry in entries)
    links = tuple(dict.fromkeys(interface.link_type for interface in described)) or ((form["link_type"],) if form["link_type"] is not None else ())
    _, volume, first, last = one.total
    return Container(
        name=one.name,
        format=form["container"],
        compression=form["compression"],
        byte_order=form["byte_order"],
        version=".".join(map(str, form["version"])),
        size=_size(one.name),
        link_types=links,
        link_names=tuple(map(data.link_name, links)),
        snaplen=form["snaplen"],
        packets=loss["records"],
        bytes=volume,
        captured=one.captured,
        truncated=loss["truncated"],
        first=iso(first),
        last=iso(last),
        duration=None if first is None or last is None else (last - first) / 1e9,
        interfaces=described,
        sections=tuple(Section(s["byte_order"], ".".join(map(str, s["version"])), s["hardware"], s["os"], s["application"]) for s in info.sections()),
        comments=tuple(info.comments()),
        blocks=dict(Counter(BLOCKS.get(kind, f"type 0x{kind:08x}") for kind, *_ in info.blocks())),
        skipped=loss["skipped"],
        loss=tuple(Loss(*reason) for reason in loss["reasons"]),
    )


def _packets(one: Pass, number: int) -> int | None:
    count = one.tallies[0].get((number,))
    return count[0] if count else None if one.beyond[0][0] else 0


def _size(name: str) -> int | None:
    try:
        path = Path(name)
        return path.stat().st_size if path.is_file() else None
    except OSError:
        return None


def _interface(entry: dict[str, Any], orders: list[str], packets: int | None) -> Interface:
    order: Literal["big", "little"] = "big" if orders[entry["section"] : entry["section"] + 1] == ["big"] else "little"
    options: dict[int, bytes] = {}
    for code, value in entry["options"]:
        options.setdefault(code, value)
    return Interface(
        section=entry["section"],
        id=entry["id"],
        name=entry["name"],
        description=entry["description"],
        link_type=entry["link_type"],
        link_name=data.link_name(entry["link_type"]),
        snaplen=entry["snaplen"] or None,
        resolution=_resolution(options.get(_RESOLUTION)),
        offset=_integer(options.get(_OFFSET), order, signed=True) or 0,
        filter=_filter(options.get(_FILTER)),
        os=_text(options.get(_OS)),
        hardware=_text(options.get(_HARDWARE)),
        speed=_integer(options.get(_SPEED), order),
        packets=packets,
    )


def _resolution(value: bytes | None) -> str:
    """Return the unit of a clock: the byte is a negative power of ten, or of two where its highest bit is set."""
    power = value[0] if value else 6
    if power & 0x80:
        return f"2^-{power & 0x7F} s"
    return {0: "s", 3: "ms", 6: "µs", 9: "ns", 12: "ps"}.get(power, f"10^-{power} s")


def _filter(value: bytes | None) -> str | None:
    """Return a capture filter: its first byte says whether it is text (0) or compiled (1)."""
    if not value:
        return None
    return _text(value[1:]) if value[0] == 0 else f"compiled, {len(value) - 1} bytes"


def _text(value: bytes | None) -> str | None:
    return value.decode("utf-8", "replace").rstrip("\0") if value is not None else None


def _integer(value: bytes | None, order: Literal["big", "little"], *, signed: bool = False) -> int | None:
    return int.from_bytes(value, order, signed=signed) if value and len(value) == 8 else None
