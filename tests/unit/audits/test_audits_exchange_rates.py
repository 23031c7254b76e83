"""Amounts that cannot be brought into one currency withhold a release, and are named."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from spark_app.audits import exchange_rates
from spark_app.audits.exchange_rates import check_currencies_are_told_apart, check_exchange_rates
from spark_app.contracts.mapping import Source
from spark_app.lake.paths import Lake
from spark_app.runs.context import Context
from spark_app.runtime.reporting import Reporting
from tests.support.mapping import source_of

MAPPING = """
    source: shop
    datasets:
      lines:
        columns: [Order, Customer, When, Sku, Price, Currency]
    entities:
      orders:
        from: lines
        columns: {order_id: Order, customer_id: Customer, status: {default: created}, purchased_at: When,
          updated_at: When%s}
      order_items:
        from: lines
        columns: {order_id: Order, item_number: {default: "1"}, product_id: Sku, unit_price: Price, updated_at: When}
"""

LAKE = Lake("nowhere")


def context(source: Source | None = None) -> Context:
    return cast(Context, SimpleNamespace(lake=LAKE, table=LAKE.table, source=source, reporting=Reporting("USD")))


@pytest.fixture
def rows(monkeypatch: pytest.MonkeyPatch) -> dict[str, list[Any]]:
    """What is found in tables: by table."""
    found: dict[str, list[Any]] = {}
    monkeypatch.setattr(exchange_rates.feed, "over_version", lambda table, *_: found.get(table.name, []))
    monkeypatch.setattr(exchange_rates.log, "version_of", lambda *_: 1)
    monkeypatch.setattr(exchange_rates, "with_sources", lambda lake, tables: {**tables, "silver.exchange_rates": 1})
    return found


def test_currencies_without_a_rate_are_named_with_their_days(rows: dict[str, list[Any]]) -> None:
    days = [date(2024, 3, n) for n in (1, 2, 3, 4)]
    rows["gold.fact_orders"] = [*(("GBP", day) for day in days), ("JPY", days[0])]
    [finding] = check_exchange_rates(context(), {"gold.fact_orders": 1}, None)
    assert finding.withholds
    assert "no exchange rate to USD of GBP on 2024-03-01, 2024-03-02, 2024-03-03" in finding.causes[0]
    assert "JPY on 2024-03-01" in finding.causes[0]


def test_a_rate_that_jumps_is_told_and_withholds_nothing(rows: dict[str, list[Any]]) -> None:
    rows["silver.exchange_rates"] = [("EUR", date(2024, 3, 4), Decimal("11"), Decimal("1.1"))]
    [finding] = check_exchange_rates(context(), {"gold.fact_orders": 1}, None)
    assert not finding.withholds
    assert "EUR went from 1.1 to 11 on 2024-03-04" in finding.expected


def test_one_currency_finds_nothing(rows: dict[str, list[Any]]) -> None:
    assert check_exchange_rates(context(), {"gold.fact_orders": 1}, None) == []


@pytest.mark.parametrize(
    ("mapped", "words", "withheld"),
    [
        ("", ["EUR", "USD"], True),
        ("", ["EUR"], False),
        ("", [], False),
        (", currency: Currency", ["EUR", "USD"], False),
    ],
)
def test_a_column_of_several_currencies_is_taken_or_nothing_is_added_up(
    rows: dict[str, list[Any]], tmp_path: Path, mapped: str, words: list[str], withheld: bool
) -> None:
    rows["bronze.lines"] = [(word,) for word in words]
    found = check_currencies_are_told_apart(
        context(source_of(tmp_path, MAPPING % mapped)), {"lines": {date(2024, 3, 1)}}
    )
    assert [one.withholds for one in found] == ([True] if withheld else [])
    if withheld:
        assert "lines names EUR, USD in its column 'currency', which no entity takes" in found[0].causes[0]
