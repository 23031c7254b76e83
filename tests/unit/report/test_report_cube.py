"""What a page's charts are drawn from."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from spark_app.contracts.load import load_contracts
from spark_app.report.cube import cube

LAST = date(2026, 11, 22)
CONTRACTS = load_contracts()


def test_a_cube_holds_cents_and_the_places_of_words(data):
    found = cube(data, ["order_date", "state"], ("segment_revenue", "segment_orders"))
    sums = dict(
        zip(
            ("revenue", "orders"),
            data.rows("SELECT sum(revenue) r, sum(orders) o FROM daily_customers")[0].values(),
            strict=True,
        )
    )
    money, orders = found["parts"]
    assert (money["scale"], orders["scale"]) == (100, 1)
    assert Decimal(sum(money["values"])) / 100 == sums["revenue"]
    assert sum(orders["values"]) == sums["orders"]
    assert max(found["days"]) == (LAST - date(1970, 1, 1)).days
    assert found["metrics"] == {"segment_revenue": ["part", 0], "segment_orders": ["part", 1]}
    assert {found["by"]["state"]["words"][at] for at in found["by"]["state"]["at"]} == set(
        found["by"]["state"]["words"]
    )


def test_a_cubes_words_are_sorted_as_what_they_are(data):
    words = cube(data, ["installments"], ("installment_payments",))["by"]["installments"]["words"]
    assert words == [str(number) for number in range(1, 13)]
