"""unwire: captured network traffic into answers.

The face of the package: names are loaded on first use, and no logic lives here. ``unwire.open(path)`` gives a `Trace`;
``unwire.open(path).packets("ip.src", "tcp.dstport")`` a `Table`.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

#: Where each public name is.
_PLACES = {
    "open": "unwire.capture.trace",
    "Trace": "unwire.capture.trace",
    "Pktt": "unwire.capture.pktt",
    "Table": "unwire.tables.table",
    "Frame": "unwire._engine",
    "Record": "unwire._engine",
    "Interface": "unwire._engine",
    "Writer": "unwire.capture.writer",
    "WriteError": "unwire._engine",
    "Stream": "unwire.capture.streams",
    "Chunk": "unwire.capture.streams",
    "Gap": "unwire.capture.streams",
    "CaptureError": "unwire._engine",
    "compile": "unwire.filters.compiled",
    "Filter": "unwire.filters.compiled",
    "FilterError": "unwire.errors",
    "UnknownField": "unwire.errors",
    "UnwireError": "unwire.errors",
    "OneWayError": "unwire.errors",
    "DeclarationError": "unwire.declare",
    "inspect": "unwire.inspect",
    "declare": "unwire.declare",
    "dpkt": "unwire.dpkt",
}

__all__ = [*_PLACES, "__version__"]

# Type checkers take a name for public only where it is imported under its own name: they cannot read `__all__` above.
if TYPE_CHECKING:
    from unwire import declare as declare
    from unwire import dpkt as dpkt
    from unwire import inspect as inspect
    from unwire._engine import CaptureError as CaptureError
    from unwire._engine import Frame as Frame
    from unwire._engine import Interface as Interface
    from unwire._engine import Record as Record
    from unwire._engine import WriteError as WriteError
    from unwire.capture.pktt import Pktt as Pktt
    from unwire.capture.streams import Chunk as Chunk
    from unwire.capture.streams import Gap as Gap
    from unwire.capture.streams import Stream as Stream
    from unwire.capture.trace import Trace as Trace
    from unwire.capture.trace import open as open
    from unwire.capture.writer import Writer as Writer
    from unwire.declare import DeclarationError as DeclarationError
    from unwire.errors import FilterError as FilterError
    from unwire.errors import OneWayError as OneWayError
    from unwire.errors import UnknownField as UnknownField
    from unwire.errors import UnwireError as UnwireError
    from unwire.filters.compiled import Filter as Filter
    from unwire.filters.compiled import compile as compile
    from unwire.tables.table import Table as Table


def __getattr__(name: str) -> Any:
    place = _PLACES.get(name)
    if place is None:
        raise AttributeError(f"module 'unwire' has no attribute {name!r}")
    module = importlib.import_module(place)
    value = module if place == f"unwire.{name}" else getattr(module, name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *_PLACES})
