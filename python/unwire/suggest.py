"""What a misspelt name may have meant, and names of any length in sentences. Knows no names itself."""

from __future__ import annotations

from collections.abc import Iterable

#: No name is so long; what is longer is no misspelt one.
_LONGEST = 80
#: Names whose letters are most like those of a word; only these are compared in order, which takes a hundred times as long.
_LIKELY = 24


def suggest(word: str, known: Iterable[str]) -> str:
    """Return ``; did you mean 'x'?`` for the known word nearest to `word`, or nothing."""
    if len(word) > _LONGEST:
        return ""
    import difflib  # only for who has made a mistake
    import heapq

    names = list(known)
    letters = [(letter, word.count(letter)) for letter in dict.fromkeys(word)]

    def alike(name: str) -> float:
        return sum(min(count, name.count(letter)) for letter, count in letters) / (len(word) + len(name) or 1)

    near = difflib.get_close_matches(word, heapq.nlargest(_LIKELY, names, key=alike), n=1, cutoff=0.5)
    if not near:  # `hdrlen` is far from `hl` by letters, but its letters hold those of `hl` in order
        near = [k for k in names if len(k) > 1 and _within(k, word)][:1]
    return f"; did you mean {near[0]!r}?" if near else ""


def quoted(word: str) -> str:
    """Return a name as a sentence shows it: in quotes, and not longer than a line."""
    return repr(word if len(word) <= _LONGEST else f"{word[: _LONGEST - 1]}…")


def _within(short: str, long: str) -> bool:
    letters = iter(long)
    return all(letter in letters for letter in short)
