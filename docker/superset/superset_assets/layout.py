"""A dashboard as Superset has it: where each chart stands, and its filters."""

from __future__ import annotations

from typing import Any

from superset_assets.dashboards import ROW_WIDTH, Chart, Dashboard
from superset_assets.identity import VERSION, identity, number

# In units of eight pixels.
_HEIGHTS = {"last_day": 24, "number": 22}
_HEIGHT = 46
_ROOT = ["ROOT_ID", "GRID_ID"]


def dashboard_file(dashboard: Dashboard) -> dict[str, Any]:
    """One dashboard of an export, published."""
    return {
        "dashboard_title": dashboard.title,
        "description": dashboard.description,
        "slug": dashboard.name.replace("_", "-"),
        "published": True,
        "css": "",
        "position": _position(dashboard),
        "metadata": {
            "native_filter_configuration": _filters(dashboard),
            "cross_filters_enabled": True,
            "color_scheme": "supersetColors",
            "refresh_frequency": 0,
            "expanded_slices": {},
            "timed_refresh_immune_slices": [],
        },
        "uuid": identity("dashboard", dashboard.name),
        "version": VERSION,
    }


def _position(dashboard: Dashboard) -> dict[str, Any]:
    placed: dict[str, Any] = {
        "DASHBOARD_VERSION_KEY": "v2",
        "ROOT_ID": {"type": "ROOT", "id": "ROOT_ID", "children": ["GRID_ID"]},
        "HEADER_ID": {"type": "HEADER", "id": "HEADER_ID", "meta": {"text": dashboard.title}},
        **_text("intro", dashboard.description, 7),
    }
    for at, charts in enumerate(dashboard.rows):
        row = f"ROW-{at}"
        placed[row] = _row(row, [_place(chart) for chart in charts])
        placed |= {_place(chart): _part("CHART", _place(chart), row, _chart_meta(chart)) for chart in charts}
    meanings = _meanings(dashboard)
    placed |= _text("meanings", meanings, 8 + 4 * meanings.count("\n"))
    rows = ["ROW-intro", *(f"ROW-{at}" for at in range(len(dashboard.rows))), "ROW-meanings"]
    placed["GRID_ID"] = {"type": "GRID", "id": "GRID_ID", "children": rows, "parents": ["ROOT_ID"]}
    return placed


def _meanings(dashboard: Dashboard) -> str:
    """What each figure means, in the words of conf/metrics.yaml."""
    shown = {metric.name: metric for chart in dashboard.charts for metric in chart.metrics}
    lines = [f"- **{metric.title}**: {metric.description}" for metric in shown.values()]
    return "\n".join(["#### What the figures mean", *lines])


def _text(name: str, text: str, height: int) -> dict[str, Any]:
    row, part = f"ROW-{name}", f"MARKDOWN-{name}"
    meta = {"code": text, "width": ROW_WIDTH, "height": height}
    return {row: _row(row, [part]), part: _part("MARKDOWN", part, row, meta)}


def _row(name: str, children: list[str]) -> dict[str, Any]:
    meta = {"background": "BACKGROUND_TRANSPARENT"}
    return {"type": "ROW", "id": name, "children": children, "parents": _ROOT, "meta": meta}


def _part(kind: str, name: str, row: str, meta: dict[str, Any]) -> dict[str, Any]:
    return {"type": kind, "id": name, "children": [], "parents": [*_ROOT, row], "meta": meta}


def _place(chart: Chart) -> str:
    return "CHART-" + chart.name.replace("/", "-")


def _chart_meta(chart: Chart) -> dict[str, Any]:
    return {
        "chartId": number(chart.name),
        "sliceName": chart.title,
        "uuid": identity("chart", chart.name),
        "width": chart.width,
        "height": _HEIGHTS.get(chart.kind, _HEIGHT),
    }


def _filters(dashboard: Dashboard) -> list[dict[str, Any]]:
    """Days and their grain for all charts; each column for those whose view has it."""
    grain_of = next(chart.view.name for chart in dashboard.charts if chart.day)
    days = _filter(dashboard, "days", "Days", "filter_time", {}, [])
    grain = _filter(
        dashboard, "grain", "Day, week or month", "filter_timegrain", {"datasetUuid": identity("dataset", grain_of)}, []
    )
    return [days, grain, *(_column_filter(dashboard, column) for column in dashboard.filters)]


def _column_filter(dashboard: Dashboard, column: str) -> dict[str, Any]:
    having = [chart for chart in dashboard.charts if column in {c.name for c in chart.view.columns}]
    without = [number(chart.name) for chart in dashboard.charts if chart not in having]
    target = {"column": {"name": column}, "datasetUuid": identity("dataset", having[0].view.name)}
    shown = column.replace("_", " ").capitalize()
    choices = {"multiSelect": True, "searchAllOptions": True, "enableEmptyFilter": False, "inverseSelection": False}
    return _filter(dashboard, column, shown, "filter_select", target, without) | {"controlValues": choices}


def _filter(
    dashboard: Dashboard, name: str, shown: str, kind: str, target: dict[str, Any], without: list[int]
) -> dict[str, Any]:
    return {
        "id": f"NATIVE_FILTER-{dashboard.name}-{name}",
        "name": shown,
        "type": "NATIVE_FILTER",
        "filterType": kind,
        "targets": [target],
        "scope": {"rootPath": ["ROOT_ID"], "excluded": without},
        "cascadeParentIds": [],
        "controlValues": {"enableEmptyFilter": False},
        "defaultDataMask": {"extraFormData": {}, "filterState": {}, "ownState": {}},
        "description": "",
    }
