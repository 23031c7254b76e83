"""Contracts as SQL."""

from __future__ import annotations

import re

import duckdb
import pytest

from spark_app.contracts.ddl import duckdb_ddl, in_reference_order, redshift_ddl
from spark_app.contracts.load import load_contracts

CONTRACTS = load_contracts()
GOLD = [contract for contract in CONTRACTS.values() if contract.layer == "gold"]


@pytest.fixture
def warehouse():
    with duckdb.connect(":memory:") as connection:
        connection.execute("CREATE SCHEMA analytics")
        for contract in GOLD:
            for statement in [*duckdb_ddl(contract), *duckdb_ddl(contract)]:
                connection.execute(statement)
        yield connection


def test_duckdb_has_every_column_with_its_type_and_comment(warehouse):
    found = warehouse.execute(
        "SELECT table_name, column_name, data_type, is_nullable, comment FROM duckdb_columns() "
        "WHERE schema_name = 'analytics' ORDER BY table_name, column_index"
    ).fetchall()
    names = {"string": "VARCHAR", "int": "INTEGER"}
    assert found == [
        (c.name, x.name, names.get(x.type.name, x.type.spark.upper()), not x.required, x.description)
        for c in sorted(GOLD, key=lambda c: c.name)
        for x in c.columns
    ]


def test_duckdb_comments_tables_and_has_no_index(warehouse):
    comment = "SELECT comment FROM duckdb_tables() WHERE table_name = 'daily_payments'"
    text = warehouse.execute(comment).fetchone()[0]
    assert text.endswith(
        "Grain: one row per day, payment method and payment status. Key: order_date, payment_method, payment_status."
    )
    assert warehouse.execute("SELECT count(*) FROM duckdb_constraints() WHERE constraint_type = 'PRIMARY KEY'")
    assert warehouse.fetchone() == (0,)


def test_duckdb_takes_a_row_and_refuses_one_without_a_required_value(warehouse):
    warehouse.execute("INSERT INTO analytics.customer_cohorts VALUES ('2024-01-01', 0, 1, 1, 12.34)")
    with pytest.raises(duckdb.ConstraintException, match="revenue"):
        warehouse.execute("INSERT INTO analytics.customer_cohorts VALUES ('2024-01-01', 1, 1, 1, NULL)")


def test_apostrophes_in_descriptions_stay_text(warehouse):
    comment = "SELECT comment FROM duckdb_columns() WHERE table_name = 'fact_orders' AND column_name = 'order_id'"
    assert warehouse.execute(comment).fetchone() == ("the shop's id of the order",)


def test_redshift_lays_a_fact_out_by_order_and_day():
    create, *comments = redshift_ddl(CONTRACTS["gold.fact_payments"], "shop")
    assert create.splitlines() == [
        'CREATE TABLE IF NOT EXISTS "shop"."fact_payments" (',
        '  "order_id" VARCHAR(256) NOT NULL,',
        '  "payment_sequence" INTEGER NOT NULL,',
        '  "customer_key" BIGINT NOT NULL,',
        '  "order_date" DATE,',
        '  "paid_at" TIMESTAMP,',
        '  "payment_method" VARCHAR(128) NOT NULL,',
        '  "payment_status" VARCHAR(64) NOT NULL,',
        '  "installments" INTEGER,',
        '  "amount" DECIMAL(18,2) NOT NULL,',
        '  PRIMARY KEY ("order_id", "payment_sequence"),',
        '  FOREIGN KEY ("customer_key") REFERENCES "shop"."dim_customers" ("customer_key"),',
        '  FOREIGN KEY ("order_date") REFERENCES "shop"."dim_dates" ("date")',
        ")",
        "DISTSTYLE KEY",
        'DISTKEY ("order_id")',
        'SORTKEY ("order_date")',
        "ENCODE AUTO",
    ]
    assert len(comments) == 1 + 9
    assert comments[0].startswith('COMMENT ON TABLE "shop"."fact_payments" IS \'How orders were paid')


def test_redshift_declares_unique_what_is_referenced():
    """Redshift refuses a foreign key to a column that is neither key nor unique."""
    for contract in GOLD:
        for reference in contract.references:
            create = redshift_ddl(CONTRACTS[f"gold.{reference.table}"])[0]
            assert re.search(rf'(PRIMARY KEY|UNIQUE) \("{reference.to[0]}"\)', create), reference


def test_redshift_strings_are_in_bytes_and_never_too_long():
    create = redshift_ddl(CONTRACTS["silver.reviews"])[0]
    assert '"title" VARCHAR(2000)' in create
    assert '"comment" VARCHAR(40000)' in create
    widths = [int(n) for c in CONTRACTS.values() for n in re.findall(r"VARCHAR\((\d+)\)", redshift_ddl(c)[0])]
    assert max(widths) <= 65535


def test_referenced_tables_are_created_first():
    names = [contract.name for contract in in_reference_order(GOLD)]
    assert sorted(names) == sorted(contract.name for contract in GOLD)
    for contract in GOLD:
        for reference in contract.references:
            assert names.index(reference.table) < names.index(contract.name)


@pytest.mark.parametrize("contract", GOLD, ids=lambda contract: contract.name)
def test_every_gold_table_says_which_joins_and_filters_its_layout_serves(contract):
    serving, reasons = contract.serving, dict(contract.serving.reasons)
    spread = "distKey" if serving.dist_key else "distStyle"
    assert {spread, "sortKey"} <= set(reasons), "distribution and sort key each need a description in the contract"
    assert re.search(r"\bjoin", reasons[spread]), "which joins does the distribution serve?"
    assert re.search(r"join|filter|compar", reasons["sortKey"]), "which filters or joins does the sort key serve?"
    assert serving.sort_key
    if contract.name.startswith("fact_"):
        assert serving.dist_key in ("order_id", "customer_key")
        assert serving.sort_key[0] == ("refund_date" if contract.name == "fact_refunds" else "order_date")
