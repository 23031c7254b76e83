"""SQL that stands in contracts, metrics, views and sources, read by sqlglot: what it names, and the same for DuckDB.

Text is changed by its places alone, so that what people wrote stays as they wrote it. sqlglot is imported only when
SQL is read: that takes a part of a second.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from sqlglot import exp

# Conditions of rules, expressions of sources; metrics and views, which DuckDB and Redshift both understand.
Dialect = Literal["spark", "redshift"]


@lru_cache(maxsize=1024)
def parsed(sql: str, dialect: Dialect) -> exp.Expr:
    """The tree of one expression, which nobody may change; ValueError says why it is none."""
    import sqlglot
    from sqlglot import exp
    from sqlglot.errors import ParseError, SqlglotError

    try:
        trees = [tree for tree in sqlglot.parse(sql, dialect=dialect) if tree is not None]
    except ParseError as error:
        marks = [token.token_type.name for token in sqlglot.tokenize(sql, dialect=dialect)]
        if marks.count("L_PAREN") > marks.count("R_PAREN"):
            raise ValueError("a parenthesis is not closed") from None
        near = str(error.errors[0].get("highlight", "")) if error.errors else ""
        raise ValueError(f"not understood at '{near}'") from None
    except SqlglotError:
        raise ValueError("a quote or a comment does not close") from None
    if len(trees) != 1 or isinstance(trees[0], exp.Query | exp.DDL | exp.DML | exp.Drop | exp.Command):
        raise ValueError("expected one expression")
    return trees[0]


def columns_named(sql: str, dialect: Dialect = "spark") -> tuple[str, ...]:
    """Names of the columns of an expression, in lower case, in its order, each once; ValueError as above."""
    names = (column.name.lower() for column in _columns(parsed(sql, dialect)))
    return tuple(dict.fromkeys(names))


def speaks_of(expression: str, word: str) -> bool:
    """Whether a source's expression has this word (a column) anywhere but in a text."""
    import sqlglot

    tokens = (token for token in sqlglot.tokenize(expression, dialect="spark") if "STRING" not in token.token_type.name)
    return any(token.text.lower() == word.lower() for token in tokens)


def with_columns(sql: str, replaced: Callable[[str, str], str | None], dialect: Dialect = "redshift") -> str:
    """The expression with what `replaced` gives for (table or "", column) in each one's place; None: as it stands."""
    out, end = "", 0
    for column in _columns(parsed(sql, dialect)):
        text = replaced(column.table, column.name)
        if text is not None:
            out, end = f"{out}{sql[end : _start(column)]}{text}", int(column.parts[-1].meta["end"]) + 1
    return out + sql[end:]


def plain_column(sql: str, dialect: Dialect = "redshift") -> tuple[str, str] | None:
    """(table or "", column) of an expression that is a column and nothing else."""
    from sqlglot import exp

    tree = parsed(sql, dialect)
    return (tree.table, tree.name) if isinstance(tree, exp.Column) else None


@lru_cache(maxsize=1024)
def in_duckdb(condition: str) -> str:
    """A condition of Spark's SQL in DuckDB's words."""
    from sqlglot import exp

    def renamed(node: exp.Expr) -> exp.Expr:
        if isinstance(node, exp.Anonymous) and node.name.lower() == "weekday":  # from Monday, 0; sqlglot knows it not
            return exp.paren(exp.Sub(this=exp.func("isodow", *node.expressions), expression=exp.Literal.number(1)))
        return node

    return parsed(condition, "spark").transform(renamed).sql(dialect="duckdb")


def arguments_of(function: exp.Expr, sql: str) -> str:
    """What stands between the parentheses of a function within `sql`, as it was written."""
    import sqlglot

    tokens = sqlglot.tokenize(sql, dialect="redshift")
    first = next(at for at, token in enumerate(tokens) if token.start == function.meta["start"]) + 1
    depth = 0
    for token in tokens[first:]:
        depth += {"L_PAREN": 1, "R_PAREN": -1}.get(token.token_type.name, 0)
        if depth == 0:
            return sql[tokens[first].end + 1 : token.start]
    raise ValueError("a parenthesis is not closed")


def _columns(tree: exp.Expr) -> list[exp.Column]:
    """The columns in a tree, in the text's order."""
    from sqlglot import exp

    return sorted((one for one in tree.find_all(exp.Column) if not isinstance(one.this, exp.Star)), key=_start)


def _start(column: exp.Column) -> int:
    return int(column.parts[0].meta["start"])
