"""The extended protocol: Parse, Bind, Describe, Execute. Each message waits for its answer from PostgreSQL.

So work of the stand-in's own can stand between statements of PostgreSQL's wherever a driver puts it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from redshift_standin import wire
from redshift_standin.errors import Refused
from redshift_standin.session import Session
from redshift_standin.statements import Statement
from redshift_standin.translate import translate


def handle(session: Session, kind: bytes, body: bytes) -> None:
    """One message of a series; its error leaves out the rest of the series."""
    if kind == b"S":
        _sync(session)
        return
    if kind == b"H":
        session.client.flush()
        return
    if session.skipping:
        return
    try:
        _HANDLERS[kind](session, body)
    except Refused as refused:
        _failed(session, refused.fields)


def _failed(session: Session, fields: dict[str, str]) -> None:
    session.backend.sync()
    session.backend.abort()
    session.error(fields)
    session.skipping = True


def _sync(session: Session) -> None:
    if not session.skipping:
        for error in session.backend.sync():
            session.error(wire.fields_of(error))
    session.skipping = False
    session.ready()


def _parse(session: Session, body: bytes) -> None:
    (name, sql), rest = wire.strings(body, 2)
    statements = translate(sql)
    if len(statements) > 1:
        raise Refused("cannot insert multiple commands into a prepared statement", "42601")
    statement = statements[0] if statements else Statement()
    session.statements[name] = statement
    if statement.work:
        session.client.send(wire.message(b"1"))
        return
    session.before(statement)
    _pass_on(session, b"P", wire.text(name) + wire.text(statement.sql) + rest, b"1")


def _bind(session: Session, body: bytes) -> None:
    (portal, name), _ = wire.strings(body, 2)
    statement = session.statements.get(name, Statement())
    session.portals[portal] = statement
    if statement.work:
        session.client.send(wire.message(b"2"))
        return
    # A simple query, as the lock is, would make PostgreSQL forget the unnamed statement: that was locked at Parse.
    session.before(statement if name else Statement(control=statement.control))
    _pass_on(session, b"B", body, b"2")


def _describe(session: Session, body: bytes) -> None:
    (name,), _ = wire.strings(body[1:], 1)
    of_statement = body[:1] == b"S"
    statement = (session.statements if of_statement else session.portals).get(name, Statement())
    if statement.work:
        session.client.send((wire.message(b"t", b"\0\0") if of_statement else b"") + wire.message(b"n"))
        return
    _pass_on(session, b"D", body, b"Tn")


def _execute(session: Session, body: bytes) -> None:
    (portal,), _ = wire.strings(body, 1)
    statement = session.portals.get(portal, Statement())
    if statement.work:
        session.before(Statement())
        session.done(session.work(statement))
        return
    session.cut_before(statement)
    lost = session.commit_lost(statement)
    if statement.writes and session.backend.state == "T":
        session.backend.written.add(statement.writes)
    _pass_on(session, b"E", body, b"CIs", silent=lost)
    if not session.skipping:
        session.scanned(statement)
    if statement.control and not session.skipping:
        for error in session.backend.sync():
            session.error(wire.fields_of(error))
    if lost:
        raise wire.Gone


def _close(session: Session, body: bytes) -> None:
    (name,), _ = wire.strings(body[1:], 1)
    (session.statements if body[:1] == b"S" else session.portals).pop(name, None)
    _pass_on(session, b"C", body, b"3")


def _pass_on(session: Session, kind: bytes, body: bytes, last: bytes, silent: bool = False) -> None:
    """Send a message to PostgreSQL and its answers to the client, up to one of the kinds in `last`."""
    stream = session.backend.stream
    stream.send(wire.message(kind, body) + wire.message(b"H"))
    stream.flush()
    while True:
        answer, content = stream.read()
        if answer == b"E":
            _failed(session, wire.fields_of(content))
            return
        if not silent:
            session.client.send(wire.message(answer, content))
        if answer in last:
            return


_HANDLERS: Mapping[bytes, Callable[[Session, bytes], None]] = {
    b"P": _parse,
    b"B": _bind,
    b"D": _describe,
    b"E": _execute,
    b"C": _close,
}
