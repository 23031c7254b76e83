"""Which gold tables can be left out of the warehouse, of the shipped contracts and views."""

from __future__ import annotations

import pytest

from spark_app.contracts.left_out import check_left_out, find_dispensable, in_words, views_left_out
from spark_app.contracts.load import load_contracts
from spark_app.contracts.views import load_views
from spark_app.runtime.errors import SettingsError

CONTRACTS = load_contracts()
VIEWS = load_views(CONTRACTS)


@pytest.mark.parametrize(
    "names", [[], ["daily_channels"], ["daily_products", "hourly_sales"], ["landed_days", "daily_sales"]]
)
def test_tables_that_nothing_else_needs_may_go_and_what_needs_each_other_together(names: list[str]) -> None:
    check_left_out(names, CONTRACTS, VIEWS)


@pytest.mark.parametrize(
    ("names", "said"),
    [
        (["daily_chanels"], "unknown gold table 'daily_chanels'.*did you mean 'daily_channels'"),
        (["orders"], "unknown gold table 'orders'"),
        (["dim_dates"], "found dim_dates, which daily_channels refers to"),
        (["daily_sales"], "found daily_sales, which view sales_daily, of landed_days, needs"),
        (["hourly_sales", "fact_orders"], "found fact_orders, which view order_lines, of fact_order_items, needs"),
    ],
)
def test_others_are_refused_with_who_needs_them(names: list[str], said: str) -> None:
    with pytest.raises(SettingsError, match=rf"^redshift\.leave_out: {said}"):
        check_left_out(names, CONTRACTS, VIEWS)


def test_a_view_goes_with_the_table_that_it_starts_from_and_views_over_it_before_it() -> None:
    assert [view.name for view in views_left_out(["daily_products"], VIEWS)] == ["products_monthly", "products_daily"]
    assert in_words(["daily_products"], VIEWS) == "daily_products (with views products_daily, products_monthly)"
    assert in_words(["hourly_sales"], VIEWS) == "hourly_sales"


def test_what_can_be_left_out_by_itself_can_be_together() -> None:
    found = find_dispensable(CONTRACTS, VIEWS)
    assert {"daily_channels", "customer_cohorts", "hourly_sales", "fact_refunds"} <= set(found)
    assert not {"fact_orders", "dim_dates", "dim_customers", "dim_products", "daily_sales"} & set(found)
    check_left_out(found, CONTRACTS, VIEWS)
