"""Changed contracts, and rows that do not fit them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from spark_app.contracts.migrate import Found
from spark_app.contracts.table import Column, Type
from spark_app.runtime.errors import ContractError, WarehouseError
from spark_app.warehouse.redshift_session import connected
from tests.support.redshift import PEOPLE, SALES, changed, load, rows, sale

pytestmark = pytest.mark.stack


def test_a_new_column_is_added_and_every_row_gets_its_value(warehouse, query, gold, notes):
    load(warehouse, gold)
    note = Column("note", Type("string"), False, "a note", "note", None, 40)
    wider = replace(PEOPLE, columns=(*PEOPLE.columns, note))
    gold.contracts[PEOPLE.qualified] = wider
    gold.write(wider, [{"id": "p8", "city": "Lille", "note": "new"}])
    done = load(warehouse, gold)
    assert done == {"shop_sales": ("nothing", 0), "shop_people": ("full", 9)}
    assert ("p8", "Lille", "new") in rows(query, wider)
    assert ("p1", "Lyon", None) in rows(query, wider)
    assert any('column "note" is new' in told for told in notes)


def test_a_column_that_left_is_kept_with_its_values_and_said_once(warehouse, query, gold, notes):
    load(warehouse, gold)
    gold.contracts[PEOPLE.qualified] = replace(PEOPLE, columns=PEOPLE.columns[:1])
    gold.merge(SALES, [sale(3, 33)])
    load(warehouse, gold)
    assert ("p1", "Lyon") in rows(query, PEOPLE)
    assert len([told for told in notes if "kept, no longer filled" in told]) == 1
    gold.merge(SALES, [sale(3, 34)])
    load(warehouse, gold)
    assert len([told for told in notes if "kept, no longer filled" in told]) == 1


def test_a_longer_varchar_and_a_wider_decimal_take_effect_without_loading_whole(warehouse, query, gold):
    load(warehouse, gold)
    kinds = {"revenue": Type("decimal", 20, 2)}
    changed(gold, SALES, **kinds)
    narrow = replace(PEOPLE, columns=tuple(replace(c, max_length=100) for c in PEOPLE.columns))
    gold.contracts[PEOPLE.qualified] = narrow
    gold.merge(PEOPLE, [{"id": "p1", "city": "Nantes"}])
    done = load(warehouse, gold)
    assert done == {"shop_sales": ("nothing", 0), "shop_people": ("changes", 1)}
    with connected(warehouse.settings) as session:
        from spark_app.warehouse.redshift_schema import read_state

        columns = read_state(session).columns
    assert Found("revenue", "DECIMAL(20,2)", True) in columns["shop_sales"]
    assert rows(query, SALES) == gold.rows(SALES)


def test_what_redshift_cannot_change_is_refused_and_nothing_is_touched(warehouse, query, gold):
    load(warehouse, gold)
    kinds = {"orders": Type("string")}
    changed(gold, SALES, **kinds)
    gold.merge(SALES, [sale(3, 33)])
    with pytest.raises(ContractError, match=r'"orders": found BIGINT NOT NULL, expected VARCHAR\(1024\)'):
        load(warehouse, gold)
    assert warehouse.loaded_release() == 1


def test_a_string_too_long_is_refused_before_copy_by_table_column_and_key(warehouse, gold, leftovers):
    gold.merge(PEOPLE, [{"id": "p9", "city": "é" * 33_000}])
    with pytest.raises(WarehouseError, match="66000 bytes") as caught:
        load(warehouse, gold)
    assert "shop_people, column \"city\", row with id 'p9'" in caught.value.message
    assert caught.value.retry is False
    assert leftovers() == ([], [])


def test_a_missing_value_is_refused_before_copy(warehouse, gold):
    gold.contracts[SALES.qualified] = replace(SALES, columns=tuple(replace(c, required=True) for c in SALES.columns))
    gold.merge(SALES, [sale(4, 1, None)])
    with pytest.raises(WarehouseError, match=r'column "revenue", row with day .*2024, 1, 4.*found no value'):
        load(warehouse, gold)


def test_a_row_that_came_and_went_between_releases_may_be_anything(warehouse, query, gold):
    load(warehouse, gold)
    gold.merge(PEOPLE, [{"id": "p9", "city": "x" * 70_000}])
    gold.merge(PEOPLE, gone=["p9"])
    assert load(warehouse, gold)["shop_people"] == ("changes", 0)
    assert rows(query, PEOPLE) == gold.rows(PEOPLE)


def test_a_table_without_a_contract_now_is_left_as_it_is_there_and_said(warehouse, query, gold, notes):
    first = gold.release()
    load(warehouse, gold, first)
    del gold.contracts[PEOPLE.qualified]
    gold.merge(SALES, [sale(3, 33)])
    load(warehouse, gold)
    assert load(warehouse, gold, gold.release("rollback", first.tables)) == {"shop_sales": ("changes", 1)}
    assert len(rows(query, PEOPLE)) == 8
    assert any(told.startswith("gold.shop_people: of release 3, but without a contract") for told in notes)
