"""The stand-in started: PostgreSQL, the port clients come to, a thread for each of them."""

from __future__ import annotations

import contextlib
import socket
import tempfile
import threading
from pathlib import Path

from redshift_standin import extended, simple, wire
from redshift_standin.catalog import prepare
from redshift_standin.errors import Refused
from redshift_standin.postgres import start_postgres
from redshift_standin.session import opened
from redshift_standin.standin import Standin


def start(
    data: Path | None = None,
    port: int = 0,
    host: str = "127.0.0.1",
    user: str = "awsuser",
    password: str = "Standin-1",
    database: str = "dev",
    s3_endpoint: str | None = None,
) -> Standin:
    """Start on this data folder (none: one that goes with it) and this port (0: any that is free)."""
    scratch = None if data else Path(tempfile.mkdtemp(prefix="redshift-standin-data-", dir="/tmp"))
    folder = data or scratch
    assert folder is not None
    listener = socket.create_server((host, port), backlog=64)
    try:
        postgres = start_postgres(folder)
    except BaseException:
        listener.close()
        raise
    try:
        prepare(postgres, database, user, password)
    except BaseException:
        listener.close()
        postgres.stop()
        raise
    server = Standin(
        host, listener.getsockname()[1], user, password, database, s3_endpoint, postgres, listener, scratch=scratch
    )
    threading.Thread(target=_accept, args=[server], daemon=True).start()
    return server


def _accept(server: Standin) -> None:
    while True:
        try:
            sock, _ = server.listener.accept()
        except OSError:
            return
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        threading.Thread(target=_serve, args=[server, sock], daemon=True).start()


def _serve(server: Standin, sock: socket.socket) -> None:
    server.clients.add(sock)
    session = None
    try:
        session = opened(sock, server)
        while session:
            kind, body = session.client.read()
            if kind == b"X":
                return
            if kind == b"Q":
                (sql,), _ = wire.strings(body, 1)
                simple.query(session, sql)
            elif kind in b"PBDECHS":
                extended.handle(session, kind, body)
            else:
                raise Refused(f"stand-in: message {kind!r} is not supported here")
    except (wire.Gone, Refused, OSError):
        return
    finally:
        server.clients.discard(sock)
        if session:
            session.backend.stream.close()
        with contextlib.suppress(OSError):
            sock.shutdown(socket.SHUT_RDWR)
        sock.close()
