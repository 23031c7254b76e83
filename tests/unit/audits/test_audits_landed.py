"""Silver's part of an audit: what is counted of the days about to be released in, what is withheld and told out."""

from __future__ import annotations

from spark_app.runs.context import Context
from tests.support.counted_days import counted, failed


def test_a_mended_day_withholds_no_more(context: Context) -> None:
    counted(context, "orders", 1, 1)
    counted(context, "orders", 60, 0, silver_version=2)
    assert failed(context) == []
