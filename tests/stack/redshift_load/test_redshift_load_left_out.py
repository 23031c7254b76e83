"""Tables that the settings leave out: not made, dropped where they were loaded, whole again when they come back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import pytest

from spark_app.contracts.load import load_contracts
from spark_app.contracts.views import load_views
from spark_app.runtime.errors import WarehouseError
from spark_app.warehouse.redshift import RedshiftWarehouse
from spark_app.warehouse.redshift_schema import plan_changes, read_state
from spark_app.warehouse.redshift_session import connected
from tests.support.redshift import PEOPLE, SALES, load, rows, sale
from tests.support.small_lakes import Gold

pytestmark = pytest.mark.stack
CONTRACTS = load_contracts()
GOLD = {c.name: c for c in CONTRACTS.values() if c.layer == "gold"}
VIEWS = load_views(CONTRACTS)


def leaving_out(warehouse: RedshiftWarehouse, *names: str) -> RedshiftWarehouse:
    return replace(warehouse, settings=warehouse.settings.model_copy(update={"leave_out": names}))


def names(query) -> set[str]:
    return {name for (name,) in query("SELECT table_name FROM svv_tables WHERE table_schema = 'analytics'")}


def test_a_table_left_out_is_not_made_and_the_ledger_does_not_know_it(warehouse, query, gold):
    done = load(leaving_out(warehouse, "shop_people"), gold)
    assert done == {"shop_sales": ("full", 20)}
    assert names(query) == {"shop_sales"}
    assert query("SELECT tables FROM etl.releases") == [('{"gold.shop_sales": 1}',)]
    assert query("SELECT name FROM etl.definitions") == [("shop_sales",)]


def test_one_that_was_loaded_is_dropped_without_a_new_release_and_that_is_told_once(warehouse, query, gold, notes):
    release = gold.release()
    load(warehouse, gold, release)
    without = leaving_out(warehouse, "shop_people")
    assert load(without, gold, release) == {"shop_sales": ("nothing", 0)}
    assert names(query) == {"shop_sales"}
    assert query("SELECT release_id, tables FROM etl.releases") == [(1, '{"gold.shop_sales": 1}')]
    assert notes == ["left out (redshift.leave_out) and dropped: shop_people"]
    assert load(without, gold, release) == {}
    gold.merge(SALES, [sale(3, 33)])
    assert load(without, gold) == {"shop_sales": ("changes", 1)}
    assert len(notes) == 1


def test_one_that_comes_back_is_loaded_whole_with_what_has_changed_meanwhile(warehouse, query, gold):
    release = gold.release()
    load(warehouse, gold, release)
    load(leaving_out(warehouse, "shop_people"), gold, release)
    assert load(warehouse, gold, release) == {"shop_sales": ("nothing", 0), "shop_people": ("full", 8)}
    load(leaving_out(warehouse, "shop_people"), gold, release)
    gold.merge(PEOPLE, [{"id": "p1", "city": "Nice"}])
    assert load(warehouse, gold) == {"shop_sales": ("nothing", 0), "shop_people": ("full", 8)}
    assert rows(query, PEOPLE) == gold.rows(PEOPLE)
    assert query("SELECT count(*) FROM etl.releases") == [(2,)]


def test_a_load_that_fails_has_dropped_nothing(warehouse, query, gold, redshift):
    load(warehouse, gold)
    gold.merge(SALES, [sale(3, 33)])
    release = gold.release()
    redshift.faults.arm("disk-full:analytics.shop_sales")
    with pytest.raises(WarehouseError):
        load(leaving_out(warehouse, "shop_people"), gold, release)
    assert (names(query), warehouse.loaded_release()) == ({"shop_sales", "shop_people"}, 1)


def test_what_somebody_has_built_on_it_keeps_it_and_the_load_says_so(warehouse, query, gold):
    load(warehouse, gold)
    query("CREATE VIEW analytics.ours AS SELECT id FROM analytics.shop_people", fetch=False)
    with pytest.raises(WarehouseError, match="cannot drop table"):
        load(leaving_out(warehouse, "shop_people"), gold)
    assert (names(query), warehouse.loaded_release()) == ({"shop_sales", "shop_people", "ours"}, 1)


def test_a_table_of_somebodys_own_by_that_name_stays(warehouse, query, gold):
    without = leaving_out(warehouse, "shop_people")
    load(without, gold)
    query("CREATE TABLE analytics.shop_people (id INTEGER)", fetch=False)
    gold.merge(SALES, [sale(3, 33)])
    load(without, gold)
    assert names(query) == {"shop_sales", "shop_people"}


@pytest.mark.parametrize(
    ("left_out", "views"),
    [
        (["daily_products"], {"products_daily", "products_monthly"}),
        (["landed_days", "daily_sales"], {"sales_daily", "sales_weekly", "sales_monthly"}),
        (["hourly_sales"], set()),
    ],
)
def test_views_go_and_come_with_their_table(
    warehouse, query, tmp_path, left_out: Sequence[str], views: Mapping[str, str]
):
    gold = Gold(tmp_path)
    for contract in GOLD.values():
        gold.add(contract)
    warehouse, release = replace(warehouse, views=VIEWS), gold.release()
    load(warehouse, gold, release)
    everything = names(query)
    load(leaving_out(warehouse, *left_out), gold, release)
    assert everything - names(query) == {*left_out, *views}
    kept = {name: one for name, one in GOLD.items() if name not in left_out}
    with connected(warehouse.settings) as session:
        plan = plan_changes(kept, VIEWS, read_state(session), [GOLD[name] for name in left_out])
    assert (plan.before, plan.within, plan.news) == ((), (), ())
    load(warehouse, gold, release)
    assert names(query) == everything


@pytest.mark.parametrize("fault", ["cut-before-commit", "cut-after-commit"])
def test_a_connection_cut_at_the_commit_is_seen_through_by_the_tables_of_the_ledger(
    warehouse, query, gold, redshift, fault: str
):
    """The release is the same before and after: only what it lists tells whether the commit came through."""
    release = gold.release()
    load(warehouse, gold, release)
    redshift.faults.arm(f"{fault}:etl.releases")
    load(leaving_out(warehouse, "shop_people"), gold, release)
    assert names(query) == {"shop_sales"}
    assert query("SELECT tables FROM etl.releases") == [('{"gold.shop_sales": 1}',)]
