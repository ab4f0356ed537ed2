"""Compiled filters: an expression with the schema it was compiled for, ready for the engine; and what can be asked beside captures."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from unwire import _engine, schema
from unwire.errors import FilterError

if TYPE_CHECKING:
    from unwire.filters import tree

_TOO_DEEP = "it is nested too deeply, or a chain of operators is too long: values are joined with `in {…}`"


class Filter:
    """A compiled display filter: `expression`, and `fields`, the names it asks about. `unwire.compile` makes it; it can be used many times."""

    def __init__(self, expression: str, test: tree.Test, generation: _engine.Schema) -> None:
        """Compile a tree for one generation of the schema; what the engine refuses raises `FilterError`."""
        self.expression, self.generation = expression, generation
        self.tree: tree.Test = test
        self._engine: _engine.Filter | None = None
        self._compile()

    @property
    def engine(self) -> _engine.Filter:
        """What the engine asks."""
        return self._engine or self._compile()

    def _compile(self) -> _engine.Filter:
        expression = self.expression
        try:
            self._engine = _engine.Filter(self.generation, self.tree.json())
        except RecursionError:
            raise FilterError(_TOO_DEEP, expression, (0, max(1, len(expression)))) from None
        except _engine.FilterRefused as error:
            reason, start, end = error.args
            raise FilterError(reason, expression, (start, end) if end > start else (0, max(1, len(expression)))) from None
        return self._engine

    @property
    def fields(self) -> list[str]:
        """The names of the fields and protocols that are asked about."""
        return self.engine.fields()

    @property
    def is_told(self) -> bool:
        """Whether the packets before must be known, as for ``tcp.stream`` or ``frame.time_delta``: a trace can be asked then, a packet cannot."""
        return self.engine.is_told

    def matches(self, packet: Any, *, link_type: int | None = None) -> bool:
        """Ask one packet: a `Frame`, a `Record`, bytes (of `link_type`, Ethernet if left out), or a packet object that begins a frame."""
        if self.is_told:
            raise FilterError("this needs the packets before: ask a trace, as in trace.filter(…)", self.expression, (0, max(1, len(self.expression))))
        if isinstance(packet, (_engine.Frame, _engine.Record)):
            link = packet.link_type if link_type is None else link_type
            return self.engine.matches(bytes(packet), link, packet.len, packet.number, packet.time_ns, packet.interface_id, packet.comments)
        if isinstance(packet, (bytes, bytearray, memoryview)):
            return self.engine.matches(bytes(packet), 1 if link_type is None else link_type)
        if link_type is None:
            link_type = self._link_of(type(packet))
        return self.engine.matches(bytes(packet), link_type)

    def _link_of(self, cls: type) -> int:
        """Return the LINKTYPE whose frames begin with a class."""
        names = {f"{one.__module__}.{one.__qualname__}" for one in cls.__mro__}
        for number, classes in self.generation.space("link") or ():
            if names.intersection(classes):
                return number
        raise TypeError(f"{cls.__name__} does not begin a frame, so what is around it is not known; pass bytes and link_type, or the whole packet")

    def __repr__(self) -> str:
        return f"<Filter {self.expression!r}>"


def compile(expression: str | Filter, generation: _engine.Schema | None = None) -> Filter:
    """Compile a display filter in Wireshark's language: ``tcp.dstport == 443 && ip.src == 10.0.0.0/8``.

    `FilterError`, which is a `ValueError`, says what is wrong, at which character, and which field may be meant. A `Filter` is
    returned as it is, or compiled anew if protocols were declared since. `generation` is another schema than that of the moment.
    """
    generation = generation or schema.current()
    if isinstance(expression, Filter):
        return expression if expression.generation is generation else Filter(expression.expression, expression.tree, generation)
    if not isinstance(expression, str):
        raise TypeError(f"a filter is a str, not {type(expression).__name__}")
    from unwire.filters import display  # a language is loaded when somebody speaks it

    try:
        return Filter(expression, display.parse(expression, generation), generation)
    except RecursionError:
        raise FilterError(_TOO_DEEP, expression, (0, max(1, len(expression)))) from None


class Both(Filter):
    """What all of several filters match. Each is sound by itself, so of a long chain only the last is compiled, when it is asked first."""

    def __init__(self, one: Filter, other: Filter) -> None:
        """Put a filter to another, or to what was put together before."""
        from unwire.filters import tree  # no tree is built before somebody filters

        text, tests = (one.expression, one._tests) if isinstance(one, Both) else (f"({one.expression})", [one.tree])
        self._tests: list[tree.Test] = [*tests, other.tree]
        self.tree = tree.And(self._tests)
        self.expression, self.generation = f"{text} && ({other.expression})", other.generation
        self._engine = None
