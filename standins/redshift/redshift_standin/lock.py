"""LOCK."""

from __future__ import annotations

from redshift_standin.errors import Refused
from redshift_standin.statements import Statement, Text


def lock(text: Text) -> Statement:
    """LOCK [TABLE] t, …: as in Redshift, nobody else reads or writes them until the transaction ends."""
    names = []
    at = 2 if text.word(1) == "TABLE" else 1
    while True:
        name, at = text.name(at)
        names.append(name)
        if text.word(at) != ",":
            break
        at += 1
    if at != len(text.tokens):
        raise Refused(f'syntax error at or near "{text.word(at)}": Amazon Redshift\'s LOCK has no mode', "42601")
    # PostgreSQL takes no snapshot for LOCK, so that the transaction sees what others had committed before.
    sql = f"LOCK TABLE {', '.join(names)} IN ACCESS EXCLUSIVE MODE"
    return Statement(work=lambda context: context.backend.run(sql))
