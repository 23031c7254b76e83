"""A chart as Superset has it: its type and its type's settings."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from spark_app.contracts.metrics import Unit
from superset_assets.dashboards import Chart, Kind
from superset_assets.datasets import FORMATS
from superset_assets.identity import VERSION, identity

Params = dict[str, Any]
_IN_ORDER = ("weekday", "month", "age_band")
_COLOURS = "supersetColors"
# Where a chart has this many lines or bars of a kind, more only hide each other.
_SERIES = 12
# Along an axis cents are noise.
_AXES: Mapping[Unit, str] = {**FORMATS, "money": ",.0f"}


def chart_file(chart: Chart, currency: str) -> dict[str, Any]:
    """One chart of an export. Its description is the definition of what it shows."""
    viz, settings = _KINDS[chart.kind]
    params: Params = {"viz_type": viz, "adhoc_filters": _any_time(chart), **settings(chart)}
    if chart.kind != "table":
        params |= _number_format(chart, currency)
    return {
        "slice_name": chart.title,
        "description": "; ".join(f"{metric.title}: {metric.description}" for metric in chart.metrics),
        "viz_type": viz,
        "params": params,
        "query_context": None,
        "dataset_uuid": identity("dataset", chart.view.name),
        "uuid": identity("chart", chart.name),
        "version": VERSION,
    }


def _any_time(chart: Chart) -> list[Params]:
    """What a dashboard's date filter takes the place of."""
    if chart.day is None:
        return []
    return [
        {
            "clause": "WHERE",
            "subject": chart.day,
            "operator": "TEMPORAL_RANGE",
            "comparator": "No filter",
            "expressionType": "SIMPLE",
        }
    ]


def _number_format(chart: Chart, currency: str) -> Params:
    """How the axis or number is written: as the first metric."""
    unit = chart.metrics[0].unit
    key = {"share": "number_format", "grid": "valueFormat"}.get(chart.kind, "y_axis_format")
    formats = FORMATS if chart.kind in ("number", "last_day") else _AXES
    shown: Params = {key: formats[unit]}
    if unit == "money":
        shown["currency_format"] = {"symbol": currency, "symbolPosition": "prefix"}
    return shown


def _names(chart: Chart) -> list[str]:
    return [metric.name for metric in chart.metrics]


def _big_number(chart: Chart) -> Params:
    return {
        "metric": chart.metrics[0].name,
        "x_axis": chart.day,
        "time_grain_sqla": "P1D",
        "show_trend_line": True,
        "start_y_axis_at_zero": True,
        "header_font_size": 0.3,
        "subheader_font_size": 0.125,
        "time_format": "%d %b %Y",
    }


def _last_day(chart: Chart) -> Params:
    # Superset compares by a share of what was, which of a share misleads: 3 % to 4 % is not "+33 %". It stands alone.
    if chart.metrics[0].unit == "percent":
        return {**_big_number(chart), "show_timestamp": True, "aggregation": "LAST_VALUE"}
    compared = {"compare_lag": 7, "compare_suffix": "against the same weekday a week before", "show_timestamp": True}
    return {**_big_number(chart), **compared, "aggregation": "LAST_VALUE"}


def _number(chart: Chart) -> Params:
    # raw: asked once over the whole time, which a share needs; its days cannot be added up.
    return {**_big_number(chart), "aggregation": "raw"}


def _over_time(chart: Chart) -> Params:
    return {
        "metrics": _names(chart),
        "groupby": list(chart.by),
        "x_axis": chart.day,
        "time_grain_sqla": "P1D",
        "limit": _SERIES,
        "row_limit": 10_000,
        "color_scheme": _COLOURS,
        "show_legend": len(chart.metrics) > 1 or bool(chart.by),
        "rich_tooltip": True,
        "x_axis_time_format": "smart_date",
    }


def _stack(chart: Chart) -> Params:
    # Bars, for an area draws over days that one of its parts lacks.
    return {**_over_time(chart), "stack": "Stack"}


def _bars(chart: Chart) -> Params:
    shown: Params = {
        "metrics": _names(chart),
        "x_axis": chart.by[0],
        "groupby": list(chart.by[1:]),
        "row_limit": chart.limit,
        "color_scheme": _COLOURS,
        "show_legend": False,
        "rich_tooltip": True,
        "xAxisLabelInterval": "0",
    }
    if chart.by[0] == chart.day:
        return {**shown, "time_grain_sqla": "P1M", "x_axis_time_format": "%b %Y"}
    if chart.by[0] in _IN_ORDER:
        return {**shown, "xAxisForceCategorical": True, "x_axis_sort": chart.by[0], "x_axis_sort_asc": True}
    # Words lie better along the upright axis, the greatest on top.
    return {**shown, "orientation": "horizontal", "x_axis_sort": chart.metrics[0].name, "x_axis_sort_asc": True}


def _share(chart: Chart) -> Params:
    return {
        "metric": chart.metrics[0].name,
        "groupby": list(chart.by),
        "donut": True,
        "label_type": "percent",
        "labels_outside": False,
        "show_legend": True,
        "row_limit": chart.limit,
        "color_scheme": _COLOURS,
    }


def _table(chart: Chart) -> Params:
    return {
        "query_mode": "aggregate",
        "metrics": _names(chart),
        "groupby": list(chart.by),
        "order_desc": True,
        "row_limit": chart.limit,
        "show_cell_bars": True,
    }


def _grid(chart: Chart) -> Params:
    return {
        "metrics": _names(chart),
        "groupbyRows": list(chart.by),
        "groupbyColumns": [chart.across],
        "temporal_columns_lookup": {chart.day: True},
        "time_grain_sqla": "P1M",
        "date_format": "%b %Y",
        "aggregateFunction": "Sum",
        "metricsLayout": "COLUMNS",
        "rowOrder": "key_a_to_z",
        "colOrder": "key_a_to_z",
        "row_limit": chart.limit,
    }


_KINDS: Mapping[Kind, tuple[str, Callable[[Chart], Params]]] = {
    "last_day": ("big_number", _last_day),
    "number": ("big_number", _number),
    "line": ("echarts_timeseries_line", _over_time),
    "stack": ("echarts_timeseries_bar", _stack),
    "bars": ("echarts_timeseries_bar", _bars),
    "share": ("pie", _share),
    "table": ("table", _table),
    "grid": ("pivot_table_v2", _grid),
}
