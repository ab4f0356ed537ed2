"""What a packet of a trace has beside its layers: `record`, where and when it was captured, and the words for a layer that nobody declares.
The layers themselves are the engine's objects.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from unwire._engine import Frame, Schema


class RecordLayer:
    """How a packet was recorded, in Pktt's words; `time_ns` is exact, `secs` and `rsecs` are floats for reading.

    `frame` counts from 1 as Wireshark does, `index` from 0; `seconds` and `usecs` are the time in two parts; `rsecs` is relative to the trace's
    first packet.
    """

    __slots__ = ("_first", "frame", "index", "length_inc", "length_orig", "time_ns")

    def __init__(self, frame: Frame) -> None:
        self.frame, self.index = frame.number, frame.number - 1
        self.time_ns = frame.time_ns
        self.length_inc, self.length_orig = frame.cap_len, frame.len
        self._first = frame._first_ns

    @property
    def seconds(self) -> int:
        """Whole seconds since the epoch."""
        return (self.time_ns or 0) // 1_000_000_000

    @property
    def usecs(self) -> int:
        """Microseconds within the second."""
        return (self.time_ns or 0) % 1_000_000_000 // 1000

    @property
    def secs(self) -> float:
        """Seconds since the epoch."""
        return (self.time_ns or 0) / 1e9

    @property
    def rsecs(self) -> float:
        """Seconds since the first packet of the trace."""
        return ((self.time_ns or 0) - (self._first or 0)) / 1e9

    def __str__(self) -> str:
        return f"frame {self.frame} @ {clock(self.time_ns)}, {self.length_orig} bytes on wire, {self.length_inc} bytes captured"

    def __repr__(self) -> str:
        fields = ("frame", "index", "time_ns", "length_inc", "length_orig")
        return f"RecordLayer({', '.join(f'{name}={getattr(self, name)!r}' for name in fields)})"


def names(frame: Frame) -> list[str]:
    """Return what `dir` lists: the attributes that every packet has, and the layers that this one has."""
    layers = {"record", *frame.protocols.split(":"), *(type(one).__name__.lower() for one in frame.objects())}
    there = (name for name in layers if name.isidentifier() and getattr(frame, name, None) is not None)
    return sorted({*object.__dir__(frame), *there})


def show(frame: Frame, level: int = 1) -> str:
    """Return a packet for reading: 0 what `repr` gives, 1 one line, 2 a line for each layer, 3 every field of every layer."""
    if level <= 0:
        return repr(frame)
    if level == 1:
        source, destination, protocol, info = frame.line()
        ends = f"{source} -> {destination}" if source else ""
        return " ".join(part for part in (f"{frame.number}", clock(frame.time_ns), ends, f"{protocol:<6}", info) if part)
    layers = frame.objects()
    if level == 2:
        return "\n".join([f"RECORD: {RecordLayer(frame)}", *(f"{type(layer).__name__.upper()}: {_alone(layer)}" for layer in layers)])
    parts, shown = [str(RecordLayer(frame))], set[int]()
    for layer in layers:
        # What an object carries is drawn with it; what stands behind a port number is not.
        if id(layer) not in shown:
            shown.update(id(one) for one in layer.layers)
            parts.append(layer.tree())
    return "\n".join(parts)


def clock(time_ns: int | None) -> str:
    """Return a time in local time to the microsecond, as Pktt has it."""
    if time_ns is None:
        return ""
    return f"{datetime.fromtimestamp(time_ns // 1_000_000_000):%Y-%m-%d %H:%M:%S}.{time_ns % 1_000_000_000 // 1000:06d}"


def _alone(layer: Any) -> str:
    """Return the fields of one layer; what it carries is shown by itself."""
    # An address is for reading here, as in Pktt; its repr is that of bytes.
    return ", ".join(f"{name}={getattr(value, 'text', None) or repr(value)}" for name, value in layer._shown())


def other(frame: Frame, schema: Schema, name: str) -> Any:
    """Return what a packet has under a name that is no layer's."""
    if name == "record":
        return RecordLayer(frame)
    from unwire import schema as schemas

    raise schemas.unknown_layer(name, schema)
