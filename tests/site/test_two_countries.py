"""A shop that sells in two countries, whose states have the same names."""

from __future__ import annotations

import pytest

from tests.site.conftest import LAST, Shop, made, number

pytestmark = pytest.mark.site


@pytest.fixture(scope="module")
def abroad(tmp_path_factory: pytest.TempPathFactory) -> Shop:
    return made(tmp_path_factory.mktemp("abroad"), days=100, customers=200, orders=1500, abroad=40)


def test_a_states_bars_and_filter_are_of_one_country(opened, abroad):
    shown = opened("customers", "from=2026-10-01&to=2026-11-22&state=SP, US", of=abroad)
    assert not shown.page.locator("#said").is_visible()
    [(state, revenue)] = [line[:2] for line in shown.table("state")[1:]]
    sql = f"SELECT sum(revenue) FROM daily_customers WHERE state = 'SP' AND country = 'US' AND order_date BETWEEN DATE '2026-10-01' AND DATE '{LAST}'"  # fmt: skip  # noqa: E501
    assert (state, number(revenue)) == ("SP, US", float(abroad.one(sql)))
    shown.choose(lambda: shown.page.locator("[name=state]").select_option(""))
    states = [line[0] for line in shown.table("state")[1:]]
    assert {"SP, BR", "SP, US"} <= set(states)
    assert len(states) == len(set(states))


def test_a_state_without_its_country_may_be_several(opened, abroad):
    shown = opened("delivery", "customer_state=SP", of=abroad)
    assert shown.page.locator("#said").inner_text() == "“SP” may be SP, BR or SP, US: all are shown."
    assert shown.page.locator("[name=customer_state]").input_value() == ""
