"""LOCK, VACUUM and ANALYZE."""

from __future__ import annotations

from redshift_standin.errors import Refused, unsupported
from redshift_standin.statements import Context, Statement, Text

_VACUUMS = ("FULL", "SORT", "DELETE", "ONLY", "REINDEX", "RECLUSTER")


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


def vacuum(text: Text) -> Statement:
    """VACUUM [FULL | SORT ONLY | DELETE ONLY | RECLUSTER] [t [TO n PERCENT]] [BOOST]."""
    at = 1
    while text.word(at) in _VACUUMS:
        at += 1
    sql = "VACUUM"
    if at < len(text.tokens) and text.word(at) not in ("BOOST", "TO"):
        sql += " " + text.name(at)[0]
    return Statement(sql, alone="VACUUM")


def analyze(text: Text) -> Statement:
    """ANALYZE [VERBOSE] [t [(columns)]] [PREDICATE COLUMNS | ALL COLUMNS]."""
    if text.word(1) == "COMPRESSION":
        raise unsupported("ANALYZE COMPRESSION")
    at = 2 if text.word(1) == "VERBOSE" else 1
    if at >= len(text.tokens) or text.word(at) in ("PREDICATE", "ALL"):
        return Statement(work=lambda context: context.backend.run("ANALYZE"))
    name, _ = text.name(at)

    def work(context: Context) -> str:
        return context.backend.run(f"ANALYZE {name}")

    return Statement(work=work)
