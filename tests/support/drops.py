"""Rows in, rows out: canonical drops written from rows, runs over them, and what the tables then hold."""

from __future__ import annotations

import csv
import gzip
import io
import shutil
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest
from deltalake import DeltaTable

from spark_app.contracts.load import load_contracts
from spark_app.jobs.nightly import run
from spark_app.runs.request import Outcome, RunRequest
from spark_app.shops.demo_rows import COLUMNS

Row = Mapping[str, object]
Tables = dict[str, list[tuple[Any, ...]]]


def drop(
    landing: Path,
    entity: str,
    day: str | date,
    rows: Iterable[Row],
    name: str = "a.csv",
    columns: Sequence[str] | None = None,
) -> Path:
    """Write one landed file of a canonical entity; what a row does not give is empty.

    `columns` is the header (default: the demo shop's, and what the rows have besides). A file of the name is replaced;
    a name that ends in .gz is compressed. Returns its path.
    """
    text, given = io.StringIO(), list(rows)
    header = columns or tuple(dict.fromkeys([*COLUMNS.get(entity, ()), *(name for row in given for name in row)]))
    writer = csv.DictWriter(text, header, restval="", extrasaction="ignore", lineterminator="\n")
    writer.writeheader()
    writer.writerows({key: "" if value is None else value for key, value in row.items()} for row in given)
    path = landing / entity / f"dt={day}" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    content = text.getvalue().encode()
    path.write_bytes(gzip.compress(content, mtime=0) if name.endswith(".gz") else content)
    return path


def run_days(
    home: Path, first: str | date, last: str | date | None = None, *, expect: int = 0, **order: Any
) -> Outcome:
    """A local run of one date or a range in `home` (which holds `landing`); fails unless it ends with `expect`."""
    days = [date.fromisoformat(day) if isinstance(day, str) else day for day in (first, last or first)]
    wanted = {"allow_missing": True, **order}
    outcome = run(RunRequest("local", home=str(home), first=days[0], last=days[1], **wanted))
    assert outcome.exit_code == expect, f"exit {outcome.exit_code}: {outcome.message}\n{outcome.hint}"
    return outcome


def gold(home: Path) -> Tables:
    """Every gold table of the lake as it is now: sorted rows, columns as in the contract."""
    return {name: table_rows(home, f"gold.{name}", columns) for name, columns in gold_columns().items()}


def warehouse(home: Path) -> Tables:
    """Every table that analysts see: sorted rows, columns as in the contract; none before the first release."""
    path = home / "warehouse.duckdb"
    if not path.is_file():
        return {}
    with duckdb.connect(str(path), read_only=True) as connection:
        connection.execute("SET TimeZone = 'UTC'")
        return {
            name: _sorted(connection.sql(f'SELECT {_list(columns)} FROM analytics."{name}"').to_arrow_table())
            for name, columns in gold_columns().items()
        }


def table_rows(
    home: Path, table: str, columns: Sequence[str] | None = None, version: int | None = None
) -> list[tuple[Any, ...]]:
    """Sorted rows of a table of the lake (`silver.orders`, `ops.runs`); technical columns only where asked for."""
    opened = DeltaTable(str(home / "lake" / table.replace(".", "/")), version=version)
    dataset = opened.to_pyarrow_dataset()
    names = list(columns or [name for name in dataset.schema.names if not name.startswith("_")])
    return _sorted(dataset.to_table(columns=names))


def table_dicts(home: Path, table: str) -> list[dict[str, Any]]:
    """Rows of a table of the lake by column name, in no order; none where there is no table."""
    path = home / "lake" / table.replace(".", "/")
    return DeltaTable(str(path)).to_pyarrow_dataset().to_table().to_pylist() if path.is_dir() else []


def gold_columns() -> dict[str, tuple[str, ...]]:
    """Each gold table's columns."""
    contracts = load_contracts().values()
    return {contract.name: contract.column_names for contract in contracts if contract.layer == "gold"}


def pick(home: Path, table: str, *columns: str) -> list[tuple[Any, ...]]:
    """Sorted rows of some columns (all where none is named) of a gold table."""
    return table_rows(home, f"gold.{table}", columns or gold_columns()[table])


def assert_same(found: Tables, expected: Tables) -> None:
    """Row for row; says which rows of which table differ."""
    assert set(found) == set(expected)
    for name, rows in expected.items():
        if found[name] != rows:
            surplus = [row for row in found[name] if row not in rows]
            lacking = [row for row in rows if row not in found[name]]
            pytest.fail(f"{name}: not expected {surplus[:5]}; missing {lacking[:5]}")


def copied(home: Path, to: Path) -> Path:
    """A copy of a home, to go on from without doing its runs again."""
    for part in ("landing", "lake"):
        shutil.copytree(home / part, to / part, dirs_exist_ok=True)
    if (home / "warehouse.duckdb").is_file():
        shutil.copyfile(home / "warehouse.duckdb", to / "warehouse.duckdb")
    return to


def days_of(first: str, count: int) -> list[date]:
    return [date.fromisoformat(first) + timedelta(days=n) for n in range(count)]


def _sorted(table: Any) -> list[tuple[Any, ...]]:
    rows = [tuple(_plain(value) for value in row.values()) for row in table.to_pylist()]
    return sorted(rows, key=lambda row: [(value is not None, str(value)) for value in row])


def _plain(value: Any) -> Any:
    """Times without zone (all are UTC), so that the lake's and the warehouse's compare."""
    return value.astimezone(UTC).replace(tzinfo=None) if isinstance(value, datetime) and value.tzinfo else value


def _list(columns: Sequence[str]) -> str:
    return ", ".join(f'"{name}"' for name in columns)
