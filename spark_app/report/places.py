"""How a place is named: by its state, and by its country too where the shop sells to several."""

from __future__ import annotations

from spark_app.report.data import ReportData


def several_countries(data: ReportData) -> bool:
    """Whether the days shown have orders from more than one country."""
    [row] = data.rows("SELECT count(DISTINCT country) AS countries FROM customers_daily WHERE country <> 'unknown'")
    return int(row["countries"]) > 1


def place(data: ReportData) -> str:
    """SQL of a place of `customers_daily`."""
    return "country || ' · ' || state" if several_countries(data) else "state"
