"""Names in display filters that mean more than a field: old ones that stand for others, and those of protocols inside `frame.protocols`."""

from __future__ import annotations

from unwire import _engine
from unwire.filters import tree

_PROTOCOLS = "frame.protocols"


def present(name: str, protocols: frozenset[str]) -> str:
    """Return what a name is called now: Wireshark renamed SSL to TLS and understands both, and most filters that people publish are older."""
    first, dot, rest = name.partition(".")
    return f"tls{dot}{rest}" if first == "ssl" and first not in protocols else name


def listening(test: tree.Test, expression: str, schema: _engine.Schema) -> tree.Test:
    """Return a test that hears the messages whose protocols it looks for in `frame.protocols`: ``frame.protocols contains "http"``.

    Streams are listened to only for who asks what they say, and this asks by a text. So a question that nothing answers is put beside it.
    """
    if _PROTOCOLS not in expression:
        return test
    classes = [name for _, found in schema.space("message") or () for name in found]
    names = {(schema.layer(name) or {}).get("name") for name in classes}
    asked = [tree.Exists(tree.Protocol(name, (0, len(expression)))) for name in sorted(filter(None, names)) if name in expression.lower()]
    return tree.Or([test, *(tree.And([one, tree.Not(one)]) for one in asked)]) if asked else test
