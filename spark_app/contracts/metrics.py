"""What people look at, defined once: `conf/metrics.yaml`, checked against the views.

Each metric is an aggregate over one view, so it can be cut by any of the view's other columns.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from pydantic import Field

from spark_app.contracts.formula import Tree, take_apart
from spark_app.contracts.sql import columns_named, parsed
from spark_app.contracts.view import View
from spark_app.runtime.closed import Closed
from spark_app.runtime.errors import ContractError
from spark_app.runtime.settings import conf_dir
from spark_app.runtime.yaml_lines import Document

Unit = Literal["money", "count", "percent", "days", "score"]
Better = Literal["more", "less", "neither"]
Ripens = Literal["delivery", "review", "payment", "refund", "ending"]

_NAME = re.compile(r"[a-z][a-z0-9_]*")


class _Metric(Closed):
    name: str
    title: str
    view: str
    sql: str
    unit: Unit
    better: Better
    description: str | None = None
    ripens: Ripens | None = None


class _MetricsFile(Closed):
    metrics: list[_Metric] = Field(min_length=1)


@dataclass(frozen=True)
class Metric:
    """One metric. `sql` is an aggregate over `view`; `parts` are its sums and `tree` the arithmetic over them.

    `unit` percent is a share of 1. `better` says which way is good news. `ripens`: what of an order is to come before
    the figures of its day say what they will; None where they do at once.
    """

    name: str
    title: str
    view: str
    sql: str
    unit: Unit
    better: Better
    description: str
    parts: tuple[str, ...]
    tree: Tree
    ripens: Ripens | None = None

    @property
    def adds_up(self) -> bool:
        """Whether it is one sum or count: of several days it is that of each, added up, and of no row it is zero."""
        return isinstance(self.tree, list) and self.tree[0] == "part"


@dataclass(frozen=True)
class Metrics:
    """Every metric by its name."""

    by_name: Mapping[str, Metric]

    def __getitem__(self, name: str) -> Metric:
        return self.by_name[name]

    def __contains__(self, name: object) -> bool:
        return name in self.by_name

    def of_view(self, view: str) -> list[Metric]:
        """The metrics over one view, in the file's order."""
        return [metric for metric in self.by_name.values() if metric.view == view]


def load_metrics(views: Iterable[View], path: Path | None = None) -> Metrics:
    """Every metric of `conf/metrics.yaml`; ContractError names file, line and the nearest valid word."""
    document = Document(path or conf_dir() / "metrics.yaml", ContractError)
    file = document.parse(_MetricsFile)
    known = {view.name: view for view in views}
    found: dict[str, Metric] = {}
    for index, item in enumerate(file.metrics):
        if item.name in found or not _NAME.fullmatch(item.name):
            raise document.fail(("metrics", index), f"'{item.name}' stands twice or is no lower-case name")
        found[item.name] = _metric(document, index, item, known)
    return Metrics(found)


def _metric(document: Document, index: int, item: _Metric, views: Mapping[str, View]) -> Metric:
    # Metrics are mostly written on one line, the name first: that line is meant.
    where = ("metrics", index)
    if item.view not in views:
        raise document.unknown(where, item.view, views, f"view of {item.name}:")
    columns = {column.name: column for column in views[item.view].columns}
    try:
        for name in columns_named(item.sql, "redshift"):
            if name not in columns:
                raise document.unknown(where, name, columns, f"column of {item.view} in {item.name}:")
        parts, tree = take_apart(item.sql)
    except ValueError as problem:
        raise document.fail(where, f"{item.name}: sql: {problem}") from None
    plain = _summed(item.sql)
    description = item.description or (columns[plain].description if plain else None)
    if description is None:
        raise document.fail(where, f"'{item.name}' is not a plain sum of a column: it needs a description")
    return Metric(
        item.name, item.title, item.view, item.sql, item.unit, item.better, description, parts, tree, item.ripens
    )


def _summed(sql: str) -> str | None:
    """The column whose plain sum a metric is."""
    from sqlglot import exp

    tree = parsed(sql, "redshift")
    return tree.this.name if isinstance(tree, exp.Sum) and isinstance(tree.this, exp.Column) else None
