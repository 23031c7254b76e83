"""Redshift lets SELECT and WHERE name what SELECT has just named. PostgreSQL does not: such names are written out.

Only in queries of system tables, as drivers ask for metadata: of users' tables the stand-in does not know, at this
point, whether a column of that name is meant.
"""

from __future__ import annotations

from sqlglot import exp

SYSTEM = ("pg_", "svv_", "stl_", "stv_", "sys_", "svl_", "information_schema")


def of_system(table: exp.Table) -> bool:
    """Whether it is a table of the system's, or a function's rows."""
    return not isinstance(table.this, exp.Identifier) or f"{table.db}.{table.name}".lower().lstrip(".").startswith(
        SYSTEM
    )


def write_out(tree: exp.Expr) -> exp.Expr:
    """The query with such names replaced by what they stand for."""
    if not all(of_system(table) for table in tree.find_all(exp.Table)):
        return tree
    for select in list(tree.find_all(exp.Select)):
        known: dict[str, exp.Expr] = {}
        for item in select.expressions:
            _replace(item, select, known)
            if isinstance(item, exp.Alias) and not _mentions(item.this, item.alias):
                known[item.alias.lower()] = item.this
        if select.args.get("where"):
            _replace(select.args["where"], select, known)
    return tree


def _replace(part: exp.Expr, select: exp.Select, known: dict[str, exp.Expr]) -> None:
    for column in list(part.find_all(exp.Column)):
        meant = known.get(column.name.lower())
        if not column.table and meant is not None and column.find_ancestor(exp.Select) is select:
            column.replace(exp.paren(meant.copy()))


def _mentions(node: exp.Expr, name: str) -> bool:
    return any(column.name.lower() == name.lower() for column in node.find_all(exp.Column))
