"""Where a shop sells in two countries, states of one name stay apart; in one, a state is its name alone."""

from __future__ import annotations

from datetime import date

import pytest

from spark_app.contracts.load import load_contracts
from spark_app.report import customers, delivery, morning
from spark_app.report.data import open_release
from tests.support.gold_shop import make_gold

LAST = date(2026, 11, 22)


@pytest.fixture(scope="module", params=[0, 40], ids=["one country", "two"])
def shop(request, tmp_path_factory):
    gold = make_gold(
        tmp_path_factory.mktemp("gold"), days=40, customers=200, orders=900, last=LAST, abroad=request.param
    )
    gold.release()
    with open_release(gold.lake, load_contracts(), "local", 800) as data:
        yield request.param > 0, data


def words(page, cube, column):
    return page.cubes[cube]["by"][column]["words"]


def test_a_state_has_its_country_where_there_are_two(shop):
    abroad, data = shop
    for page, cube, prefix in ((customers.page(data), "places", ""), (delivery.page(data), "orders", "customer_")):
        states = words(page, cube, f"{prefix}state")
        assert ({"SP, BR", "SP, US"} <= set(states), "SP" in states) == (abroad, not abroad)
        narrowed = [f"{prefix}country", f"{prefix}state"] if abroad else [f"{prefix}state"]
        assert [one.column for one in page.filters] == narrowed
    assert ("country" in customers.page(data).figures) == abroad


def test_each_states_revenue_is_its_own(shop):
    abroad, data = shop
    found = {row["state"]: row["value"] for row in morning._states(data)}
    by = "state || ', ' || country" if abroad else "state"
    rows = data.rows(
        f"SELECT {by} AS state, sum(revenue) FILTER (order_date > DATE '{LAST}' - 7) AS revenue FROM daily_customers "
        f"WHERE order_date > DATE '{LAST}' - 14 GROUP BY 1"
    )
    assert found == {row["state"]: row["revenue"] or 0 for row in rows}


@pytest.mark.parametrize(
    ("view", "column", "sql"),
    [
        ("customers", "place", "state || ', ' || country"),
        ("orders", "customer_place", "customer_state || ', ' || customer_country"),
        ("order_lines", "customer_place_then", "customer_state_then || ', ' || customer_country_then"),
        ("customers_daily", "place", "state || ', ' || country"),
    ],
)
def test_views_name_places_for_superset(shop, view, column, sql):
    _, data = shop
    assert data.rows(f"SELECT count(*) AS n FROM {view} WHERE {column} <> {sql}") == [{"n": 0}]
    assert data.rows(f"SELECT count(*) AS n FROM {view} WHERE {column} IS NULL") == [{"n": 0}]


def test_whom_nothing_is_known_of_lives_in_an_unknown_place(shop):
    _, data = shop
    data.connection.execute(
        "CREATE OR REPLACE TEMP VIEW dim AS SELECT * FROM (VALUES (NULL, NULL, 'unknown'), "
        "('SP', NULL, 'SP, unknown'), (NULL, 'BR', 'unknown, BR')) t(state, country, place)"
    )
    sql = next(one.sql for one in data.views["customers"].columns if one.name == "place")
    assert data.rows(f"SELECT count(*) AS n FROM dim c WHERE place IS DISTINCT FROM {sql}") == [{"n": 0}]
