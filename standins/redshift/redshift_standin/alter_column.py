"""ALTER TABLE … ALTER: a column's length and encoding, the table's layout."""

from __future__ import annotations

from redshift_standin import attributes, columns
from redshift_standin.attributes import Attributes
from redshift_standin.errors import Refused, not_redshift
from redshift_standin.rewrite import parse_only
from redshift_standin.statements import Context, Statement, Text, literal, quoted


def bound(name: str, *statements: str) -> Statement:
    """Statements about a table that late-bound views may stand on."""
    target = f"{literal(name)}::regclass"

    def work(context: Context) -> str:
        context.backend.run(";".join([f"SELECT standin.unbind({target})", *statements, "SELECT standin.rebind()"]))
        return "ALTER TABLE"

    return Statement(work=work)


def change(text: Text, name: str, at: int) -> Statement:
    """From the token after ALTER."""
    word = text.word(at)
    if word == "COLUMN" and text.word(at + 2) == "TYPE":
        return _enlarge(text, name, at + 1)
    if word == "COLUMN" and text.word(at + 2) == "ENCODE":
        column, encoding = text.tokens[at + 1].text.lower(), text.word(at + 3)
        if encoding not in attributes.ENCODINGS:
            raise Refused(f'unknown compression encoding "{encoding.lower()}"', "42601")
        gone = f"DELETE FROM standin.encodings WHERE oid = {literal(name)}::regclass AND name = {literal(column)}"
        return bound(name, gone, attributes.encode(name, column, encoding.lower()))
    if word in ("DISTSTYLE", "DISTKEY", "SORTKEY", "COMPOUND", "ENCODE"):
        return Statement(work=lambda context: _lay_out(context, text, name, at))
    raise not_redshift(f"ALTER TABLE … ALTER {word} … (only TYPE VARCHAR(n), ENCODE, DISTSTYLE, DISTKEY, SORTKEY)")


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


def _enlarge(text: Text, name: str, at: int) -> Statement:
    column = text.tokens[at].text.lower()
    tree = parse_only(f"CREATE TABLE x (c {text.between(at + 2, len(text.tokens))})")
    kind = columns.column_type(tree.this.expressions[0].args["kind"])
    target = f"{literal(name)}::regclass"

    def work(context: Context) -> str:
        found = context.backend.rows(
            f"SELECT atttypmod - 4, atttypid = 'varchar'::regtype, atthasdef, EXISTS (SELECT 1 FROM standin.keys k "
            f"WHERE k.oid = {target} AND {literal(column)} = ANY (k.columns)) FROM pg_catalog.pg_attribute "
            f"WHERE attrelid = {target} AND attname = {literal(column)} AND NOT attisdropped"
        )
        if not found:
            raise Refused(f'column "{column}" does not exist', "42703")
        length, is_text, has_default, is_key = found[0]
        if is_text != "t" or not kind.startswith("VARCHAR"):
            raise Refused(f'cannot alter type of column "{column}": only VARCHAR to another length', "0A000")
        if has_default == "t" or is_key == "t":
            raise Refused(f'cannot alter type of column "{column}": it has a default or is part of a key', "0A000")
        if int(kind[8:-1]) < int(length or 0):
            raise Refused(f'cannot alter type of column "{column}": a VARCHAR can only be enlarged', "0A000")
        done = bound(
            name, f"ALTER TABLE {name} ALTER COLUMN {quoted(column)} TYPE {kind}", f"SELECT standin.guard({target})"
        )
        assert done.work is not None
        return done.work(context)

    return Statement(work=work, alone="ALTER TABLE ALTER COLUMN")
