"""What a trace tells of its connections: messages, Zeek's logs, SQL over them. Each is a few lines; the tables are the work."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, Literal, cast

if TYPE_CHECKING:
    from unwire.capture.messages import Message
    from unwire.capture.trace import Trace
    from unwire.tables.conn import ConnTable, Key
    from unwire.tables.logs import LogTable, Written

Progress = Callable[[int, int | None], None]


class Saying:
    """The half of a trace that is about connections."""

    def messages(self, kind: str) -> Iterator[Message]:
        """Yield the messages of connections, ``"http"``, ``"dns"`` or ``"tls"`` (handshakes): time, connection, the object under dpkt's names, the
        packets that carried it. Segments are put in order and messages together, over any number of packets.
        """
        from unwire.capture.messages import messages

        return messages(_trace(self), kind)

    def dns(self, *, workers: int | None = None, on_progress: Progress | None = None) -> LogTable:
        """Return the questions of DNS with their answers, as Zeek's dns.log has them: over UDP and TCP, multicast DNS and LLMNR too."""
        return self._log("dns", workers, on_progress)

    def http(self, *, workers: int | None = None, on_progress: Progress | None = None) -> LogTable:
        """Return the requests of HTTP/1 with their responses, as Zeek's http.log has them."""
        return self._log("http", workers, on_progress)

    def ssl(self, *, workers: int | None = None, on_progress: Progress | None = None) -> LogTable:
        """Return the sessions of TLS and SSL over TCP, QUIC and datagrams, as Zeek's ssl.log has them, with JA3, JA3S and JA4."""
        return self._log("ssl", workers, on_progress)

    def x509(self, *, workers: int | None = None, on_progress: Progress | None = None) -> LogTable:
        """Return the certificates that were sent, as Zeek's x509.log has them."""
        return self._log("x509", workers, on_progress)

    def quic(self, *, workers: int | None = None, on_progress: Progress | None = None) -> LogTable:
        """Return the connections of QUIC, as Zeek's quic.log has them, with JA4: what their first packets say, whose keys everybody can derive."""
        return self._log("quic", workers, on_progress)

    def files(
        self,
        *,
        extract: str | os.PathLike[str] | None = None,
        force: bool = False,
        workers: int | None = None,
        on_progress: Progress | None = None,
    ) -> LogTable:
        """Return the files that HTTP carried, as Zeek's files.log has them: type by content, size, MD5, SHA-1, SHA-256.

        `extract` is a folder, made if it is not there and empty unless `force`, to which a reading of the table writes what they hold, under names
        of Zeek's form that nothing in the capture can choose; the column extracted has them. A body is kept up to 16 MiB, or 64 MiB without
        its compression; extracted_cutoff tells that there was more.
        """
        from unwire.tables.logs import LogTable

        return LogTable(_trace(self), "files", extract=extract, force=force, workers=workers, on_progress=on_progress)

    def weird(
        self, *, checksums: Literal["ignore", "verify"] = "ignore", workers: int | None = None, on_progress: Progress | None = None
    ) -> LogTable:
        """Return what should not be, as Zeek's weird.log has it: layers that end where they should not, odd segments of TCP, pieces of datagrams and
        bytes that contradict each other, what caps cut, and, if they are verified, wrong checksums.
        """
        from unwire.tables.logs import LogTable

        return LogTable(_trace(self), "weird", checksums=checksums, workers=workers, on_progress=on_progress)

    def logs(
        self,
        folder: str | os.PathLike[str],
        *,
        format: Literal["zeek", "json", "jsonl", "parquet"] = "zeek",
        only: Sequence[str] = (),
        checksums: Literal["ignore", "verify"] = "ignore",
        extract: str | os.PathLike[str] | None = None,
        force: bool = False,
        workers: int | None = None,
        on_progress: Progress | None = None,
    ) -> Written:
        """Write all logs, or `only` those of some names, to files of a folder in one pass, and return how many rows each has.

        A log without rows has no file. Files appear when all of them are whole; one that exists is an error unless `force`.
        `extract` is `files`'s.
        """
        from unwire.tables.logs import write_logs

        return write_logs(
            _trace(self),
            folder,
            style=format,
            only=only,
            checksums=checksums,
            extract=extract,
            force=force,
            workers=workers,
            on_progress=on_progress,
        )

    def _log(self, log: str, workers: int | None, on_progress: Progress | None) -> LogTable:
        from unwire.tables.logs import LogTable

        return LogTable(_trace(self), log, workers=workers, on_progress=on_progress)

    def conn(
        self,
        *,
        key: Key | Sequence[Key] | None = None,
        tcp: bool = False,
        streams: bool = False,
        checksums: Literal["ignore", "verify"] = "ignore",
        local: Iterable[str] | None = None,
        seed: int = 0,
        workers: int | None = None,
        on_progress: Callable[[int, int | None], None] | None = None,
    ) -> ConnTable:
        """Return the connections as Zeek's conn.log has them, a row each, with Community ID, tags and the numbers of the first and last packet.

        A connection is what two ends with their ports exchange until it is closed or idle; with `key` it is also told apart by its
        ``"vlan"``, its ``"tunnel"`` or both. `tcp` adds how well streams came through: the handshake's time, and by direction what was sent
        again, out of order, lost, and how often nothing more was taken. `streams` adds the numbers that Wireshark gives the streams of a
        connection (``tcp.stream``, ``udp.stream``), for which something is kept of all ends that ever talked. ``checksums="verify"`` leaves
        packets with wrong ones out. `local` are the networks that count as local (private ones if left out), `seed` is Community ID's.
        """
        from unwire.tables.conn import LOCAL, ConnTable

        return ConnTable(
            _trace(self),
            key=key,
            tcp=tcp,
            streams=streams,
            checksums=checksums,
            local=LOCAL if local is None else local,
            seed=seed,
            workers=workers,
            on_progress=on_progress,
        )

    def connection(self, *, uid: str | None = None, community_id: str | None = None) -> Trace:
        """Return the same capture with only the packets of one connection, by its `uid`, or of all with a Community ID, as `conn` gives them.

        The capture is read to find it, and for the fragments of its datagrams, which are all among the packets. An ICMP error that quotes the
        connection is not. Raises `UnwireError` where there is no such connection, or more captures than one.
        """
        from unwire.capture.pieces import with_pieces
        from unwire.tables.conn import packets_of

        trace = _trace(self)
        return trace.filter(with_pieces(trace, packets_of(trace, uid, community_id)))

    def sql(self, statement: str, *, workers: int | None = None) -> Any:
        """Return DuckDB's relation of a statement over the tables packets, conn, dns, http, ssl, x509, files, quic, weird (needs duckdb and pyarrow).

        A table is read when the relation is, once for each time that the statement names it; of packets only the columns it needs. Columns whose
        names have a dot stand between double quotes. Times are in UTC, durations in seconds. A statement reads no files.
        """
        from unwire.tables.sql import Query

        return Query(_trace(self), statement, workers=workers).relation


def _trace(half: Saying) -> Trace:
    return cast("Trace", half)
