"""The simple protocol: a query string, its statements one after the other."""

from __future__ import annotations

from redshift_standin import wire
from redshift_standin.errors import Refused
from redshift_standin.session import Session
from redshift_standin.statements import Statement
from redshift_standin.translate import translate


def query(session: Session, sql: str) -> None:
    """Run a query string and answer it."""
    try:
        statements = translate(sql)
        if not statements:
            session.client.send(wire.message(b"I"))
        _all(session, statements)
    except Refused as refused:
        session.backend.abort()
        session.error(refused.fields)
    session.ready()


def _all(session: Session, statements: list[Statement]) -> None:
    """Several statements in one string are one transaction, unless the string says otherwise itself."""
    backend = session.backend
    plain = not any(statement.control for statement in statements)
    together = len(statements) > 1 and backend.state == "I" and plain
    if together:
        backend.run("BEGIN")
    try:
        for statement in statements:
            if not _one(session, statement):
                break
    except Refused:
        if together and backend.state != "I":
            backend.run("ROLLBACK")
        raise
    if together and backend.state != "I":
        backend.run("COMMIT" if backend.state == "T" else "ROLLBACK")


def _one(session: Session, statement: Statement) -> bool:
    """Run one statement; whether it went well. Its error has then been sent."""
    session.before(Statement(control=statement.control) if statement.work else statement)
    if statement.work:
        session.done(session.work(statement))
        return True
    session.cut_before(statement)
    lost = session.commit_lost(statement)
    good = True
    for kind, body in session.backend.query(statement.sql):
        if kind == b"E":
            good = False
            session.error(wire.fields_of(body))
        elif kind in b"GHW":
            raise Refused("stand-in: COPY to or from the client is not Redshift's", "0A000")
        else:
            session.client.send(wire.message(kind, body))
    if lost:
        raise wire.Gone
    if good:
        session.scanned(statement)
    return good
