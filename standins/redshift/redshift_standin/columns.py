"""Column definitions and keys: Redshift's types as PostgreSQL's, keys as information."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlglot import exp

from redshift_standin import refuse
from redshift_standin.attributes import array
from redshift_standin.errors import Refused, not_redshift
from redshift_standin.rewrite import generate, table_name
from redshift_standin.statements import literal, quoted

_LONGEST = {"VARCHAR": 65535, "CHAR": 4096}
_DEFAULT = {"VARCHAR": 256, "CHAR": 1}


@dataclass(frozen=True)
class Key:
    """A constraint Redshift notes and does not enforce."""

    kind: str
    columns: tuple[str, ...]
    table: str = ""
    referenced: tuple[str, ...] = ()
    name: str = ""


def column(node: exp.ColumnDef) -> tuple[str, list[Key]]:
    """A column for PostgreSQL, and the keys its definition names."""
    refuse.reserved(node.this)
    name = node.name.lower()
    kind = node.args.get("kind")
    if not isinstance(kind, exp.DataType):
        raise Refused(f'column "{name}" has no type', "42601")
    parts, keys = [quoted(name), column_type(kind)], list[Key]()
    for constraint in node.args.get("constraints") or []:
        rule = constraint.args.get("kind")
        key = _key(rule, (name,))
        if key:
            keys.append(key)
        else:
            parts.append(_constraint(rule))
    if any(key.kind == "PRIMARY KEY" for key in keys) and "NOT NULL" not in parts:
        parts.append("NOT NULL")
    return " ".join(parts), keys


def column_type(kind: exp.DataType) -> str:
    """A column's type for PostgreSQL, with Redshift's lengths."""
    refuse.column_type(kind)
    name = {
        exp.DType.TEXT: "VARCHAR",
        exp.DType.VARCHAR: "VARCHAR",
        exp.DType.NVARCHAR: "VARCHAR",
        exp.DType.CHAR: "CHAR",
        exp.DType.NCHAR: "CHAR",
        exp.DType.BPCHAR: "CHAR",
    }.get(kind.this)
    sizes = [str(size.name).upper() for size in kind.expressions]
    if name:
        fallback = 256 if kind.this == exp.DType.BPCHAR else _DEFAULT[name]
        length = _LONGEST[name] if sizes == ["MAX"] else int(sizes[0]) if sizes else fallback
        if not 0 < length <= _LONGEST[name]:
            raise Refused(f"Column length exceeds maximum allowed (maximum column length is {_LONGEST[name]})", "22023")
        return f"{name}({length})"
    if kind.this == exp.DType.DECIMAL:
        precision, scale = ([*map(int, sizes), 0] if sizes else [18, 0])[:2]
        if not (0 < precision <= 38 and 0 <= scale <= min(37, precision)):
            raise Refused(f"DECIMAL({precision},{scale}): precision goes to 38, scale to 37", "22023")
        return f"DECIMAL({precision},{scale})"
    if sizes:
        raise Refused(f"type {kind.sql('redshift')} takes no size in Amazon Redshift", "42601")
    return kind.sql("postgres")


def table_key(node: exp.Expr) -> Key:
    """A key written as an item of its own."""
    name = ""
    if isinstance(node, exp.Constraint):
        name, node = node.name.lower(), node.expressions[0]
    key = _key(node, ())
    if key is None:
        raise not_redshift(node.sql("redshift"))
    return Key(key.kind, key.columns, key.table, key.referenced, name)


def remember(table: str, key: Key) -> list[str]:
    """Statements that note a key."""
    target = f"{literal(table)}::regclass::oid"
    referenced = f"{literal(key.table)}::regclass::oid" if key.table else "NULL"
    values = f"{literal(key.kind)}, {array(key.columns)}, {referenced}, {array(key.referenced)}, {literal(key.name)}"
    return [f"INSERT INTO standin.keys VALUES ({target}, {values})"]


def unmatched(key: Key) -> str:
    """A query whose one row says whether what a foreign key references is declared unique."""
    columns = array(key.referenced)
    same = f"k.columns @> {columns} AND k.columns <@ {columns}" if key.referenced else "k.kind = 'PRIMARY KEY'"
    return (
        f"SELECT EXISTS (SELECT 1 FROM standin.keys k WHERE k.oid = {literal(key.table)}::regclass "
        f"AND k.kind <> 'FOREIGN KEY' AND {same})"
    )


def _key(node: exp.Expr | None, own: tuple[str, ...]) -> Key | None:
    if isinstance(node, exp.PrimaryKeyColumnConstraint | exp.PrimaryKey):
        return Key("PRIMARY KEY", own or _names(node.expressions))
    if isinstance(node, exp.UniqueColumnConstraint):
        return Key("UNIQUE", own or _names(node.this.expressions))
    if isinstance(node, exp.Reference):
        return _reference(node, own)
    if isinstance(node, exp.ForeignKey):
        return _reference(node.args["reference"], _names(node.expressions))
    return None


def _reference(node: exp.Reference, columns: tuple[str, ...]) -> Key:
    schema = node.this
    return Key("FOREIGN KEY", columns, table_name(schema), _names(getattr(schema, "expressions", [])))


def _names(nodes: Sequence[exp.Expr]) -> tuple[str, ...]:
    return tuple(node.name.lower() for node in nodes)


def _constraint(node: exp.Expr | None) -> str:
    if isinstance(node, exp.NotNullColumnConstraint):
        return "NULL" if node.args.get("allow_null") else "NOT NULL"
    if isinstance(node, exp.DefaultColumnConstraint):
        return f"DEFAULT {generate(node.this)}"
    if isinstance(node, exp.GeneratedAsIdentityColumnConstraint):
        return node.sql("postgres")
    if isinstance(node, exp.CollateColumnConstraint):
        return ""
    raise not_redshift("this column constraint" if node is None else node.sql("redshift"))
