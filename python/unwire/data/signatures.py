"""How services are known by their first bytes: signatures.txt, read. What they mean is the log's business."""

from __future__ import annotations

from functools import cache

from unwire.data import words

#: Service, whether it is of streams, bytes with their masks, least length, port, whether a stream of another service may go over to it.
Signature = tuple[str, bool, list[tuple[int, int]], int, int | None, bool]


@cache
def signatures() -> list[Signature]:
    """Return the signatures in the order of the file."""
    return [_signature(service, transport, rest) for service, transport, rest in words("signatures.txt", 3)]


def _signature(service: str, transport: str, rest: str) -> Signature:
    pattern: list[tuple[int, int]] = []
    least, port, follows = 0, None, False
    while rest := rest.lstrip():
        if rest.startswith('"'):
            text, rest = rest[1:].split('"', 1)
            pattern += [(byte, 0xFF) for byte in text.encode("ascii")]
            continue
        word, _, rest = rest.partition(" ")
        name, equal, number = word.partition("=")
        if equal:
            least, port = (int(number), port) if name == "least" else (least, int(number))
        elif word == "follows":
            follows = True
        elif word == "..":
            pattern.append((0, 0))
        else:
            byte, _, mask = word.partition("/")
            pattern.append((int(byte, 16), int(mask or "ff", 16)))
    return service, transport == "tcp", pattern, least, port, follows
