"""The printed script."""

from __future__ import annotations

import re

from spark_app.contracts.ddl_script import redshift_script
from spark_app.contracts.load import load_contracts
from spark_app.contracts.views import load_views

CONTRACTS = load_contracts()
GOLD = [contract for contract in CONTRACTS.values() if contract.layer == "gold"]


def test_the_redshift_script_is_in_an_order_that_runs():
    script = redshift_script(GOLD, load_views(CONTRACTS), loader="loader")
    text = ";\n".join(script)
    at = [text.index(part) for part in (
        'CREATE SCHEMA IF NOT EXISTS "etl"',
        'CREATE TABLE IF NOT EXISTS "etl"."releases"',
        'FOR USER "loader" IN SCHEMA "analytics" GRANT SELECT ON TABLES TO ROLE "analyst"',
        'CREATE TABLE IF NOT EXISTS "analytics"."dim_dates"',
        'CREATE TABLE IF NOT EXISTS "analytics"."fact_orders"',
        'CREATE VIEW "analytics"."orders"',
        'GRANT SELECT ON ALL TABLES IN SCHEMA "analytics" TO ROLE "analyst"',
    )]  # fmt: skip
    assert at == sorted(at)
    assert not re.search(r'GRANT [^;]*"etl"', text), "analysts get nothing on etl"
    assert not re.search(r"DROP (?!VIEW IF EXISTS)", text)
