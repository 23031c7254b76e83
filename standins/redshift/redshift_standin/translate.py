"""From a query string of Redshift's to statements for PostgreSQL or work for the stand-in."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from sqlglot import exp

from redshift_standin import copy_command, ddl, grants, settings
from redshift_standin.errors import Refused, not_redshift, unsupported
from redshift_standin.lock import lock
from redshift_standin.rewrite import generate, parse, table_name, tables_read
from redshift_standin.statements import Statement, Text, split

_MODES = (
    "ISOLATION", "LEVEL", "SERIALIZABLE", "READ", "COMMITTED", "UNCOMMITTED", "REPEATABLE", "WRITE", "ONLY", ",",
)  # fmt: skip


def translate(sql: str) -> list[Statement]:
    """The statements of a query string, in order."""
    try:
        return [_statement(text) for text in split(sql)]
    except (IndexError, AttributeError, KeyError, ValueError, TypeError, AssertionError) as error:
        # Tokens that ran out, or a tree of a shape not thought of: refused, not a lost connection.
        raise Refused(f"stand-in: cannot read this statement ({type(error).__name__})", "42601") from error


def _statement(text: Text) -> Statement:
    first = text.word(0)
    if first in _KINDS:
        return _KINDS[first](text)
    if text.sql.startswith("("):
        return _query(text)
    raise Refused(
        f'syntax error at or near "{text.tokens[0].text if first else ""}": stand-in: unknown statement', "42601"
    )


def _query(text: Text) -> Statement:
    tree = parse(text)
    into = tree.find(exp.Into)
    if into is not None:
        raise unsupported("SELECT … INTO (write CREATE TABLE … AS)")
    if isinstance(tree, exp.Insert | exp.Update | exp.Delete):
        return Statement(generate(tree), writes=table_name(tree.this), reads=tables_read(tree))
    if not isinstance(tree, exp.Query):
        raise Refused(f"stand-in: cannot read this {text.word(0)} statement", "42601")
    return Statement(generate(tree), reads=tables_read(tree))


def _begin(text: Text) -> Statement:
    if text.word(0) == "START" and text.word(1) != "TRANSACTION":
        raise Refused('syntax error at or near "START"', "42601")
    skip = 2 if text.word(1) in ("TRANSACTION", "WORK") else 1
    if text.words(3, skip) == ("ISOLATION", "LEVEL", "SNAPSHOT"):
        raise unsupported("SNAPSHOT isolation")
    _only(text, skip, _MODES)
    # Whatever level is named, Redshift runs the transaction at the database's own.
    read_only = "READ ONLY" if "ONLY" in text.words(len(text.tokens)) else ""
    return Statement(f"BEGIN {read_only}", control="begin")


def _only(text: Text, at: int, allowed: Sequence[str]) -> None:
    for word in text.words(len(text.tokens) - at, at):
        if word not in allowed:
            raise Refused(f'syntax error at or near "{word.lower()}"', "42601")


def _commit(text: Text) -> Statement:
    _only(text, 1, ("WORK", "TRANSACTION"))
    return Statement("COMMIT", control="commit")


def _rollback(text: Text) -> Statement:
    if "TO" in text.words(4):
        raise not_redshift("ROLLBACK TO a savepoint")
    _only(text, 1, ("WORK", "TRANSACTION"))
    return Statement("ROLLBACK", control="rollback")


def _refused(what: str) -> Callable[[Text], Statement]:
    def refuse(text: Text) -> Statement:
        raise not_redshift(what)

    return refuse


def _not_here(what: str) -> Callable[[Text], Statement]:
    def refuse(text: Text) -> Statement:
        raise unsupported(what)

    return refuse


_KINDS: Mapping[str, Callable[[Text], Statement]] = {
    **dict.fromkeys(("SELECT", "WITH", "INSERT", "UPDATE", "DELETE"), _query),
    **dict.fromkeys(("BEGIN", "START"), _begin),
    **dict.fromkeys(("COMMIT", "END"), _commit),
    **dict.fromkeys(("ROLLBACK", "ABORT"), _rollback),
    "CREATE": ddl.create,
    "DROP": ddl.drop,
    "ALTER": ddl.alter,
    "COMMENT": ddl.comment,
    "GRANT": grants.grant,
    "REVOKE": grants.grant,
    "COPY": copy_command.copy,
    "SET": settings.set_,
    "SHOW": settings.show,
    "LOCK": lock,
    "SAVEPOINT": _refused("SAVEPOINT"),
    "RELEASE": _refused("RELEASE SAVEPOINT"),
    "VALUES": _refused("VALUES as a statement"),
    "LISTEN": _refused("LISTEN"),
    "NOTIFY": _refused("NOTIFY"),
    "DO": _refused("DO"),
    "REINDEX": _refused("REINDEX"),
    "CLUSTER": _refused("CLUSTER"),
    "TABLE": _refused("TABLE as a statement"),
    # Redshift's, and nobody here calls them.
    **{
        word: _not_here(word)
        for word in (
            *("MERGE", "UNLOAD", "TRUNCATE", "VACUUM", "ANALYZE", "EXPLAIN", "RESET", "CALL", "CANCEL", "USE"),
            *("REFRESH", "DECLARE", "FETCH", "CLOSE", "PREPARE", "EXECUTE", "DEALLOCATE", "DISCARD"),
        )
    },
}
