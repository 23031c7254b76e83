"""The morning page's comparison of states: who grew, who fell, and when neither can be said."""

from __future__ import annotations

from datetime import date

import pytest

from spark_app.contracts.load import load_contracts
from spark_app.report import morning, site
from spark_app.report.data import open_release
from tests.support.gold_shop import make_gold

LAST = date(2026, 11, 22)


def rendered(folder, sold, *, days=40):
    """The morning page and its HTML, of a shop that sold by state: (state, days ago, revenue)."""
    gold = make_gold(folder, days=days, customers=10, orders=days, last=LAST)
    gold.release()
    with open_release(gold.lake, load_contracts(), "local", 800) as data:
        rows = ", ".join(f"('{state}', DATE '{LAST}' - {ago}, {amount}::DECIMAL(18, 2))" for state, ago, amount in sold)
        data.connection.execute(
            "CREATE OR REPLACE VIEW analytics.customers_daily AS SELECT *, 'unknown' AS gender, 'unknown' AS age_band, "
            "'BR' AS country, 1 AS orders, 1 AS customers, 0 AS new_customers "
            f"FROM (VALUES {rows}) t(state, order_date, revenue)"
        )
        return morning.page(data), " ".join(site.render(data)["index.html"].split())


@pytest.mark.parametrize(
    ("sold", "says", "says_not"),
    [
        (
            [("SP", 1, 9), ("SP", 8, 4), ("RJ", 1, 2), ("RJ", 8, 3)],
            ["<strong>SP</strong> grew most: $9.00, $5.00 more", "<strong>RJ</strong> fell most: $2.00, $1.00 less"],
            [],
        ),
        (
            [("SP", 1, 3), ("SP", 8, 4), ("RJ", 1, 2), ("RJ", 8, 3)],
            ["no state brought more than in the 7 days before", "fell most"],
            ["grew most"],
        ),
        (
            [("SP", 1, 5), ("RJ", 1, 2), ("RJ", 8, 2)],
            ["<strong>SP</strong> grew most", "No state brought less."],
            ["fell most"],
        ),
        # Of whom nothing is known is no state; one state alone is not compared with others.
        ([("unknown", 1, 9), ("SP", 1, 5)], [], ["grew most", "brought"]),
    ],
)
def test_the_sentence_on_states_follows_from_their_figures(tmp_path, sold, says, says_not):
    _, text = rendered(tmp_path, sold)
    assert [part for part in says if part not in text] == []
    assert [part for part in says_not if part in text] == []


def test_a_state_that_did_not_change_is_in_no_list(tmp_path):
    page, _ = rendered(tmp_path, [("SP", 1, 5), ("SP", 9, 5), ("RJ", 2, 3), ("MG", 8, 1)])
    found = [(row["state"], row["difference"], row["news"]) for row in page.figures["states"].values]
    assert found == [("RJ", 3, "good"), ("MG", -1, "bad")]


def test_a_shop_of_ten_days_has_grown_nowhere(tmp_path):
    page, text = rendered(tmp_path, [("SP", 1, 5), ("RJ", 2, 3)], days=10)
    assert page.figures["states"].values == []
    assert "grew most" not in text
