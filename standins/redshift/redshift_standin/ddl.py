"""CREATE, DROP and COMMENT."""

from __future__ import annotations

from redshift_standin import grants
from redshift_standin.alter import alter
from redshift_standin.create_table import create_table
from redshift_standin.errors import Refused, not_redshift, unsupported
from redshift_standin.rewrite import query
from redshift_standin.statements import Context, Statement, Text, literal

__all__ = ["alter", "comment", "create", "drop"]

_POSTGRES_ONLY = {
    "INDEX", "UNIQUE", "TYPE", "EXTENSION", "SEQUENCE", "DOMAIN", "TRIGGER", "RULE", "AGGREGATE", "OPERATOR", "CAST",
    "UNLOGGED", "POLICY", "SERVER", "STATISTICS", "TABLESPACE", "PUBLICATION", "SUBSCRIPTION", "EVENT", "RECURSIVE",
    "CONSTRAINT", "COLLATION", "ACCESS", "FOREIGN",
}  # fmt: skip


def create(text: Text) -> Statement:
    """CREATE of anything."""
    kind = text.word(1)
    if kind == "TABLE":
        return create_table(text, 2)
    if kind == "VIEW":
        return _view(text, 2, False)
    if text.words(3, 1) == ("OR", "REPLACE", "VIEW"):
        return _view(text, 4, True)
    if kind == "SCHEMA":
        return _schema(text)
    if kind in ("ROLE", "USER"):
        return grants.create_role(text)
    if kind in _POSTGRES_ONLY:
        raise not_redshift(f"CREATE {kind}")
    raise unsupported(f"CREATE {kind}")


def drop(text: Text) -> Statement:
    """DROP {TABLE | VIEW | SCHEMA | ROLE | USER} [IF EXISTS] names [CASCADE | RESTRICT]."""
    kind = text.word(1)
    if kind in ("ROLE", "USER"):
        return Statement(f"DROP ROLE {text.between(2, len(text.tokens))}")
    if kind not in ("TABLE", "VIEW", "SCHEMA"):
        raise not_redshift(f"DROP {kind}") if kind in _POSTGRES_ONLY else unsupported(f"DROP {kind}")
    optional = text.words(2, 2) == ("IF", "EXISTS")
    names, end = _names(text, 4 if optional else 2)
    cascade = text.word(end) == "CASCADE"
    if end + (text.word(end) in ("CASCADE", "RESTRICT")) != len(text.tokens):
        raise Refused(f'syntax error at or near "{text.word(end)}"', "42601")

    def work(context: Context) -> str:
        for name in names:
            _drop(context, kind, name, optional, cascade)
        return f"DROP {kind}"

    return Statement(work=work)


def comment(text: Text) -> Statement:
    """COMMENT ON {TABLE | VIEW | COLUMN | SCHEMA | DATABASE} … IS."""
    if text.word(1) != "ON" or text.word(2) not in ("TABLE", "VIEW", "COLUMN", "SCHEMA", "CONSTRAINT"):
        raise unsupported(f"COMMENT ON {text.word(2)}")
    return Statement(grants.without_kinds(text.tokens))


def _names(text: Text, at: int) -> tuple[list[str], int]:
    name, at = text.name(at)
    names = [name]
    while text.word(at) == ",":
        name, at = text.name(at + 1)
        names.append(name)
    return names, at


def _drop(context: Context, kind: str, name: str, optional: bool, cascade: bool) -> None:
    options = f"{'IF EXISTS ' if optional else ''}{name} {'CASCADE' if cascade else ''}"
    if kind != "TABLE":
        context.backend.run(f"DROP {kind} {options}")
        return
    oid = f"to_regclass({literal(name)})"
    referring = (
        f"FROM standin.keys k WHERE k.referenced = {oid} AND k.oid <> {oid} AND k.oid::regclass::text <> k.oid::text"
    )
    if not cascade and context.backend.rows(f"SELECT EXISTS (SELECT 1 {referring})") == [("t",)]:
        raise Refused(f"cannot drop table {name} because other objects depend on it", "2BP01")
    context.backend.run(f"DELETE FROM standin.keys WHERE {oid} IN (oid, referenced); DROP TABLE {options}")


def _schema(text: Text) -> Statement:
    optional = text.words(3, 2) == ("IF", "NOT", "EXISTS")
    name, at = text.name(5 if optional else 2)
    rest = text.between(at, len(text.tokens))
    if rest and text.word(at) != "AUTHORIZATION":
        raise unsupported(f"CREATE SCHEMA … {text.word(at)}")
    return Statement(f"CREATE SCHEMA {'IF NOT EXISTS ' if optional else ''}{name} {rest}")


def _view(text: Text, at: int, replaces: bool) -> Statement:
    name, at = text.name(at)
    if text.word(at) != "AS":
        raise Refused(f'syntax error at or near "{text.word(at)}"', "42601")
    if text.words(4, len(text.tokens) - 4) == ("WITH", "NO", "SCHEMA", "BINDING"):
        raise unsupported("a view WITH NO SCHEMA BINDING")
    body = query(Text(text.whole, text.tokens[at + 1 :]))
    return Statement(f"CREATE {'OR REPLACE ' * replaces}VIEW {name} AS {body}")
