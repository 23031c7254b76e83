"""Products that rise and fall: rises only, falls only, and words where there are none."""

from __future__ import annotations

from datetime import date

import pytest

from spark_app.contracts.load import load_contracts
from spark_app.report import products
from spark_app.report.data import open_release
from tests.support.gold_shop import make_gold

LAST = date(2026, 11, 22)


def page(folder, lines, *, days=70):
    """The page of a shop whose order lines are these: (product, days ago, amount)."""
    gold = make_gold(folder, days=days, customers=10, orders=days, last=LAST)
    gold.release()
    with open_release(gold.lake, load_contracts(), "local", 800) as data:
        sold = ", ".join(f"('{name}', DATE '{LAST}' - {ago}, {amount}::DECIMAL(18, 2))" for name, ago, amount in lines)
        data.connection.execute(
            "CREATE OR REPLACE VIEW analytics.order_lines AS SELECT product AS product_id, product AS product_name, "
            "'toys' AS category, true AS is_live, order_date, item_amount, 5 AS review_score, "
            "item_amount AS net_amount, 0.75 * item_amount AS cost_amount "
            f"FROM (VALUES {sold}) t(product, order_date, item_amount)"
        )
        return products.page(data)


def listed(made, figure):
    return [(row["product"], row["difference"], row["news"]) for row in made.figures[figure].values]


def test_what_rose_and_what_fell_are_told_apart(tmp_path):
    lines = [("up", 1, 9), ("up", 30, 4), ("new", 2, 7), ("down", 3, 1), ("down", 40, 8), ("gone", 50, 2),
             ("same", 5, 3), ("same", 35, 3)]  # fmt: skip
    made = page(tmp_path, lines)
    assert listed(made, "rising") == [("new", 7, "good"), ("up", 5, "good")]
    assert listed(made, "falling") == [("down", -7, "bad"), ("gone", -2, "bad")]
    assert [row["product"] for row in made.figures["top"].values] == ["up", "new", "same", "down"]
    assert [float(row["margin"]) for row in made.figures["top"].values] == [2.25, 1.75, 0.75, 0.25]
    assert "margin" in [column.name for column in made.figures["top"].columns]


@pytest.mark.parametrize(("ago", "amounts", "figure"), [((1, 30), (2, 5), "rising"), ((1, 30), (5, 2), "falling")])
def test_where_none_did_it_says_so(tmp_path, ago, amounts, figure):
    made = page(tmp_path, [("p", *one) for one in zip(ago, amounts, strict=True)])
    assert listed(made, figure) == []
    assert made.figures[figure].empty == f"No product {'rose' if figure == 'rising' else 'fell'}."


def test_where_the_days_before_are_not_all_there_nothing_is_said_to_have_risen(tmp_path):
    made = page(tmp_path, [("p", 1, 5)], days=40)
    assert listed(made, "rising") == []
    assert "There are no 56 days of sales yet to compare." in made.figures["rising"].empty
