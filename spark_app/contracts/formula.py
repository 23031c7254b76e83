"""A metric's SQL taken apart: sums that may be added up over any rows, and the arithmetic between them.

`SUM(a) / NULLIF(SUM(b), 0)` is the sums `SUM(a)`, `SUM(b)` and the tree `["/", ["part", 0], ["nullif", ["part", 1],
0]]`. A dashboard keeps the sums, filters rows, adds up and only then divides: a ratio stays right under any filter.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from spark_app.contracts.sql import arguments_of, parsed

if TYPE_CHECKING:
    from sqlglot import exp

# A number, or a list of a word and what it works on: "part" an index; + - * / nullif two trees.
Tree: TypeAlias = "float | list[str | int | Tree]"

_OPERATORS = {"add": "+", "sub": "-", "mul": "*", "div": "/"}
_EXPECTED = "expected arithmetic over SUM, COUNT and AVG"


def take_apart(sql: str) -> tuple[tuple[str, ...], Tree]:
    """The sums of a metric's SQL and the tree over them; ValueError says what is neither."""
    parts: list[str] = []
    tree = _tree(parsed(sql, "redshift"), sql, parts)
    return tuple(parts), tree


def _tree(node: exp.Expr, sql: str, parts: list[str]) -> Tree:
    from sqlglot import exp

    if isinstance(node, exp.Paren):
        return _tree(node.this, sql, parts)
    if isinstance(node, exp.Literal) and not node.is_string:
        return int(node.name) if node.is_int else float(node.name)
    if isinstance(node, exp.Binary) and node.key in _OPERATORS:
        return [_OPERATORS[node.key], _tree(node.left, sql, parts), _tree(node.right, sql, parts)]
    if isinstance(node, exp.Nullif):
        return ["nullif", _tree(node.this, sql, parts), _tree(node.expression, sql, parts)]
    if isinstance(node, exp.AggFunc):
        return _sum(node, arguments_of(node, sql), parts)
    raise ValueError(f"found '{node.sql()}', {_EXPECTED}")


def _sum(node: exp.AggFunc, inside: str, parts: list[str]) -> Tree:
    """The part that an aggregate is; a mean is a sum over a count."""
    from sqlglot import exp

    if isinstance(node.this, exp.Distinct):
        raise ValueError("found DISTINCT, expected what can be added up over rows")
    if isinstance(node, exp.Avg):
        return ["/", _part(f"SUM({inside})", parts), ["nullif", _part(f"COUNT({inside})", parts), 0]]
    if isinstance(node, exp.Sum | exp.Count):
        return _part(f"{node.sql_name()}({inside})", parts)
    raise ValueError(f"found {node.sql_name()}, expected SUM, COUNT, AVG, NULLIF and arithmetic")


def _part(text: str, parts: list[str]) -> Tree:
    if text not in parts:
        parts.append(text)
    return ["part", parts.index(text)]
