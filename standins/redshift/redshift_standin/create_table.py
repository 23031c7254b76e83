"""CREATE TABLE with its columns, keys and layout."""

from __future__ import annotations

from sqlglot import exp

from redshift_standin import attributes, columns
from redshift_standin.attributes import Attributes
from redshift_standin.columns import Key
from redshift_standin.errors import Refused, unsupported
from redshift_standin.reserved import RESERVED
from redshift_standin.rewrite import parse_only
from redshift_standin.statements import Context, Statement, Text, literal, quoted


def create_table(text: Text, at: int) -> Statement:
    """From the token after TABLE."""
    optional = text.words(3, at) == ("IF", "NOT", "EXISTS")
    name, at = text.name(at + 3 if optional else at)
    _name_allowed(text, at)
    if text.word(at) != "(" or text.word(at + 1) == "LIKE":
        raise unsupported("CREATE TABLE without columns of its own (AS, LIKE)")
    after = text.closing(at) + 1
    known = attributes.read(text, after, len(text.tokens), Attributes()).checked()
    lines, keys = _columns(f"CREATE TABLE {name} ({text.between(at + 1, after - 1)})", known)
    sql = f"CREATE TABLE {name} ({', '.join(lines)})"
    return Statement(work=lambda context: _create(context, name, sql, known, keys, optional))


def _name_allowed(text: Text, after_name: int) -> None:
    token = text.tokens[after_name - 1]
    if text.word(after_name - 1) in RESERVED and text.word(after_name - 2) != ".":
        raise Refused(f'syntax error at or near "{token.text}" (a reserved word of Amazon Redshift)', "42601")


def _columns(sql: str, known: Attributes) -> tuple[list[str], list[Key]]:
    tree = parse_only(sql)
    lines, names, keys = list[str](), set[str](), list[Key]()
    for node in tree.this.expressions:
        if isinstance(node, exp.ColumnDef):
            line, found = columns.column(node)
            lines.append(line)
            names.add(node.name.lower())
            keys += found
        else:
            keys.append(columns.table_key(node))
    for key in keys:
        _all_there(set(key.columns), names)
        if key.kind == "PRIMARY KEY":
            required = {quoted(column) for column in key.columns}
            lines = [f"{x} NOT NULL" if x.split()[0] in required and "NOT NULL" not in x else x for x in lines]
    if sum(key.kind == "PRIMARY KEY" for key in keys) > 1:
        raise Refused("multiple primary keys for a table are not allowed", "42P16")
    _all_there(known.columns(), names)
    return lines, keys


def _all_there(wanted: set[str], names: set[str]) -> None:
    for name in sorted(wanted - names):
        raise Refused(f'column "{name}" named in key does not exist', "42703")


def _create(context: Context, name: str, sql: str, known: Attributes, keys: list[Key], optional: bool) -> str:
    if optional and _skip(context, name):
        return "CREATE TABLE"
    context.backend.run(sql)
    for key in keys:
        reference_holds(context, key)
    noted = [statement for key in keys for statement in columns.remember(name, key)]
    guard = f"SELECT standin.guard({literal(name)}::regclass)"
    context.backend.run(";".join([guard, attributes.remember(name, known), *noted]))
    return "CREATE TABLE"


def reference_holds(context: Context, key: Key) -> None:
    """Redshift does not enforce foreign keys, but wants what they reference declared unique."""
    if key.kind == "FOREIGN KEY" and context.backend.rows(columns.unmatched(key)) != [("t",)]:
        raise Refused(
            f"there is no unique constraint matching given keys for referenced table {key.table.replace('.', ' ')}",
            "42830",
        )


def _skip(context: Context, name: str) -> bool:
    there = context.backend.rows(f"SELECT to_regclass({literal(name)}) IS NOT NULL") == [("t",)]
    if there:
        context.tell(f"Relation {name} already exists and will be skipped")
    return there
