"""`docs/metrics.md` out of `conf/metrics.yaml` and `conf/views`: `python -m spark_app.contracts.docs` writes it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from spark_app.contracts.metrics import Metric, Metrics
from spark_app.contracts.view import View

PATH = Path(__file__).resolve().parents[2] / "docs" / "metrics.md"
_INTRODUCTION = """# Metrics and views

Written by `python -m spark_app.contracts.docs` out of `conf/metrics.yaml` and `conf/views`; change it there.

A metric is defined once, as an aggregate over one view. The dashboards, the warehouse's weekly and monthly views and
Superset all take it from that file. Money is in the reporting currency (`reporting.currency` of the settings), days are
the shop's own (`reporting.timezone`); a percent is a share of 1. Views lie in the schema `analytics` of the warehouse,
where each of their columns carries its definition as a comment. What the figures of money mean beside those of other
shops' reports says [money.md](money.md).
A metric that *waits for* something is not judged of days whose orders have not come so far.
"""
_UNITS = {"money": "money", "count": "number", "percent": "share of 1", "days": "days", "score": "number with decimals"}


def metric_docs(metrics: Metrics, views: Sequence[View]) -> str:
    """Markdown of every view: what it is, its columns, and the metrics over it."""
    parts = [_INTRODUCTION]
    for view in views:
        parts.append(_view(view, metrics.of_view(view.name)))
    return "\n".join(parts)


def _view(view: View, metrics: Sequence[Metric]) -> str:
    read = f"the view `{view.over[0]}`" if view.over else ", ".join(f"`{table}`" for table, _ in view.tables)
    lines = [
        f"## {view.name}\n",
        f"{view.description}\n",
        f"- Grain: {view.grain}",
        f"- Reads: {read}\n",
        _grid(("column", "definition"), [(f"`{one.name}`", one.description) for one in view.columns]),
    ]
    if metrics:
        rows = [
            (f"`{m.name}`", m.title, m.description, _UNITS[m.unit], m.better, m.ripens or "", f"`{m.sql}`")
            for m in metrics
        ]
        lines.append(_grid(("metric", "title", "definition", "unit", "better", "waits for", "SQL"), rows))
    return "\n".join(lines)


def _grid(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines) + "\n"
