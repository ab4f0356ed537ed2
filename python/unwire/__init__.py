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
    "Table": "unwire.tables.table",
    "Frame": "unwire._engine",
    "Record": "unwire._engine",
    "Interface": "unwire._engine",
    "Writer": "unwire.capture.writer",
    "WriteError": "unwire._engine",
    "CaptureError": "unwire._engine",
    "UnknownField": "unwire.errors",
    "UnwireError": "unwire.errors",
    "OneWayError": "unwire.errors",
    "DeclarationError": "unwire.declare",
    "inspect": "unwire.inspect",
    "declare": "unwire.declare",
    "dpkt": "unwire.dpkt",
}

__all__ = [*_PLACES, "__version__"]

if TYPE_CHECKING:
    from unwire import declare, dpkt, inspect
    from unwire._engine import CaptureError, Frame, Interface, Record, WriteError
    from unwire.capture.trace import Trace, open
    from unwire.capture.writer import Writer
    from unwire.declare import DeclarationError
    from unwire.errors import OneWayError, UnknownField, UnwireError
    from unwire.tables.table import Table


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
