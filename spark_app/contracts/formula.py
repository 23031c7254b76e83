"""A metric's SQL taken apart: sums that may be added up over any rows, and the arithmetic between them.

`SUM(a) / NULLIF(SUM(b), 0)` is the sums `SUM(a)`, `SUM(b)` and the tree `["/", ["part", 0], ["nullif", ["part", 1],
0]]`. A dashboard keeps the sums, filters rows, adds up and only then divides: a ratio stays right under any filter.
"""

from __future__ import annotations

import ast
import re
from typing import TypeAlias

# A number, or a list of a word and what it works on: "part" an index; + - * / nullif two trees.
Tree: TypeAlias = "float | list[str | int | Tree]"

_TEXT = re.compile(r"'(?:[^']|'')*'")
_AGGREGATE = re.compile(r"\b([A-Z]+)\(")
_OPERATORS = {ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/"}


def take_apart(sql: str) -> tuple[tuple[str, ...], Tree]:
    """The sums of a metric's SQL and the tree over them; ValueError says what is neither."""
    parts: list[str] = []

    def part(text: str) -> str:
        if text not in parts:
            parts.append(text)
        return f"part({parts.index(text)})"

    outer, at = "", 0
    while found := _AGGREGATE.search(sql, at):
        inside, end = _argument(sql, found.end())
        outer += sql[at : found.start()]
        if found[1] in ("SUM", "COUNT"):
            outer += part(f"{found[1]}({inside})")
        elif found[1] == "AVG":
            outer += f"({part(f'SUM({inside})')} / NULLIF({part(f'COUNT({inside})')}, 0))"
        elif found[1] == "NULLIF":
            outer += "NULLIF("
            end = found.end()
        else:
            raise ValueError(f"found {found[1]}, expected SUM, COUNT, AVG, NULLIF and arithmetic")
        if inside.startswith("DISTINCT "):
            raise ValueError("found DISTINCT, expected what can be added up over rows")
        at = end
    try:
        tree = _tree(ast.parse((outer + sql[at:]).strip(), mode="eval").body)
    except SyntaxError:
        raise ValueError(f"found '{sql}', expected arithmetic over SUM, COUNT and AVG") from None
    return tuple(parts), tree


def _argument(sql: str, start: int) -> tuple[str, int]:
    """What stands between a call's parentheses, and the place after them."""
    blank = _TEXT.sub(lambda text: " " * len(text[0]), sql)
    depth = 1
    for at in range(start, len(sql)):
        depth += {"(": 1, ")": -1}.get(blank[at], 0)
        if depth == 0:
            return sql[start:at], at + 1
    raise ValueError("a parenthesis is not closed")


def _tree(node: ast.expr) -> Tree:
    match node:
        case ast.Constant(value=int() | float() as number):
            return float(number) if isinstance(number, float) else int(number)
        case ast.BinOp(left=left, op=operator, right=right) if type(operator) in _OPERATORS:
            return [_OPERATORS[type(operator)], _tree(left), _tree(right)]
        case ast.Call(func=ast.Name(id="part"), args=[ast.Constant(value=int() as index)]):
            return ["part", index]
        case ast.Call(func=ast.Name(id="NULLIF"), args=[value, other]):
            return ["nullif", _tree(value), _tree(other)]
    raise ValueError(f"found '{ast.unparse(node)}', expected arithmetic over SUM, COUNT and AVG")
