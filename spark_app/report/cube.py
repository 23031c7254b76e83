"""Rows that a page carries to be filtered and added up in the browser: the sums behind metrics, by some columns.

Decimals travel as whole numbers (cents), so that adding up is exact.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from spark_app.contracts.formula import Tree
from spark_app.contracts.metrics import Metric
from spark_app.report.data import DAY, ReportData

EPOCH = date(1970, 1, 1)
UNKNOWN = "unknown"
DECIMALS = 4  # of a mean's sum that is no money


def cube(
    data: ReportData,
    by: Sequence[str],
    metrics: Sequence[str],
    where: str | None = None,
    columns: Mapping[str, str] | None = None,
) -> dict[str, Any]:
    """The parts of metrics of one view, by columns of it; days as days since 1970, texts as places in a list.

    `columns`: the view's column for a name of `by`, where that is another.

    {"rows": n, "days": [...] | None, "by": {column: {"words": [...], "at": [...]}},
     "parts": [{"scale": s, "values": [...]}], "metrics": {name: tree over these parts}}
    """
    chosen = [data.metrics[name] for name in metrics]
    view = chosen[0].view
    if any(metric.view != view for metric in chosen):
        raise ValueError(f"metrics {', '.join(metrics)} are not all of view {view}")
    parts = list(dict.fromkeys(part for metric in chosen for part in metric.parts))
    columns_sql = [f'"{(columns or {}).get(name, name)}" AS "{name}"' for name in by]
    sums = [f"{part} AS p{index}" for index, part in enumerate(parts)]
    filters = f" WHERE {where}" if where else ""
    rows = data.rows(f"SELECT {', '.join(columns_sql + sums)} FROM {view}{filters} GROUP BY ALL ORDER BY ALL")
    return {
        "rows": len(rows),
        "days": [_day(row[DAY]) for row in rows] if DAY in by else None,
        "by": {name: _words([row[name] for row in rows]) for name in by if name != DAY},
        "parts": [_numbers([row[f"p{index}"] for row in rows]) for index in range(len(parts))],
        "metrics": {metric.name: _placed(metric, parts) for metric in chosen},
    }


def epoch_ms(day: date) -> int:
    """A day as the browser counts time: milliseconds since 1970, UTC."""
    return (day - EPOCH).days * 86_400_000


def _day(day: date | None) -> int | None:
    return None if day is None else (day - EPOCH).days


def _words(values: Sequence[object]) -> Mapping[str, Any]:
    texts = [UNKNOWN if value is None else str(value) for value in values]
    # As their own type sorts them: 2 before 10, and what is not known last.
    known: list[Any] = sorted({value for value in values if value is not None})
    words = list(dict.fromkeys([*(str(value) for value in known), *([UNKNOWN] if UNKNOWN in texts else [])]))
    places = {word: index for index, word in enumerate(words)}
    return {"words": words, "at": [places[text] for text in texts]}


def _numbers(values: Sequence[Any]) -> dict[str, Any]:
    """Values times `scale`; nothing to add is null."""
    decimals = max((-int(v.as_tuple().exponent) for v in values if isinstance(v, Decimal)), default=0)
    scale = 10 ** min(decimals, DECIMALS)
    return {"scale": scale, "values": [_scaled(value, scale) for value in values]}


def _scaled(value: Any, scale: int) -> int | float | None:
    if isinstance(value, Decimal):
        return int((value * scale).to_integral_value())
    return round(value, DECIMALS) if isinstance(value, float) else value


def _placed(metric: Metric, parts: Sequence[str]) -> Tree:
    """The metric's tree with its parts' places among all parts of the cube."""

    def moved(tree: Tree) -> Tree:
        if not isinstance(tree, list):
            return tree
        if tree[0] == "part":
            return ["part", parts.index(metric.parts[int(str(tree[1]))])]
        return [tree[0], *(moved(one) for one in tree[1:] if not isinstance(one, str))]

    return moved(metric.tree)
