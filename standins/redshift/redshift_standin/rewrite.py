"""Queries and changes of rows: Redshift's SQL as PostgreSQL's, by way of sqlglot."""

from __future__ import annotations

import sqlglot
from sqlglot import exp
from sqlglot.errors import ParseError

from redshift_standin import refuse
from redshift_standin.aliases import of_system, write_out
from redshift_standin.errors import Refused
from redshift_standin.scans import DETAIL
from redshift_standin.statements import Dialect, Text

VERSION = (
    "PostgreSQL 8.0.2 on i686-pc-linux-gnu, compiled by GCC gcc (GCC) 3.4.2 20041017 (Red Hat 3.4.2-6.fc3), "
    "Redshift 1.0.99999 (a stand-in for tests: PostgreSQL behind a proxy, not Amazon Redshift)"
)
# Reserved by PostgreSQL, free in Redshift: quoted on the way.
_QUOTE = {"window", "fetch", "returning", "lateral", "variadic", "symmetric", "asymmetric", "concurrently"}


def parse(text: Text) -> exp.Expr:
    """One statement as a tree, checked for what Redshift refuses."""
    tree = parse_only(text.sql)
    refuse.check(text, tree)
    return tree


def parse_only(sql: str) -> exp.Expr:
    """One statement as a tree."""
    try:
        tree = sqlglot.parse_one(sql, read=Dialect)
    except ParseError as error:
        first = error.errors[0] if error.errors else {}
        near = first.get("highlight")
        raise Refused(f'syntax error at or near "{near}": {first.get("description")}', "42601") from None
    if isinstance(tree, exp.Command) or not isinstance(tree, exp.Expr):
        raise Refused(f"stand-in: cannot read this {sql.split()[0].upper()} statement", "42601")
    return tree


def generate(tree: exp.Expr) -> str:
    """A checked tree as PostgreSQL's text."""
    root = tree.copy()
    # From the leaves up: what takes a node's place keeps the node's translated children.
    for node in reversed(list(root.walk())):
        new = _translate(node)
        if new is not node and node is root:
            root = new
        elif new is not node:
            node.replace(new)
    return write_out(root).sql("postgres")


def query(text: Text) -> str:
    """A query as PostgreSQL's text; anything else is refused."""
    tree = parse(text)
    if not isinstance(tree, exp.Query):
        raise Refused("syntax error: a query is expected here", "42601")
    return generate(tree)


def table_name(table: exp.Expr) -> str:
    """A table's name in quotes, without its database."""
    if not isinstance(table, exp.Table):
        table = table.find(exp.Table) or table
    parts = [part for part in (table.text("db"), table.name) if part]
    return ".".join('"' + part.lower().replace('"', '""') + '"' for part in parts)


def tables_read(tree: exp.Expr) -> tuple[str, ...]:
    """Names of what a statement reads, and of the system's own that of the view which tells of reads."""
    source = tree.expression if isinstance(tree, exp.Insert) else tree
    known = {cte.alias for cte in source.find_all(exp.CTE)}
    tables = [table for table in source.find_all(exp.Table) if table.db or table.name not in known]
    names = {table_name(table) for table in tables if not of_system(table)}
    asks = any(table_name(table).endswith(DETAIL) for table in tables)
    return (*sorted(names), *((DETAIL,) if asks else ()))


def _translate(node: exp.Expr) -> exp.Expr:
    if isinstance(node, exp.Identifier):
        return _folded(node)
    if isinstance(node, exp.Subquery) and isinstance(node.parent, exp.From | exp.Join) and not node.alias:
        return exp.alias_(node.copy(), f"unnamed_{id(node)}", table=True)
    if isinstance(node, exp.Dot) and node.name.lower() == "version" and isinstance(node.expression, exp.Func):
        return _version(node)
    if isinstance(node, exp.DataType):
        return _sized(node)
    if isinstance(node, exp.CurrentTimestamp):
        return exp.func("getdate", dialect="postgres")
    return _version(node) if isinstance(node, exp.Func) else node


def _folded(node: exp.Identifier) -> exp.Expr:
    name = str(node.this)
    if node.quoted or name.lower() in _QUOTE:
        return exp.to_identifier(name.lower(), quoted=True)
    return node


def _sized(node: exp.DataType) -> exp.Expr:
    if node.this == exp.DType.DECIMAL and not node.expressions:
        return exp.DataType.build("decimal(18, 0)")
    return node


def _version(node: exp.Expr) -> exp.Expr:
    if node.name.lower() != "version" and not isinstance(node, exp.CurrentVersion):
        return node
    if isinstance(node.parent, exp.Dot):  # pg_catalog.version(): replaced with its schema
        return node
    # Its column is named version, as that of a function's result is.
    known = exp.Literal.string(VERSION)
    return exp.alias_(known, "version") if isinstance(node.parent, exp.Select) else known
