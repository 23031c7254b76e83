"""Watched figures by segment: a state of one country is not added to its namesake in another."""

from __future__ import annotations

from datetime import date

import pytest

from spark_app.contracts.load import load_contracts
from spark_app.quality import history
from tests.support.gold_shop import make_gold

LAST = date(2026, 11, 22)
TABLE = "gold.daily_customers"


@pytest.mark.parametrize("abroad", [0, 40])
def test_a_state_is_watched_with_its_country_where_there_are_two(tmp_path, abroad):
    gold = make_gold(tmp_path, days=40, customers=200, orders=900, last=LAST, abroad=abroad)
    release = gold.release()
    only = {TABLE: load_contracts()[TABLE]}
    span = history.Span(LAST, LAST)
    found = list(history._gold(gold.lake, only[TABLE], release.tables[TABLE], span))
    states = {one.segment[1] for one in found if one.segment and one.segment[0] == "state"}
    assert ({"SP, BR", "SP, US"} <= states, "SP" in states) == (abroad > 0, abroad == 0)
