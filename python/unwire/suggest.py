"""What a misspelt name may have meant. Knows no names itself."""

from __future__ import annotations

from collections.abc import Iterable

#: No name is so long; what is longer is no misspelt one.
_LONGEST = 80


def suggest(word: str, known: Iterable[str]) -> str:
    """Return ``; did you mean 'x'?`` for the known word nearest to `word`, or nothing."""
    if len(word) > _LONGEST:
        return ""
    import difflib  # only for who has made a mistake

    near = difflib.get_close_matches(word, list(known), n=1, cutoff=0.5)
    if not near:  # `hdrlen` is far from `hl` by letters, but its letters hold those of `hl` in order
        near = [k for k in known if len(k) > 1 and _within(k, word)][:1]
    return f"; did you mean {near[0]!r}?" if near else ""


def _within(short: str, long: str) -> bool:
    letters = iter(long)
    return all(letter in letters for letter in short)
