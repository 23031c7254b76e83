"""Whoever asks the warehouse can read what every column of every table and view is."""

from __future__ import annotations

import duckdb

from spark_app.contracts.ddl_script import duckdb_script, redshift_script
from spark_app.contracts.load import load_contracts
from spark_app.contracts.views import load_views

CONTRACTS = load_contracts()
GOLD = [contract for contract in CONTRACTS.values() if contract.layer == "gold"]
VIEWS = load_views(CONTRACTS)
DESCRIBED = {(one.name, column.name): column.description for one in [*GOLD, *VIEWS] for column in one.columns}


def test_in_duckdb():
    with duckdb.connect() as connection:
        for statement in duckdb_script(GOLD, VIEWS):
            connection.execute(statement)
        rows = connection.execute(
            "SELECT table_name, column_name, comment FROM duckdb_columns() WHERE schema_name = 'analytics'"
        ).fetchall()
    assert {(table, column): comment for table, column, comment in rows} == {
        key: " ".join(text.split()) for key, text in DESCRIBED.items()
    }


def test_in_the_script_of_redshift():
    script = "\n".join(redshift_script(GOLD, VIEWS))
    lost = [key for key in DESCRIBED if f'COMMENT ON COLUMN "analytics"."{key[0]}"."{key[1]}" IS ' not in script]
    assert lost == []
    assert all(DESCRIBED.values())
