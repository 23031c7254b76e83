"""`conf/superset/<dashboard>.yaml`: rows of charts, checked against the metrics and the views they are over."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from spark_app.contracts.metrics import Metric, Metrics
from spark_app.contracts.view import View
from spark_app.runtime.closed import Closed
from spark_app.runtime.errors import ContractError
from spark_app.runtime.settings import conf_dir
from spark_app.runtime.yaml_lines import Document, Where

Kind = Literal["last_day", "number", "line", "stack", "bars", "share", "table", "grid"]
ROW_WIDTH = 12


def _listed(value: object) -> object:
    return [value] if isinstance(value, str) else value


class _Chart(Closed):
    chart: Kind
    metric: str | None = None
    metrics: tuple[str, ...] = ()
    by: Annotated[tuple[str, ...], BeforeValidator(_listed)] = ()
    across: str | None = None
    title: str | None = None
    width: int | None = Field(default=None, ge=1, le=ROW_WIDTH)
    limit: int = Field(default=100, ge=1, le=10_000)


class _DashboardFile(Closed):
    title: str
    description: str
    filters: tuple[str, ...] = ()
    rows: list[list[_Chart]] = Field(min_length=1)


@dataclass(frozen=True)
class Chart:
    """A chart: what it shows of one view. `by`: the columns that cut it; `across`: a grid's second one."""

    name: str  # dashboard and place, which make its identity
    kind: Kind
    title: str
    view: View
    metrics: tuple[Metric, ...]
    by: tuple[str, ...]
    across: str | None
    width: int
    limit: int

    @property
    def day(self) -> str | None:
        """The view's column of days, if it has one."""
        return day_of(self.view)


@dataclass(frozen=True)
class Dashboard:
    """A dashboard; `filters` are columns, each holding for the charts whose view has it."""

    name: str
    title: str
    description: str
    filters: tuple[str, ...]
    rows: tuple[tuple[Chart, ...], ...]

    @property
    def charts(self) -> list[Chart]:
        return [chart for row in self.rows for chart in row]


def day_of(view: View) -> str | None:
    """The column of days that a view is cut by in time, if it has one."""
    names = [column.name for column in view.columns]
    return next((name for name in ("order_date", "cohort_month", "week_start", "month_start") if name in names), None)


def load_dashboards(metrics: Metrics, views: Mapping[str, View], folder: Path | None = None) -> list[Dashboard]:
    """Every dashboard, by file name; ContractError names file, line and the nearest valid word."""
    return [_load(path, metrics, views) for path in sorted((folder or conf_dir() / "superset").glob("*.yaml"))]


def _load(path: Path, metrics: Metrics, views: Mapping[str, View]) -> Dashboard:
    document = Document(path, ContractError)
    file = document.parse(_DashboardFile)
    rows = []
    for at, row in enumerate(file.rows):
        widths = [item.width or (ROW_WIDTH // len(row)) for item in row]
        if sum(widths) > ROW_WIDTH:
            raise document.fail(("rows", at), f"found widths that add up to {sum(widths)}, expected {ROW_WIDTH}")
        rows.append(
            tuple(
                _chart(document, ("rows", at, n), f"{path.stem}/{at}/{n}", item, widths[n], metrics, views)
                for n, item in enumerate(row)
            )
        )
    dashboard = Dashboard(path.stem, file.title, file.description, file.filters, tuple(rows))
    columns = {column.name for chart in dashboard.charts for column in chart.view.columns}
    for n, name in enumerate(file.filters):
        if name not in columns:
            raise document.unknown(("filters", n), name, columns, "column")
    return dashboard


def _chart(
    document: Document,
    where: Where,
    name: str,
    item: _Chart,
    width: int,
    metrics: Metrics,
    views: Mapping[str, View],
) -> Chart:
    names = [item.metric] if item.metric else list(item.metrics)
    for metric in names:
        if metric not in metrics:
            raise document.unknown((*where, "metric"), metric, metrics.by_name, "metric")
    over = {metrics[metric].view for metric in names}
    if len(over) != 1:
        found = ", ".join(sorted(over)) or "no metric"
        raise document.fail(where, f"a chart shows metrics of one view, found: {found}")
    view = views[over.pop()]
    columns = [column.name for column in view.columns]
    for column in [*item.by, *([item.across] if item.across else [])]:
        if column not in columns:
            raise document.unknown((*where, "by"), column, columns, f"column of {view.name}")
    shown = tuple(metrics[metric] for metric in names)
    if len(shown) > 1 and not item.title:
        raise document.fail(where, "a chart of several metrics needs a title")
    title = item.title or _title(item, shown[0])
    return Chart(name, item.chart, title, view, shown, item.by, item.across, width, item.limit)


def _title(item: _Chart, metric: Metric) -> str:
    if item.chart == "last_day":
        return f"{metric.title}, last day"
    unit = ", days" if metric.unit == "days" else ""
    cut = " and ".join(word.replace("_", " ") for word in [*item.by, *([item.across] if item.across else [])])
    # "Revenue by segment", cut by state, is "Revenue by state".
    return f"{metric.title.split(' by ')[0]}{unit} by {cut}" if cut else f"{metric.title}{unit}"
