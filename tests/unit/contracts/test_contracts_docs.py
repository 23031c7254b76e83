"""The written documents of the contracts."""

from __future__ import annotations

from spark_app.contracts import docs
from spark_app.contracts.load import load_contracts

CONTRACTS = load_contracts()


def test_docs_are_up_to_date():
    written = docs.PATH.read_text(encoding="utf-8")
    assert written == docs.table_docs(CONTRACTS), "docs/tables.md is stale: python -m spark_app.contracts.docs"


def test_docs_show_what_a_reader_asks_for():
    text = docs.table_docs({"gold.daily_sales": CONTRACTS["gold.daily_sales"]})
    for part in (
        "The shop's day in one row.",
        "- Grain: one row per day",
        "- Key: `order_date`",
        "| `revenue` | decimal(18,2) | required | goods − discounts + shipping of live orders by order_date: ",
        "| sales are recent | an order of the last three days | timeliness | warning | at most 3 days |",
        "- Served with sortKey `order_date`: nearly every question asks for a range of days: order_date filters",
    ):
        assert part in text
