"""What `lakehouse doctor --file` shows of a sample."""

from __future__ import annotations

import pytest

from spark_app.cli.doctor import _show_sample
from spark_app.cli.screen import console

SAMPLE = {"file": "a.csv", "dataset": "orders", "columns": [], "missing": [], "read": {}, "carried": {}}
ENTITY = {"usable": 2, "quarantined": 0, "passed_over": 0, "left_out": [], "where": None, "deleted": []}
ENTITY |= {"looked_up": {}, "reasons": [], "more": 0}


def said(rows: list[dict[str, object]]) -> str:
    with console.capture() as found:
        _show_sample({**SAMPLE, "entities": {"orders": {**ENTITY, "rows": rows}}})
    return found.get()


def test_columns_without_a_value_are_named_and_take_no_room() -> None:
    shown = said(
        [{"order_id": "A", "shipped_at": None, "status": None}, {"order_id": "B", "shipped_at": None, "status": "x"}]
    )
    assert "orders: no value in these rows: shipped_at" in shown
    header = next(line for line in shown.splitlines() if line.startswith("order_id"))
    assert header.split() == ["order_id", "status"]


@pytest.mark.parametrize("rows", [[], [{"order_id": None}]])
def test_a_sample_without_values_is_shown_too(rows: list[dict[str, object]]) -> None:
    assert "orders: 2 rows usable" in said(rows)
