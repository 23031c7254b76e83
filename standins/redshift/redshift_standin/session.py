"""One client's session: its opening, and each message it sends."""

from __future__ import annotations

import socket
from dataclasses import dataclass, field

from redshift_standin import wire
from redshift_standin.backend import Backend, connect
from redshift_standin.errors import Refused, as_redshift, known
from redshift_standin.loads import now, record_scans
from redshift_standin.postgres import PORT
from redshift_standin.scans import DETAIL, Scan
from redshift_standin.standin import Standin
from redshift_standin.statements import Context, Statement

GREETING = (
    "stand-in: this is PostgreSQL behind a proxy that speaks Amazon Redshift's SQL, for tests and laptops. It shows "
    "wire, transactions and SQL text, not Redshift's own semantics."
)
_SSL, _GSS, _CANCEL = 80877103, 80877104, 80877102
_PASSED_ON = ("user", "database", "application_name", "client_encoding")
# What Redshift says of itself in place of PostgreSQL.
_STATUS = {"server_version": "8.0.2"}


@dataclass
class Session:
    """A client and its PostgreSQL connection. Prepared statements and portals as the client named them."""

    client: wire.Stream
    backend: Backend
    server: Standin
    user: str = ""
    statements: dict[str, Statement] = field(default_factory=dict)
    portals: dict[str, Statement] = field(default_factory=dict)
    # After an error in extended messages all is left out until the client's Sync.
    skipping: bool = False

    @property
    def context(self) -> Context:
        """What work of the stand-in's own is given."""
        return Context(self.backend, self.server, self.tell)

    def tell(self, text: str) -> None:
        """An INFO message for the client."""
        self.client.send(wire.report(b"N", {"S": "INFO", "V": "INFO", "C": "00000", "M": text}))

    def error(self, fields: dict[str, str]) -> None:
        """An error for the client, in Redshift's words."""
        known = {k: v for k, v in as_redshift(fields).items() if k in "SVCMDHPW"}
        self.client.send(wire.report(b"E", known))

    def done(self, tag: str) -> None:
        """The end of a statement."""
        self.client.send(wire.message(b"C", wire.text(tag)))

    def ready(self) -> None:
        """Ready for the next query."""
        self.client.send(wire.message(b"Z", self.backend.state.encode()))
        self.client.flush()

    def before(self, statement: Statement) -> None:
        """What holds for a statement of any kind before it runs; its table's lock, which Redshift takes too."""
        if self.backend.state == "E" and statement.control not in ("commit", "rollback"):
            raise Refused("current transaction is aborted, commands ignored until end of transaction block", "25P02")
        if DETAIL in statement.reads:
            record_scans(self.server)
        if statement.writes:
            self.server.faults.disk_full([statement.writes])
        if statement.writes and self.backend.state == "T":
            if statement.writes not in self.backend.locked:
                # Before the statement is read: reading it would take the transaction's snapshot.
                self.backend.run(f"LOCK TABLE {statement.writes} IN SHARE ROW EXCLUSIVE MODE")
                self.backend.locked.add(statement.writes)
            self.backend.written.add(statement.writes)

    def work(self, statement: Statement) -> str:
        """Run work of the stand-in's own, in the client's transaction or one for it alone; its tag."""
        assert statement.work is not None
        own = self.backend.state == "I"
        if own:
            self.backend.run("BEGIN")
        try:
            self.before(Statement(writes=statement.writes))
            tag = statement.work(self.context)
            if self.backend.state == "T" and own:
                self.backend.run("COMMIT")
        except wire.Gone:
            raise
        except Exception as error:
            if own and self.backend.state != "I":
                self.backend.run("ROLLBACK")
            raise known(error) from error
        return tag

    def scanned(self, statement: Statement) -> None:
        """Take note of what a statement that went well has read."""
        self.server.scans.extend(Scan(self.user, named, now()) for named in statement.reads if named != DETAIL)

    def cut_before(self, statement: Statement) -> None:
        """The fault of a connection lost before COMMIT came through."""
        if statement.control == "commit" and self.server.faults.strike("cut-before-commit", self.backend.written):
            self.backend.stream.close()
            raise wire.Gone

    def commit_lost(self, statement: Statement) -> bool:
        """Whether the answer to this COMMIT is to be lost."""
        return statement.control == "commit" and self.server.faults.strike("cut-after-commit", self.backend.written)


def opened(sock: socket.socket, server: Standin) -> Session | None:
    """The session of a new connection, once PostgreSQL has let its user in; None where there is none to be."""
    client = wire.Stream(sock)
    code, body = client.read_startup()
    while code in (_SSL, _GSS):
        client.send(b"N")
        client.flush()
        code, body = client.read_startup()
    if code == _CANCEL:
        _cancel(server, body)
        return None
    if code >> 16 != 3:
        client.send(wire.report(b"E", {"S": "FATAL", "C": "08P01", "M": "stand-in: protocol 3 only"}))
        client.flush()
        return None
    values, _ = wire.strings(body, body.count(b"\0"))
    asked = dict(zip(values[::2], values[1::2], strict=False))
    known = {key: value for key, value in asked.items() if key in _PASSED_ON}
    session = Session(client, Backend(connect(server.postgres.socket_dir, PORT, known)), server, asked.get("user", ""))
    return session if _let_in(session) else None


def _let_in(session: Session) -> bool:
    """Passwords are between client and PostgreSQL: each message of the opening goes through."""
    backend, client = session.backend.stream, session.client
    while True:
        kind, body = backend.read()
        if kind == b"S":
            (name, value), _ = wire.strings(body, 2)
            body = wire.text(name) + wire.text(_STATUS.get(name, value))
        if kind == b"Z":
            break
        client.send(wire.message(kind, body))
        if kind == b"E":
            client.flush()
            return False
        if kind == b"R" and body[:4] != b"\0\0\0\0":
            client.flush()
            kind, body = client.read()
            backend.send(wire.message(kind, body))
            backend.flush()
    session.backend.unasked = lambda kind, body: client.send(wire.message(kind, body))
    client.send(wire.report(b"N", {"S": "NOTICE", "V": "NOTICE", "C": "00000", "M": GREETING}))
    session.ready()
    return True


def _cancel(server: Standin, body: bytes) -> None:
    sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    with sock:
        sock.connect(str(server.postgres.socket_dir / f".s.PGSQL.{PORT}"))
        sock.sendall((len(body) + 8).to_bytes(4, "big") + _CANCEL.to_bytes(4, "big") + body)
        sock.recv(1)
