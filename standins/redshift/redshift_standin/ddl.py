"""CREATE, DROP, COMMENT and TRUNCATE."""

from __future__ import annotations

from redshift_standin import grants
from redshift_standin.alter import alter
from redshift_standin.create_table import create_table
from redshift_standin.errors import Refused, not_redshift, unsupported
from redshift_standin.rewrite import query
from redshift_standin.statements import Context, Statement, Text, literal

__all__ = ["alter", "comment", "create", "drop", "truncate"]

_POSTGRES_ONLY = {
    "INDEX", "UNIQUE", "TYPE", "EXTENSION", "SEQUENCE", "DOMAIN", "TRIGGER", "RULE", "AGGREGATE", "OPERATOR", "CAST",
    "UNLOGGED", "POLICY", "SERVER", "STATISTICS", "TABLESPACE", "PUBLICATION", "SUBSCRIPTION", "EVENT", "RECURSIVE",
    "CONSTRAINT", "COLLATION", "ACCESS", "FOREIGN",
}  # fmt: skip


def create(text: Text) -> Statement:
    """CREATE of anything."""
    at = 2 if text.word(1) == "LOCAL" else 1
    temporary = text.word(at) in ("TEMP", "TEMPORARY")
    at += temporary
    kind = text.word(at)
    if kind == "TABLE":
        return create_table(text, at + 1, temporary)
    if kind == "VIEW" and not temporary:
        return _view(text, at + 1, False)
    if text.words(3, 1) == ("OR", "REPLACE", "VIEW"):
        return _view(text, 4, True)
    if kind == "SCHEMA":
        return _schema(text)
    if kind in ("ROLE", "GROUP", "USER"):
        return grants.create_role(text)
    if kind in _POSTGRES_ONLY or temporary:
        raise not_redshift(f"CREATE {'TEMPORARY ' * temporary}{kind}")
    raise unsupported(f"CREATE {kind}")


def drop(text: Text) -> Statement:
    """DROP {TABLE | VIEW | SCHEMA | ROLE | USER | GROUP} [IF EXISTS] names [CASCADE | RESTRICT]."""
    kind = text.word(1)
    if kind in ("ROLE", "USER", "GROUP"):
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
        context.backend.run("SELECT standin.rebind()")
        return f"DROP {kind}"

    return Statement(work=work)


def comment(text: Text) -> Statement:
    """COMMENT ON {TABLE | VIEW | COLUMN | SCHEMA | DATABASE} … IS."""
    if text.word(1) != "ON" or text.word(2) not in ("TABLE", "VIEW", "COLUMN", "SCHEMA", "CONSTRAINT"):
        raise unsupported(f"COMMENT ON {text.word(2)}")
    return Statement(grants.without_kinds(text.tokens))


def truncate(text: Text) -> Statement:
    """TRUNCATE [TABLE] t: commits, as Redshift's does."""
    names, end = _names(text, 2 if text.word(1) == "TABLE" else 1)
    if len(names) != 1 or end != len(text.tokens):
        raise not_redshift("TRUNCATE of several tables, or with options")

    def work(context: Context) -> str:
        return context.backend.run(f"TRUNCATE {names[0]}")

    return Statement(work=work, writes=names[0], commits=True)


def _names(text: Text, at: int) -> tuple[list[str], int]:
    name, at = text.name(at)
    names = [name]
    while text.word(at) == ",":
        name, at = text.name(at + 1)
        names.append(name)
    return names, at


def _drop(context: Context, kind: str, name: str, optional: bool, cascade: bool) -> None:
    options = f"{'IF EXISTS ' if optional else ''}{name} {'CASCADE' if cascade else ''}"
    oid = f"to_regclass({literal(name)})"
    if kind == "SCHEMA":
        gone = f"DELETE FROM standin.late_views WHERE schema = {literal(_plain(name))}"
        context.backend.run(f"{gone if cascade else 'SELECT 1'}; DROP SCHEMA {options}")
        return
    if kind == "VIEW":
        forgotten = (
            f"DELETE FROM standin.late_views WHERE format('%I.%I', schema, name) = {literal(_plain(name))} "
            f"OR (schema, name) = (SELECT n.nspname, c.relname FROM pg_catalog.pg_class c "
            f"JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE c.oid = {oid})"
        )
        had_no_tables = context.backend.run(forgotten) != "DELETE 0"
        there = context.backend.rows(f"SELECT {oid} IS NOT NULL") == [("t",)]
        if there or not had_no_tables:
            context.backend.run(f"DROP VIEW {options}")
        return
    referring = (
        f"FROM standin.keys k WHERE k.referenced = {oid} AND k.oid <> {oid} AND k.oid::regclass::text <> k.oid::text"
    )
    if not cascade and context.backend.rows(f"SELECT EXISTS (SELECT 1 {referring})") == [("t",)]:
        raise Refused(f"cannot drop table {name} because other objects depend on it", "2BP01")
    context.backend.run(
        f"SELECT standin.unbind({oid}) WHERE {oid} IS NOT NULL; "
        f"DELETE FROM standin.keys WHERE {oid} IN (oid, referenced); DROP TABLE {options}"
    )


def _plain(name: str) -> str:
    return name.replace('"', "")


def _schema(text: Text) -> Statement:
    optional = text.words(3, 2) == ("IF", "NOT", "EXISTS")
    name, at = text.name(5 if optional else 2)
    rest = text.between(at, len(text.tokens))
    if rest and text.word(at) != "AUTHORIZATION":
        raise unsupported(f"CREATE SCHEMA … {text.word(at)}")
    return Statement(f"CREATE SCHEMA {'IF NOT EXISTS ' if optional else ''}{name} {rest}")


def _view(text: Text, at: int, replaces: bool) -> Statement:
    name, at = text.name(at)
    listed = ""
    if text.word(at) == "(":
        end = text.closing(at) + 1
        listed, at = " " + text.between(at, end), end
    if text.word(at) != "AS":
        raise Refused(f'syntax error at or near "{text.word(at)}"', "42601")
    late = text.words(4, len(text.tokens) - 4) == ("WITH", "NO", "SCHEMA", "BINDING")
    body = query(Text(text.whole, text.tokens[at + 1 : -4 if late else None]))
    if not late:
        return Statement(f"CREATE {'OR REPLACE ' * replaces}VIEW {name}{listed} AS {body}")
    if listed:
        raise unsupported("a column list on a view WITH NO SCHEMA BINDING")
    return Statement(work=lambda context: _late_view(context, name, body, replaces))


def _late_view(context: Context, name: str, body: str, replaces: bool) -> str:
    schema, _, plain = name.rpartition(".")
    schema_value = literal(_plain(schema)) if schema else "current_schema()"
    key = f"(schema, name) = ({schema_value}, {literal(_plain(plain))})"
    known = context.backend.rows(f"SELECT EXISTS (SELECT 1 FROM standin.late_views WHERE {key})") == [("t",)]
    if known and not replaces:
        raise Refused(f'relation "{_plain(name)}" already exists', "42P07")
    drop_old = f"DELETE FROM standin.late_views WHERE {key}; DROP VIEW IF EXISTS {name}; " if replaces else ""
    context.backend.run(
        f"{drop_old}INSERT INTO standin.late_views VALUES ({schema_value}, {literal(_plain(plain))}, {literal(body)}); "
        "SELECT standin.rebind()"
    )
    return "CREATE VIEW"
