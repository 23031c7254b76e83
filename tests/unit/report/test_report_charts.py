"""Charts are valid Vega-Lite: what writes them does not look."""

from __future__ import annotations

from typing import Any

import altair as alt
import pytest
from jsonschema import ValidationError

from spark_app.report import charts

MADE = {
    "trend": charts.trend(),
    "stacked": charts.stacked("day"),
    "ranking": charts.ranking("name"),
    "changes": charts.changes("name"),
    "bars": charts.bars("day"),
    "bridge": charts.bridge("name"),
    "line": charts.line("x", "y", "Title", "count"),
    "heat": charts.heat("x", "y", "share"),
}


@pytest.mark.parametrize("spec", MADE.values(), ids=MADE)
def test_vega_lites_schema_has_it(spec: dict[str, Any]) -> None:
    again = alt.Chart.from_dict(spec).to_dict(validate=True)
    assert again["$schema"] == spec["$schema"]


def test_all_kinds_of_charts_are_looked_at() -> None:
    public = {name for name, made in vars(charts).items() if callable(made) and made.__module__ == charts.__name__}
    assert {name for name in public if not name.startswith("_")} == set(MADE)


def test_what_is_no_chart_is_found() -> None:
    wrong = {**MADE["bars"], "mark": {"type": "bars"}}
    with pytest.raises(ValidationError, match="bars"):
        alt.Chart.from_dict(wrong).to_dict(validate=True)
