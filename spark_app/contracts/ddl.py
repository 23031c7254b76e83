"""A contract as SQL: tables of the warehouses and column lists for Spark.

Identifiers are always in double quotes (in Spark's column lists never), so that no word is a reserved one;
contracts allow lower-case names only.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from graphlib import TopologicalSorter

from spark_app.contracts.table import Column, Contract, Type
from spark_app.contracts.view import View

REDSHIFT_LONGEST = 65535
# Bytes where a contract gives no maxLength. A character takes up to four.
REDSHIFT_DEFAULT = 1024
BYTES_A_CHARACTER = 4

_WAREHOUSE_TYPES: Mapping[str, str] = {
    "string": "VARCHAR",
    "int": "INTEGER",
    "bigint": "BIGINT",
    "boolean": "BOOLEAN",
    "date": "DATE",
    "timestamp": "TIMESTAMP",  # without zone: all times are UTC
}


def duckdb_ddl(contract: Contract, schema: str = "analytics") -> list[str]:
    """Statements that make a table of DuckDB, where it is missing, and comment it; the schema must exist.

    The key stands in the table's comment only: a PRIMARY KEY would be an index, kept up with every row of
    every load, to check again what the audit has checked.
    """
    lines = [f"{quoted(c.name)} {_duckdb_type(c.type)}{_not_null(c)}" for c in contract.columns]
    return [_create(contract, schema, lines), *_comments(contract, schema)]


def redshift_ddl(contract: Contract, schema: str = "analytics") -> list[str]:
    """Statements that make a table of Redshift, where it is missing, and comment it; the schema must exist.

    Keys are information there, which the planner takes on trust: the audit has checked them. Tables that
    this one references must exist (`in_order`).
    """
    lines = [f"{quoted(c.name)} {redshift_type(c)}{_not_null(c)}" for c in contract.columns]
    lines.append(f"PRIMARY KEY ({_list(contract.key)})")
    # A column that others reference must be declared unique there, if it is not the key.
    lines += [f"UNIQUE ({_list(columns)})" for columns in _unique(contract)]
    lines += [
        f"FOREIGN KEY ({_list(reference.columns)})"
        f" REFERENCES {quoted(schema)}.{quoted(reference.table)} ({_list(reference.to)})"
        for reference in contract.references
    ]
    attributes = "\n".join([*layout(contract), "ENCODE AUTO"])
    return [f"{_create(contract, schema, lines)}\n{attributes}", *_comments(contract, schema)]


def in_reference_order(contracts: Iterable[Contract]) -> list[Contract]:
    """The contracts of one layer, each after those it references: the order in which to create tables."""
    by_name = {contract.name: contract for contract in contracts}
    needs = {name: sorted({r.table for r in c.references}) for name, c in sorted(by_name.items())}
    return [by_name[name] for name in TopologicalSorter(needs).static_order() if name in by_name]


def _create(contract: Contract, schema: str, lines: list[str]) -> str:
    body = ",\n  ".join(lines)
    return f"CREATE TABLE IF NOT EXISTS {quoted(schema)}.{quoted(contract.name)} (\n  {body}\n)"


def layout(contract: Contract) -> list[str]:
    """How Redshift spreads and sorts a table: its clauses of CREATE TABLE."""
    serving = contract.serving
    parts = [f"DISTSTYLE {serving.dist_style.upper()}"]
    if serving.dist_key:
        parts.append(f"DISTKEY ({quoted(serving.dist_key)})")
    return [*parts, f"SORTKEY ({_list(serving.sort_key)})" if serving.sort_key else "SORTKEY AUTO"]


def view_ddl(view: View, schema: str = "analytics") -> list[str]:
    """Statements that make a view anew, commented; alike in Redshift and DuckDB. Its tables must exist.

    Dropped before, since a replaced view may not lose or change a column in Redshift. What somebody built on the
    view makes that fail, and is so kept.
    """
    name = f"{quoted(schema)}.{quoted(view.name)}"
    about = f"{view.description} Grain: {view.grain}."
    return [
        f"DROP VIEW IF EXISTS {name}",
        f"CREATE VIEW {name} AS\n{view.select(schema)}",
        f"COMMENT ON VIEW {name} IS {text(about)}",
        *[f"COMMENT ON COLUMN {name}.{quoted(c.name)} IS {text(c.description)}" for c in view.columns],
    ]


def views_ddl(views: Sequence[View], schema: str = "analytics") -> list[str]:
    """All views anew: dropped from the last on, as some are over others, then made from the first on."""
    made = [view_ddl(view, schema) for view in views]
    return [drop for drop, *_ in reversed(made)] + [statement for _, *rest in made for statement in rest]


def definition_hash(statements: Iterable[str]) -> str:
    """16 hex digits that stand for a definition, kept in `etl.definitions`: what is defined alike is not made again."""
    return hashlib.sha256("\n".join(statements).encode()).hexdigest()[:16]


def _comments(contract: Contract, schema: str) -> list[str]:
    table = f"{quoted(schema)}.{quoted(contract.name)}"
    about = f"{contract.purpose} Grain: {contract.grain}. Key: {', '.join(contract.key)}."
    return [f"COMMENT ON TABLE {table} IS {text(about)}"] + [
        f"COMMENT ON COLUMN {table}.{quoted(column.name)} IS {text(column.description)}" for column in contract.columns
    ]


def _unique(contract: Contract) -> list[tuple[str, ...]]:
    """Columns that rules of severity error keep unique beside the key, none of them ever missing."""
    return [
        rule.columns
        for rule in contract.rules
        if rule.kind == "unique"
        and rule.severity == "error"
        and set(rule.columns) != set(contract.key)
        and all(contract.column(name).required for name in rule.columns)
    ]


def _duckdb_type(kind: Type) -> str:
    return _decimal(kind) or ("DOUBLE" if kind.name == "double" else _WAREHOUSE_TYPES[kind.name])


def redshift_type(column: Column) -> str:
    """`VARCHAR(256)`, `DECIMAL(18,2)`, …: strings in bytes, four for each character the contract allows."""
    kind = column.type
    if kind.name == "string":
        length = BYTES_A_CHARACTER * column.max_length if column.max_length else REDSHIFT_DEFAULT
        return f"VARCHAR({min(REDSHIFT_LONGEST, length)})"
    return _decimal(kind) or ("DOUBLE PRECISION" if kind.name == "double" else _WAREHOUSE_TYPES[kind.name])


def _decimal(kind: Type) -> str:
    return f"DECIMAL({kind.precision},{kind.scale})" if kind.name == "decimal" else ""


def _not_null(column: Column) -> str:
    return " NOT NULL" if column.required else ""


def _list(names: Iterable[str]) -> str:
    return ", ".join(map(quoted, names))


def quoted(name: str) -> str:
    """An identifier in double quotes."""
    return '"' + name.replace('"', '""') + '"'


def text(value: str) -> str:
    """A text literal, on one line."""
    return "'" + " ".join(value.split()).replace("'", "''") + "'"
