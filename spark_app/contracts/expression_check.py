"""What is wrong with a source's expression, before Spark starts: parsed as Spark's SQL, against the file's columns.

An expression sees one row. What adds up rows, asks another table or gives something else each time would make gold
depend on when and with what a day was taken in. What only Spark can know (a function, the types that meet in one) is
asked of it before anything is written (quality.expressions).
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from typing import TYPE_CHECKING

from spark_app.contracts.blanks import folded, slug
from spark_app.contracts.expression_words import Fault, changing, literals, tokens_of
from spark_app.runtime.yaml_lines import nearest

if TYPE_CHECKING:
    from sqlglot import exp

# What bronze knows of each row beside the file's own columns.
BRONZE = ("_source_file", "_row_number", "_batch_date", "_extra")


def find_expression_faults(expression: str, columns: Collection[str], headers: Collection[str] = ()) -> list[Fault]:
    """All that is wrong with an expression over these columns (lower-case names); nothing where it is good.

    `headers`: of the file, which may stand in it in backticks.
    """
    # Only here: it takes a part of a second, and most sources have no expression.
    from sqlglot import exp
    from sqlglot.errors import SqlglotError

    try:
        trees = _parsed(expression, columns)
    except SqlglotError as error:
        return [_unreadable(error)]
    if len(trees) != 1:
        return [Fault("it is empty" if not trees else "several statements; expected one expression")]
    (tree,) = trees
    if tree.find(exp.Query):
        return [Fault("a query; an expression sees one row of the file and nothing else")]
    if not isinstance(tree, exp.Condition | exp.Alias | exp.Interval | exp.AtTimeZone | exp.FromTimeZone):
        return [Fault(f"a statement ({tree.key.upper()}); expected an expression over the columns of the file")]
    tokens = tokens_of(expression)
    return [*_columns(tree, columns, headers), *_rows(tree), *changing(tokens), *literals(tokens)]


def _parsed(expression: str, columns: Collection[str]) -> list[exp.Expr]:
    import sqlglot
    from sqlglot.errors import ParseError

    try:
        return [tree for tree in sqlglot.parse(expression, dialect="spark") if tree is not None]
    except ParseError as error:
        # Spark lets a column be named like a word of SQL (`when`, `table`); quoted, sqlglot does too.
        quoted = _quoted(expression, columns)
        if quoted == expression:
            raise
        try:
            return [tree for tree in sqlglot.parse(quoted, dialect="spark") if tree is not None]
        except ParseError:
            raise error from None


def _quoted(expression: str, columns: Collection[str]) -> str:
    out, end = "", 0
    tokens = tokens_of(expression)
    for index, token in enumerate(tokens):
        follows = tokens[index + 1].text if index + 1 < len(tokens) else ""
        word = expression[token.start : token.end + 1]
        if word.lower() in columns and follows != "(":
            out, end = f"{out}{expression[end : token.start]}`{word}`", token.end + 1
    return out + expression[end:]


def _unreadable(error: Exception) -> Fault:
    found = getattr(error, "errors", None)
    if not found:
        return Fault("cannot be read as SQL: a quote or a comment does not close")
    said, near = str(found[0].get("description", "")), str(found[0].get("highlight", ""))
    missing = re.match(r"Expecting (\S+?)\.?$", said)
    what = f"expected '{missing[1]}' behind" if missing else "not understood at"
    return Fault(f"cannot be read as SQL: {what} '{near}'; a column named like a word of SQL stands in `backticks`")


def _columns(tree: exp.Expr, columns: Collection[str], headers: Collection[str]) -> Iterator[Fault]:
    from sqlglot import exp

    valid, written = {*columns, *BRONZE}, {folded(header) for header in headers}
    for column in tree.find_all(exp.Column):
        if isinstance(column.this, exp.Star):
            continue
        first = column.parts[0]
        if first.name.lower() in valid or (getattr(first, "quoted", False) and folded(first.name) in written):
            continue
        near = f"; did you mean '{slug(first.name)}'?" if slug(first.name) in valid else nearest(first.name, columns)
        start = first.meta.get("start")
        yield Fault(f"no column '{first.name}'{near}", start if isinstance(start, int) else None)


def _rows(tree: exp.Expr) -> Iterator[Fault]:
    from sqlglot import exp

    for aggregate in tree.find_all(exp.AggFunc):
        if not aggregate.find_ancestor(exp.Window):
            yield Fault(f"{aggregate.sql_name().lower()}(…) is over many rows; an expression sees one row of the file")
