"""The one error of this package, a declaration that cannot be meant, and its one warning. They come when a class is made or registered, never while
packets are read.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable


class DeclarationError(TypeError):
    """A protocol class is declared wrongly; the message names the class and the field."""


class RegistryWarning(UserWarning):
    """A number that somebody answered to was registered again; the later one holds."""


def suggest(word: str, known: Iterable[str]) -> str:
    """Return ``; did you mean 'x'?`` for the known word nearest to `word`, or nothing."""
    near = difflib.get_close_matches(word, list(known), n=1, cutoff=0.5)
    if not near:  # `hdrlen` is far from `hl` by letters, but its letters hold those of `hl` in order
        near = [k for k in known if len(k) > 1 and _within(k, word)][:1]
    return f"; did you mean {near[0]!r}?" if near else ""


def _within(short: str, long: str) -> bool:
    letters = iter(long)
    return all(letter in letters for letter in short)
