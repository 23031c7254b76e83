"""From the columns the warehouse has to those of a changed contract."""

from __future__ import annotations

from dataclasses import replace

import pytest

from spark_app.contracts.ddl import redshift_type
from spark_app.contracts.load import load_contracts
from spark_app.contracts.migrate import Found, layout_text, migration, relaid
from spark_app.contracts.table import Column, Type
from spark_app.runtime.errors import ContractError

PRODUCTS = load_contracts()["gold.dim_products"]
TABLE = '"analytics"."dim_products"'
HAS = [Found(column.name, redshift_type(column), not column.required) for column in PRODUCTS.columns]


def having(name: str, type_: str, nullable: bool) -> list[Found]:
    return [Found(name, type_, nullable) if one.name == name else one for one in HAS]


def test_a_table_as_its_contract_needs_nothing():
    done = migration(PRODUCTS, HAS)
    assert (done.before, done.within, done.whole, done.rebinds, done.notes) == ((), (), False, False, ())


def test_a_table_that_is_not_there_is_created_and_loaded_whole():
    done = migration(PRODUCTS, [])
    assert done.within[0].startswith(f"CREATE TABLE IF NOT EXISTS {TABLE}")
    assert done.whole


def test_a_new_column_is_added_and_the_table_loaded_whole():
    color = Column("color", Type("string"), True, "what colour it's of", "color", None, 10)
    done = migration(replace(PRODUCTS, columns=(*PRODUCTS.columns, color)), HAS)
    assert done.within == (
        f'ALTER TABLE {TABLE} ADD COLUMN "color" VARCHAR(40)',
        f"COMMENT ON COLUMN {TABLE}.\"color\" IS 'what colour it''s of'",
    )
    assert (done.whole, done.before) == (True, ())


def test_a_longer_varchar_is_altered_outside_the_transaction():
    done = migration(PRODUCTS, having("name", "VARCHAR(100)", True))
    assert done.before == (f'ALTER TABLE {TABLE} ALTER COLUMN "name" TYPE VARCHAR(2000)',)
    assert (done.within, done.whole) == ((), False)


@pytest.mark.parametrize(
    ("name", "type_", "nullable"),
    [("name", "VARCHAR(4000)", True), ("unit_cost", "DECIMAL(20,2)", True), ("weight_g", "BIGINT", True)],
)
def test_what_is_wider_than_the_contract_stays(name, type_, nullable):
    done = migration(PRODUCTS, having(name, type_, nullable))
    assert (done.before, done.within) == ((), ())


def test_a_column_looser_than_the_contract_stays():
    assert migration(PRODUCTS, having("is_current", "BOOLEAN", True)).within == ()


@pytest.mark.parametrize(
    ("name", "type_", "nullable", "becomes"),
    [
        ("unit_cost", "DECIMAL(10,2)", True, "DECIMAL(18,2)"),
        ("volume_cm3", "INTEGER", True, "BIGINT"),
        ("brand", "VARCHAR(400)", False, "VARCHAR(400)"),
    ],
)
def test_what_redshift_cannot_alter_is_copied_into_a_new_column_of_the_name(name, type_, nullable, becomes):
    done = migration(PRODUCTS, having(name, type_, nullable))
    assert done.within == (
        f'ALTER TABLE {TABLE} ADD COLUMN "{name}__new" {becomes}',
        f'UPDATE {TABLE} SET "{name}__new" = "{name}"',
        f'ALTER TABLE {TABLE} DROP COLUMN "{name}"',
        f'ALTER TABLE {TABLE} RENAME COLUMN "{name}__new" TO "{name}"',
    )
    assert (done.rebinds, done.whole, len(done.notes)) == (True, False, 1)


@pytest.mark.parametrize(
    ("name", "type_", "nullable", "expected"),
    [
        ("unit_cost", "DECIMAL(18,4)", True, r"DECIMAL\(18,4\), expected DECIMAL\(18,2\).*values may not fit"),
        ("unit_cost", "INTEGER", True, r"INTEGER, expected DECIMAL\(18,2\)"),
        ("valid_to", "TIMESTAMP WITH TIME ZONE", True, "expected TIMESTAMP"),
        (
            "product_id",
            "VARCHAR(10)",
            False,
            r'"product_id": found VARCHAR\(10\) NOT NULL, expected VARCHAR\(256\).*unique',
        ),
        ("product_key", "INTEGER", False, "expected BIGINT.*it is in the primary key"),
    ],
)
def test_what_cannot_be_changed_in_place_is_refused_with_what_to_do(name, type_, nullable, expected):
    with pytest.raises(ContractError, match=expected) as caught:
        migration(PRODUCTS, having(name, type_, nullable))
    assert caught.value.message.startswith(f"warehouse {TABLE}: column")
    assert f"ALTER TABLE {TABLE} RENAME TO" in (caught.value.hint or "")


def test_a_column_that_left_the_contract_is_kept_and_reported():
    done = migration(PRODUCTS, [*HAS, Found("color", "VARCHAR(40)", True)])
    assert (done.before, done.within) == ((), ())
    assert done.notes == (f'{TABLE}: column "color" is not in the contract any more: kept, no longer filled',)


def test_a_required_column_that_left_is_kept_with_its_values_and_may_be_empty_from_then_on():
    done = migration(PRODUCTS, [*HAS, Found("color", "VARCHAR(40)", False)])
    assert done.within[1] == f'UPDATE {TABLE} SET "color__new" = "color"'
    assert "kept" in done.notes[0]


def test_a_changed_layout_is_altered_and_an_unknown_or_equal_one_left():
    orders = load_contracts()["gold.fact_orders"]
    assert relaid(orders, None) == relaid(orders, layout_text(orders)) == ()
    assert relaid(orders, 'DISTSTYLE ALL SORTKEY ("order_id")') == (
        'ALTER TABLE "analytics"."fact_orders" ALTER DISTSTYLE KEY DISTKEY "order_id"',
        'ALTER TABLE "analytics"."fact_orders" ALTER SORTKEY ("order_date")',
    )
    assert relaid(PRODUCTS, "DISTSTYLE EVEN")[0] == f"ALTER TABLE {TABLE} ALTER DISTSTYLE ALL"
