"""ALTER TABLE as Redshift allows it, and the other ALTERs."""

from __future__ import annotations

from sqlglot import exp

from redshift_standin import attributes, columns, grants
from redshift_standin.alter_column import bound, change
from redshift_standin.create_table import reference_holds
from redshift_standin.errors import Refused, not_redshift, unsupported
from redshift_standin.rewrite import parse_only
from redshift_standin.statements import Context, Statement, Text, literal, quoted


def alter(text: Text) -> Statement:
    """ALTER of anything."""
    kind = text.word(1)
    if kind == "TABLE":
        return _table(text)
    if text.words(2, 1) == ("DEFAULT", "PRIVILEGES"):
        return Statement(grants.without_kinds(text.tokens).replace("FOR USER", "FOR ROLE"))
    if kind in ("USER", "GROUP"):
        return grants.alter_user(text)
    if kind == "SCHEMA" and text.word(3) in ("RENAME", "OWNER"):
        return Statement(text.sql)
    raise unsupported(f"ALTER {kind}")


def _table(text: Text) -> Statement:
    if text.words(2, 2) == ("IF", "EXISTS"):
        raise not_redshift("ALTER TABLE IF EXISTS")
    name, at = text.name(2)
    first, second = text.words(2, at)
    if first == "ADD":
        return _add(text, name, at + 1)
    if first == "DROP":
        return _drop(text, name, at + 1)
    if first == "RENAME":
        return _rename(text, name, at + 1)
    if first == "OWNER" and second == "TO":
        return Statement(f"ALTER TABLE {name} OWNER TO {text.name(at + 2)[0]}")
    if first == "APPEND":
        raise unsupported("ALTER TABLE APPEND")
    if first == "ALTER":
        return change(text, name, at + 1)
    raise not_redshift(f"ALTER TABLE … {first} {second}")


def _add(text: Text, name: str, at: int) -> Statement:
    at += text.word(at) == "COLUMN"
    if text.words(3, at) == ("IF", "NOT", "EXISTS"):
        raise not_redshift("ALTER TABLE ADD COLUMN IF NOT EXISTS")
    if _several(text, at):
        raise not_redshift("ALTER TABLE with several changes at once")
    body, found = attributes.strip(text, at, len(text.tokens))
    if found.distkey or found.sortkey:
        raise Refused("a column added cannot be DISTKEY or SORTKEY", "0A000")
    tree = parse_only(f"CREATE TABLE x ({body})")
    nodes = tree.this.expressions
    if not isinstance(nodes[0], exp.ColumnDef):
        return _add_key(name, columns.table_key(nodes[0]))
    line, keys = columns.column(nodes[0])
    if keys:
        raise Refused("a column added cannot be a key", "0A000")
    if "NOT NULL" in line and "DEFAULT" not in line:
        raise Refused("ALTER TABLE ADD COLUMN defined as NOT NULL must have a non-null default expression", "0A000")
    noted = [attributes.encode(name, column, encoding) for column, encoding in found.encodings]
    guard = f"SELECT standin.guard({literal(name)}::regclass)"
    return bound(name, f"ALTER TABLE {name} ADD COLUMN {line}", guard, *noted)


def _several(text: Text, at: int) -> bool:
    depth = 0
    for place in range(at, len(text.tokens)):
        depth += {"(": 1, ")": -1}.get(text.word(place), 0)
        if depth == 0 and text.word(place) == ",":
            return True
    return False


def _add_key(name: str, key: columns.Key) -> Statement:
    def work(context: Context) -> str:
        reference_holds(context, key)
        context.backend.run(";".join(columns.remember(name, key)))
        return "ALTER TABLE"

    return Statement(work=work)


def _drop(text: Text, name: str, at: int) -> Statement:
    target = f"{literal(name)}::regclass"
    if text.word(at) == "CONSTRAINT":
        key = literal(text.tokens[at + 1].text.lower())
        return Statement(work=lambda context: _forget_key(context, f"oid = {target} AND name = {key}", key))
    at += text.word(at) == "COLUMN"
    if text.words(2, at) == ("IF", "EXISTS"):
        raise not_redshift("ALTER TABLE DROP COLUMN IF EXISTS")
    column = text.tokens[at].text.lower()
    if text.word(at + 1) == ",":
        raise not_redshift("ALTER TABLE with several changes at once")
    cascade = "CASCADE" if text.word(at + 1) == "CASCADE" else ""

    def work(context: Context) -> str:
        used = f"SELECT CASE WHEN distkey = {literal(column)} THEN 'distkey' WHEN {literal(column)} = ANY (sortkey) "
        row = context.backend.rows(f"{used} THEN 'sortkey' END FROM standin.table_attributes WHERE oid = {target}")
        if row and row[0][0]:
            raise Refused(f'cannot drop {row[0][0]} column "{column}"', "0A000")
        done = bound(name, f"ALTER TABLE {name} DROP COLUMN {quoted(column)} {cascade}").work
        assert done is not None
        return done(context)

    return Statement(work=work)


def _forget_key(context: Context, where: str, key: str) -> str:
    if context.backend.run(f"DELETE FROM standin.keys WHERE {where}") == "DELETE 0":
        raise Refused(f"constraint {key} does not exist", "42704")
    return "ALTER TABLE"


def _rename(text: Text, name: str, at: int) -> Statement:
    if text.word(at) == "TO":
        return bound(name, f"ALTER TABLE {name} RENAME TO {text.name(at + 1)[0]}")
    if text.word(at) != "COLUMN" or text.word(at + 2) != "TO":
        raise Refused("syntax error: RENAME TO name, or RENAME COLUMN a TO b", "42601")
    old, new = text.tokens[at + 1].text.lower(), text.tokens[at + 3].text.lower()
    where = f"WHERE oid = {literal(name)}::regclass"
    swap = f"{literal(old)}, {literal(new)}"
    return bound(
        name,
        f"ALTER TABLE {name} RENAME COLUMN {quoted(old)} TO {quoted(new)}",
        f"UPDATE standin.table_attributes SET distkey = CASE distkey WHEN {literal(old)} THEN {literal(new)} "
        f"ELSE distkey END, sortkey = array_replace(sortkey, {swap}) {where}",
        f"UPDATE standin.encodings SET name = {literal(new)} {where} AND name = {literal(old)}",
        f"UPDATE standin.keys SET columns = array_replace(columns, {swap}) {where}",
        f"UPDATE standin.keys SET referenced_columns = array_replace(referenced_columns, {swap}) "
        f"WHERE referenced = {literal(name)}::regclass",
    )
