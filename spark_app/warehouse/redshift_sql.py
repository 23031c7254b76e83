"""The statements of a load."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, datetime

from spark_app.contracts.ddl import quoted, redshift_type
from spark_app.warehouse.redshift_session import Session
from spark_app.warehouse.redshift_temp import LEFT_OVER
from spark_app.warehouse.staging import CAME, Slice

_STAGE = re.compile(r"stage_(\d{14})_[0-9a-f]{8}_.*")


def create_staging(part: Slice) -> str:
    """The staging table: the contract's columns, nothing required but the key, and whether the row came.

    Spread like the table itself, so that rows are deleted and inserted within their node.
    """
    contract = part.contract
    columns = [
        f"{quoted(c.name)} {redshift_type(c)}{' NOT NULL' if c.name in contract.key else ''}" for c in contract.columns
    ]
    columns.append(f"{quoted(CAME)} BOOLEAN NOT NULL")
    key = contract.serving.dist_key
    spread = f"DISTSTYLE KEY DISTKEY ({quoted(key)})" if key else "DISTSTYLE AUTO"
    return f'CREATE TABLE "etl".{quoted(part.table)} ({", ".join(columns)}) {spread}'


def exchange(part: Slice) -> list[str]:
    """Out with the keys that changed (or all rows) and in with what holds now. DELETE, as TRUNCATE would commit."""
    contract = part.contract
    table, stage = f'"analytics".{quoted(contract.name)}', f'"etl".{quoted(part.table)}'
    names = ", ".join(quoted(name) for name in contract.column_names)
    insert = f"INSERT INTO {table} ({names}) SELECT {names} FROM {stage} WHERE {quoted(CAME)}"
    if part.how == "full":
        order = ", ".join(quoted(name) for name in contract.serving.sort_key or contract.key)
        return [f"DELETE FROM {table}", f"{insert} ORDER BY {order}"]
    same = " AND ".join(f"{quoted(contract.name)}.{quoted(k)} = {quoted(part.table)}.{quoted(k)}" for k in contract.key)
    return [f"DELETE FROM {table} USING {stage} WHERE {same}", insert]


def count(schema: str, table: str) -> str:
    """How many rows a table has."""
    return f"SELECT count(*) FROM {quoted(schema)}.{quoted(table)}"


def drop_leftovers(session: Session, tables: Iterable[str]) -> None:
    """Drop staging tables of loads that died more than a day ago."""
    since = (datetime.now(UTC) - LEFT_OVER).strftime("%Y%m%d%H%M%S")
    for table in tables:
        found = _STAGE.fullmatch(table)
        if found and found[1] < since:
            session.run(f'DROP TABLE IF EXISTS "etl".{quoted(table)}')
