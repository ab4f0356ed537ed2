"""`Pktt`: a trace with the constructor, the spelling and the habits of NFStest's class, for programs that were written for it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from unwire.capture.trace import Trace


class Header:
    """The header of a capture file in Pktt's words."""

    def __init__(self, pktt: Pktt) -> None:
        (info, *_) = pktt.info()
        form = info.format()
        self.major, self.minor = form["version"]
        self.zone_offset, self.accuracy = 0, 0
        self.dump_length, self.link_type = form["snaplen"], form["link_type"]


class Pktt(Trace):
    """A trace as NFStest's `packet.pktt.Pktt` has it: `Pktt(tfile, live=False, state=True)`.

    Nothing is opened before the first packet is asked for. Iterating moves the trace's one place, and `state` changes nothing.
    What is otherwise than in NFStest is in `docs/trace.md`.
    """

    def __init__(self, tfile: Any, live: bool = False, state: bool = True) -> None:
        super().__init__(list(tfile) if isinstance(tfile, (list, tuple)) else [tfile], None, live=live)
        self.tfile, self.state = tfile, state

    def __iter__(self) -> Iterator[Any]:
        return self

    def __next__(self) -> Any:
        return self.next()

    @property
    def header(self) -> Header:
        """The file's header; of several, the first one's."""
        return Header(self)

    @property
    def filesize(self) -> int | None:
        """Bytes of the files."""
        return self.size

    @property
    def frame(self) -> int:
        """Wireshark's number of the packet that is looked at next."""
        return self.index + 1

    @property
    def eof(self) -> bool:
        """Whether no packet is left."""
        return self._live is None and not self.places.has(self.index)

    def close(self) -> None:
        """Let go of the file; it is opened again where something is asked."""
        self._reading = self._places = None

    def __enter__(self) -> Pktt:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _on_current(self, layer: str, uargs: str) -> bool:
        if self.pkt is None:
            return False
        return self.compiled(f"{layer}.{uargs}").matches(self.pkt)

    def match_ethernet(self, uargs: str) -> bool:
        """Whether the present packet fits ``attr == value`` of its Ethernet layer."""
        return self._on_current("ETHERNET", uargs)

    def match_ip(self, uargs: str) -> bool:
        """The same of its IP layer."""
        return self._on_current("IP", uargs)

    def match_tcp(self, uargs: str) -> bool:
        """The same of its TCP layer."""
        return self._on_current("TCP", uargs)

    def match_udp(self, uargs: str) -> bool:
        """The same of its UDP layer."""
        return self._on_current("UDP", uargs)

    def match_rpc(self, uargs: str) -> bool:
        """The same of its RPC layer."""
        return self._on_current("RPC", uargs)

    def match_nfs(self, uargs: str) -> bool:
        """The same of its NFS layer."""
        return self._on_current("NFS", uargs)
