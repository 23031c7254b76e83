"""ALTER TABLE as Redshift allows it: one change a statement. And ALTER DEFAULT PRIVILEGES."""

from __future__ import annotations

from redshift_standin import attributes, columns, grants
from redshift_standin.attributes import Attributes
from redshift_standin.errors import Refused, not_redshift, unsupported
from redshift_standin.rewrite import parse_only
from redshift_standin.statements import Context, Statement, Text, literal, quoted


def alter(text: Text) -> Statement:
    """ALTER TABLE t {ADD | DROP | RENAME} COLUMN …, ALTER TABLE t ALTER {DISTSTYLE | DISTKEY | SORTKEY} …."""
    if text.words(2, 1) == ("DEFAULT", "PRIVILEGES"):
        return Statement(grants.without_kinds(text.tokens).replace("FOR USER", "FOR ROLE"))
    if text.word(1) != "TABLE":
        raise unsupported(f"ALTER {text.word(1)}")
    if text.words(2, 2) == ("IF", "EXISTS"):
        raise not_redshift("ALTER TABLE IF EXISTS")
    name, at = text.name(2)
    first, second = text.words(2, at)
    if _several(text, at):
        raise not_redshift("ALTER TABLE with several changes at once")
    if first == "ADD":
        return _add(text, name, at + 1)
    if first == "DROP":
        return _drop(text, name, at + 1)
    if (first, second) == ("RENAME", "COLUMN"):
        return _rename(text, name, at + 2)
    if first == "ALTER" and second in ("DISTSTYLE", "DISTKEY", "SORTKEY", "COMPOUND"):
        return Statement(work=lambda context: _lay_out(context, text, name, at + 1))
    raise unsupported(f"ALTER TABLE … {first} {second}")


def _several(text: Text, at: int) -> bool:
    depth = 0
    for place in range(at, len(text.tokens)):
        depth += {"(": 1, ")": -1}.get(text.word(place), 0)
        if depth == 0 and text.word(place) == ",":
            return True
    return False


def _all_of(*statements: str) -> Statement:
    def work(context: Context) -> str:
        context.backend.run(";".join(statements))
        return "ALTER TABLE"

    return Statement(work=work)


def _add(text: Text, name: str, at: int) -> Statement:
    at += text.word(at) == "COLUMN"
    if text.words(3, at) == ("IF", "NOT", "EXISTS"):
        raise not_redshift("ALTER TABLE ADD COLUMN IF NOT EXISTS")
    (node,) = parse_only(f"CREATE TABLE x ({text.between(at, len(text.tokens))})").this.expressions
    line, keys = columns.column(node)
    if keys:
        raise Refused("a column added cannot be a key", "0A000")
    if "NOT NULL" in line:
        raise Refused("ALTER TABLE ADD COLUMN defined as NOT NULL must have a non-null default expression", "0A000")
    return _all_of(f"ALTER TABLE {name} ADD COLUMN {line}", f"SELECT standin.guard({literal(name)}::regclass)")


def _drop(text: Text, name: str, at: int) -> Statement:
    at += text.word(at) == "COLUMN"
    if text.words(2, at) == ("IF", "EXISTS"):
        raise not_redshift("ALTER TABLE DROP COLUMN IF EXISTS")
    column = text.tokens[at].text.lower()
    cascade = "CASCADE" if text.word(at + 1) == "CASCADE" else ""

    def work(context: Context) -> str:
        used = f"SELECT CASE WHEN distkey = {literal(column)} THEN 'distkey' WHEN {literal(column)} = ANY (sortkey) "
        where = f"WHERE oid = {literal(name)}::regclass"
        row = context.backend.rows(f"{used} THEN 'sortkey' END FROM standin.table_attributes {where}")
        if row and row[0][0]:
            raise Refused(f'cannot drop {row[0][0]} column "{column}"', "0A000")
        context.backend.run(f"ALTER TABLE {name} DROP COLUMN {quoted(column)} {cascade}")
        return "ALTER TABLE"

    return Statement(work=work)


def _rename(text: Text, name: str, at: int) -> Statement:
    if text.word(at + 1) != "TO":
        raise Refused("syntax error: RENAME COLUMN a TO b", "42601")
    old, new = text.tokens[at].text.lower(), text.tokens[at + 2].text.lower()
    where = f"WHERE oid = {literal(name)}::regclass"
    swap = f"{literal(old)}, {literal(new)}"
    return _all_of(
        f"ALTER TABLE {name} RENAME COLUMN {quoted(old)} TO {quoted(new)}",
        f"UPDATE standin.table_attributes SET distkey = CASE distkey WHEN {literal(old)} THEN {literal(new)} "
        f"ELSE distkey END, sortkey = array_replace(sortkey, {swap}) {where}",
        f"UPDATE standin.keys SET columns = array_replace(columns, {swap}) {where}",
        f"UPDATE standin.keys SET referenced_columns = array_replace(referenced_columns, {swap}) "
        f"WHERE referenced = {literal(name)}::regclass",
    )


def _lay_out(context: Context, text: Text, name: str, at: int) -> str:
    where = f"oid = {literal(name)}::regclass"
    row = context.backend.rows(
        "SELECT diststyle, coalesce(distkey, ''), array_to_string(sortkey, ','), sortstyle "
        f"FROM standin.table_attributes WHERE {where}"
    )
    style, key, sort, sorting = row[0] if row else ("AUTO", "", "", "AUTO")
    starts_dist = text.word(at) in ("DISTSTYLE", "DISTKEY")
    old = Attributes(
        "" if starts_dist else str(style),
        "" if starts_dist else str(key),
        tuple(filter(None, str(sort).split(","))),
        str(sorting),
    )
    new = attributes.read(text, at, len(text.tokens), old).checked()
    context.backend.run(
        f"DELETE FROM standin.table_attributes WHERE {where}; "
        f"INSERT INTO standin.table_attributes VALUES ({literal(name)}::regclass::oid, {attributes.values(new)})"
    )
    return "ALTER TABLE"
