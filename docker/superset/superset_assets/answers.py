"""The answers in the guide, from the demo's warehouse: `python -m superset_assets.answers WAREHOUSE` writes them anew.

An answer is the table that follows a query's SQL. Tests hold every answer against a warehouse that they make.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterable, Sequence
from decimal import Decimal
from pathlib import Path

from spark_app.runtime import duck
from superset_assets.queries import GUIDE, PAGES

_ANSWERED = re.compile(r"```sql\n(?P<sql>.*?)```\n(?P<table>(?:\n?\|[^\n]*)*)", re.DOTALL)
# Column names, rows.
Answer = tuple[Sequence[str], Iterable[Sequence[object]]]
Ask = Callable[[str], Answer]


def in_duckdb(warehouse: Path) -> Ask:
    """Asks a DuckDB warehouse, whose views need no schema before their names."""

    def ask(sql: str) -> Answer:
        with duck.connect(str(warehouse), read_only=True) as connection:
            connection.execute("SET search_path = 'analytics'")
            found = connection.execute(sql)
            return [column[0] for column in found.description], found.fetchall()

    return ask


def answered(text: str, ask: Ask) -> str:
    """A page of the guide with each query's answer as this warehouse gives it."""
    return _ANSWERED.sub(lambda match: f"```sql\n{match['sql']}```\n\n{table(*ask(match['sql']))}", text)


def table(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """An answer as a table of Markdown, without a line's end."""
    heads = [columns, ["---"] * len(columns), *rows]
    return "\n".join("| " + " | ".join(map(_shown, row)) + " |" for row in heads)


def _shown(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, Decimal) and value.as_tuple().exponent != 0:
        return f"{value:,f}"
    if isinstance(value, int | Decimal) and not isinstance(value, bool):
        return f"{value:,}" if abs(int(value)) >= 10_000 else str(value)  # a year is no amount
    return str(value)


def main() -> None:
    """Write the answers of the guide anew."""
    ask = in_duckdb(Path(sys.argv[1]))
    for page in PAGES:
        path = GUIDE / page
        path.write_text(answered(path.read_text(encoding="utf-8"), ask), encoding="utf-8")


if __name__ == "__main__":
    main()
