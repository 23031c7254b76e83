"""The PostgreSQL behind a session: one connection, spoken to on the wire so that nothing is lost in between."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from redshift_standin import wire
from redshift_standin.errors import BackendError, Refused

Row = tuple[str | None, ...]


@dataclass
class Backend:
    """A connection. `state` is PostgreSQL's own word for the transaction: I none, T open, E failed."""

    stream: wire.Stream
    unasked: Callable[[bytes, bytes], None] = lambda kind, body: None
    state: str = "I"
    # Tables this transaction has locked and written to; forgotten when it ends.
    locked: set[str] = field(default_factory=set)
    written: set[str] = field(default_factory=set)

    def ready(self, body: bytes) -> None:
        """Take note of a ReadyForQuery."""
        self.state = body.decode()
        if self.state == "I":
            self.locked.clear()
            self.written.clear()

    def until_ready(self) -> Iterator[tuple[bytes, bytes]]:
        """The answers to what was sent, up to and without ReadyForQuery; notices and settings go to the client."""
        self.stream.flush()
        while True:
            kind, body = self.stream.read()
            if kind == b"Z":
                return self.ready(body)
            if kind in b"NSA":
                self.unasked(kind, body)
            else:
                yield kind, body

    def query(self, sql: str) -> Iterator[tuple[bytes, bytes]]:
        """The answers to a simple query."""
        self.stream.send(wire.message(b"Q", wire.text(sql)))
        return self.until_ready()

    def rows(self, sql: str) -> list[Row]:
        """The rows of a query of the stand-in's own; its error is raised."""
        found: list[Row] = []
        failure: Refused | None = None
        for kind, body in self.query(sql):
            if kind == b"D":
                found.append(wire.row_of(body))
            elif kind == b"E":
                failure = BackendError(wire.fields_of(body))
        if failure:
            raise failure
        return found

    def run(self, sql: str) -> str:
        """Run statements of the stand-in's own; the tag of the last one."""
        tag = ""
        failure: Refused | None = None
        for kind, body in self.query(sql):
            if kind == b"C":
                tag = body[:-1].decode()
            elif kind == b"E":
                failure = BackendError(wire.fields_of(body))
        if failure:
            raise failure
        return tag

    def sync(self) -> list[bytes]:
        """End a series of extended messages and learn the transaction's state; the errors that came."""
        self.stream.send(wire.message(b"S"))
        return [body for kind, body in self.until_ready() if kind == b"E"]

    def abort(self) -> None:
        """Put an open transaction into the failed state, as an error of the real server's own would."""
        if self.state == "T":
            for _ in self.query("stand_in_aborts_this_transaction"):
                pass

    def copy_in(self, sql: str, chunks: Iterable[bytes]) -> int:
        """Feed COPY … FROM STDIN; rows taken. An error in `chunks` fails the COPY and is raised."""
        self.stream.send(wire.message(b"Q", wire.text(sql)))
        self.stream.flush()
        kind, body = self.stream.read()
        while kind in b"NSA":
            kind, body = self.stream.read()
        failure: Exception | None = BackendError(wire.fields_of(body)) if kind == b"E" else self._feed(chunks)
        tag = ""
        for answer, content in self.until_ready():
            if answer == b"C":
                tag = content[:-1].decode()
            elif answer == b"E" and failure is None:
                failure = BackendError(wire.fields_of(content))
        if failure:
            raise failure
        return int(tag.split()[-1])

    def _feed(self, chunks: Iterable[bytes]) -> Exception | None:
        try:
            for chunk in chunks:
                self.stream.send(wire.message(b"d", chunk))
            self.stream.send(wire.message(b"c"))
        except wire.Gone:
            raise
        except Exception as error:
            self.stream.send(wire.message(b"f", wire.text("stand-in: the COPY failed")))
            return error
        return None


def connect(socket_dir: Path, port: int, parameters: Mapping[str, str]) -> wire.Stream:
    """A connection to PostgreSQL with its opening message sent; how it goes on is between client and server."""
    sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    sock.connect(str(socket_dir / f".s.PGSQL.{port}"))
    stream = wire.Stream(sock)
    stream.send(wire.startup(parameters))
    stream.flush()
    return stream
