"""PostgreSQL's wire protocol, version 3: messages in and out of a socket."""

from __future__ import annotations

import contextlib
import socket
import struct
from collections.abc import Mapping

_FLUSH_AT = 1 << 16


class Gone(Exception):
    """The other side has closed the connection."""


class Stream:
    """Messages over a socket; what is sent waits until `flush` or until there is much of it."""

    def __init__(self, sock: socket.socket) -> None:
        self.sock = sock
        self._reader = sock.makefile("rb", buffering=_FLUSH_AT)
        self._out = bytearray()

    def read_exactly(self, count: int) -> bytes:
        """So many bytes, or Gone."""
        try:
            data: bytes | None = self._reader.read(count)
        except (OSError, ValueError) as error:
            raise Gone from error
        if data is None or len(data) < count:
            raise Gone
        return data

    def read_startup(self) -> tuple[int, bytes]:
        """The code and the rest of a message that has no type byte."""
        length, code = struct.unpack("!ii", self.read_exactly(8))
        return code, self.read_exactly(length - 8)

    def read(self) -> tuple[bytes, bytes]:
        """Type and body of the next message."""
        head = self.read_exactly(5)
        return head[:1], self.read_exactly(struct.unpack("!i", head[1:])[0] - 4)

    def send(self, data: bytes) -> None:
        """Queue bytes that are messages already."""
        self._out += data
        if len(self._out) > _FLUSH_AT:
            self.flush()

    def flush(self) -> None:
        """Send what is queued."""
        data, self._out = bytes(self._out), bytearray()
        try:
            self.sock.sendall(data)
        except (OSError, ValueError) as error:
            raise Gone from error

    def close(self) -> None:
        """Close at once, whatever is queued."""
        with contextlib.suppress(OSError):
            self.sock.shutdown(socket.SHUT_RDWR)
        self._reader.close()
        self.sock.close()


def message(kind: bytes, body: bytes = b"") -> bytes:
    """A message of this type."""
    return kind + struct.pack("!i", len(body) + 4) + body


def text(value: str) -> bytes:
    """A string as the protocol has it: ended by a zero byte."""
    return value.encode() + b"\0"


def strings(body: bytes, count: int) -> tuple[list[str], bytes]:
    """So many zero-ended strings off the front of a body, and the rest."""
    found = []
    for _ in range(count):
        head, _, body = body.partition(b"\0")
        found.append(head.decode("utf-8", "surrogateescape"))
    return found, body


def startup(parameters: Mapping[str, str]) -> bytes:
    """The message that opens a session."""
    body = struct.pack("!i", 196608) + b"".join(text(k) + text(v) for k, v in parameters.items()) + b"\0"
    return struct.pack("!i", len(body) + 4) + body


def report(kind: bytes, fields: Mapping[str, str]) -> bytes:
    """An error (E) or a notice (N)."""
    return message(kind, b"".join(k.encode() + text(v) for k, v in fields.items()) + b"\0")


def fields_of(body: bytes) -> dict[str, str]:
    """The fields of an error or a notice."""
    parts = [part for part in body.split(b"\0") if part]
    return {part[:1].decode(): part[1:].decode("utf-8", "replace") for part in parts}


def row_of(body: bytes) -> tuple[str | None, ...]:
    """The values of a DataRow in text format."""
    values: list[str | None] = []
    at = 2
    for _ in range(struct.unpack("!h", body[:2])[0]):
        length = struct.unpack("!i", body[at : at + 4])[0]
        at += 4
        if length < 0:
            values.append(None)
        else:
            values.append(body[at : at + length].decode())
            at += length
    return tuple(values)
