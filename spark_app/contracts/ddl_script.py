"""A whole warehouse as SQL: schemas, ledgers, tables, views and who may read them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from spark_app.contracts.ddl import duckdb_ddl, in_reference_order, quoted, redshift_ddl, views_ddl
from spark_app.contracts.table import Contract
from spark_app.contracts.view import View

SCHEMAS = ("analytics", "etl")
# Redshift enforces no key: that a release is entered once is ensured by locking etl.releases (warehouse/redshift.py).
LEDGERS = (
    'CREATE TABLE IF NOT EXISTS "etl"."releases" (\n  "release_id" BIGINT NOT NULL,\n  "run_id" VARCHAR(256),\n'
    '  "kind" VARCHAR(64),\n  "tables" VARCHAR(65535) NOT NULL,\n  "released_at" TIMESTAMP,\n'
    '  "loaded_at" TIMESTAMP NOT NULL,\n  "epoch" BIGINT,\n  PRIMARY KEY ("release_id")\n)\n'
    'DISTSTYLE ALL\nSORTKEY ("release_id")',
    'COMMENT ON TABLE "etl"."releases" IS \'Releases loaded, one row each; the greatest release_id is the one held\'',
    'CREATE TABLE IF NOT EXISTS "etl"."definitions" (\n  "name" VARCHAR(256) NOT NULL,\n  "layout" VARCHAR(4096),\n'
    '  "word" VARCHAR(64) NOT NULL,\n  "made_at" TIMESTAMP NOT NULL,\n  PRIMARY KEY ("name")\n)\nDISTSTYLE ALL',
    'COMMENT ON TABLE "etl"."definitions" IS \'What tables and views were last defined as, to see what changed\'',
)
_READ_ALL = 'GRANT SELECT ON ALL TABLES IN SCHEMA "analytics" TO ROLE "analyst"'


def duckdb_script(contracts: Iterable[Contract], views: Sequence[View]) -> list[str]:
    """All of a DuckDB warehouse; may be run again."""
    tables = [statement for contract in in_reference_order(contracts) for statement in duckdb_ddl(contract)]
    return [f"CREATE SCHEMA IF NOT EXISTS {quoted(schema)}" for schema in SCHEMAS] + tables + views_ddl(views)


def redshift_script(contracts: Iterable[Contract], views: Sequence[View], loader: str | None = None) -> list[str]:
    """All of a Redshift warehouse; may be run again. `loader`: the user whose tables to come analysts may read."""
    tables = [statement for contract in in_reference_order(contracts) for statement in redshift_ddl(contract)]
    return [*redshift_schemas(), *LEDGERS, *_analyst_role(loader), *tables, *views_ddl(views), _READ_ALL]


def redshift_schemas() -> list[str]:
    """`analytics` for analysts, `etl` for the loader alone."""
    return [f"CREATE SCHEMA IF NOT EXISTS {quoted(schema)}" for schema in SCHEMAS]


def _analyst_role(loader: str | None) -> list[str]:
    # CREATE ROLE knows no IF NOT EXISTS; a procedure may look first.
    of_loader = f" FOR USER {quoted(loader)}" if loader else ""
    return [
        'CREATE OR REPLACE PROCEDURE "etl"."make_analyst"() AS $$\nBEGIN\n'
        "  IF NOT EXISTS (SELECT 1 FROM svv_roles WHERE role_name = 'analyst') THEN\n"
        "    EXECUTE 'CREATE ROLE \"analyst\"';\n  END IF;\nEND;\n$$ LANGUAGE plpgsql",
        'CALL "etl"."make_analyst"()',
        'GRANT USAGE ON SCHEMA "analytics" TO ROLE "analyst"',
        # Tables and views to come as well, by whoever loads.
        f'ALTER DEFAULT PRIVILEGES{of_loader} IN SCHEMA "analytics" GRANT SELECT ON TABLES TO ROLE "analyst"',
        'REVOKE ALL ON SCHEMA "etl" FROM PUBLIC',
    ]
