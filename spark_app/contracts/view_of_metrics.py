"""A view that adds up another view: grouped by its columns, with metrics of `conf/metrics.yaml` as its figures.

from: {view: sales_daily, as: s}
columns:
  - {name: month_start, sql: "CAST(DATE_TRUNC('month', s.order_date) AS DATE)", description: …}
  - {metric: revenue}
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping

from pydantic import Field

from spark_app.contracts.metrics import Metric, Metrics
from spark_app.contracts.sql import with_columns
from spark_app.contracts.view import View, ViewColumn
from spark_app.contracts.view_of_tables import NAME, Source, check_columns, check_name, column
from spark_app.runtime.closed import Closed
from spark_app.runtime.yaml_lines import Document, Where


class _From(Closed):
    view: str
    alias: str = Field(alias="as")


class _Column(Closed):
    name: str | None = None
    sql: str | None = None
    description: str | None = None
    metric: str | None = None


class _ViewFile(Closed):
    name: str
    description: str
    grain: str
    from_: _From = Field(alias="from")
    columns: list[_Column] = Field(min_length=1)


def is_of_metrics(document: Document) -> bool:
    """Whether a file's view starts from another view."""
    start = document.data.get("from")
    return isinstance(start, dict) and "view" in start


def view_of_metrics(document: Document, views: Iterable[View], metrics: Metrics, tables: Container[str]) -> View:
    """The view a file describes, over one of `views`, which start from tables."""
    file = document.parse(_ViewFile)
    check_name(document, file.name, tables)
    known = {view.name: view for view in views}
    if file.from_.view not in known:
        raise document.unknown(("from", "view"), file.from_.view, known, "view of tables")
    base, alias = known[file.from_.view], file.from_.alias
    if not NAME.fullmatch(alias):
        raise document.fail(("from", "as"), f"'{alias}' is no lower-case name")
    fitting = {metric.name: metric for metric in metrics.of_view(base.name)}
    aliases = {alias: Source(base.name, {one.name: one.description for one in base.columns})}
    columns = tuple(_column(document, ("columns", n), item, aliases, fitting) for n, item in enumerate(file.columns))
    check_columns(document, columns)
    if all(one.metric for one in columns) or not any(one.metric for one in columns):
        raise document.fail(("columns",), "found only metrics or none, expected columns to group by and metrics")
    return View(file.name, file.description, file.grain, columns, base.tables, over=(base.name, alias))


def _column(
    document: Document, where: Where, item: _Column, aliases: Mapping[str, Source], metrics: Mapping[str, Metric]
) -> ViewColumn:
    if item.metric is not None:
        if item.name or item.sql or item.description:
            raise document.fail(where, f"'{item.metric}' is a metric: its name, sql and description are the metric's")
        if item.metric not in metrics:
            raise document.unknown((*where, "metric"), item.metric, metrics, "metric of the view")
        metric = metrics[item.metric]
        return ViewColumn(metric.name, _over(metric.sql, next(iter(aliases))), metric.description, metric.name)
    if item.name is None or item.sql is None:
        raise document.fail(where, "found neither a metric nor a column, expected metric, or name and sql")
    return column(document, where, item.name, item.sql, item.description, aliases)


def _over(sql: str, alias: str) -> str:
    """A metric's SQL, which knows its view's columns by their plain names, over that view."""
    return with_columns(sql, lambda _, name: f'"{alias}"."{name}"')
