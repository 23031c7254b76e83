"""Small lakes without Spark: gold tables written by delta-rs, and releases of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
from deltalake import DeltaTable, write_deltalake

from spark_app.contracts.table import Column, Contract, Serving, Type
from spark_app.lake import contents, log, releases, writes
from spark_app.lake.paths import Lake
from spark_app.lake.releases import Release


def contract(name: str, columns: Mapping[str, tuple[Type, bool]], key: Sequence[str], **serving: Any) -> Contract:
    """A gold contract of these columns (type, required); strings are of up to 20,000 characters."""
    return Contract(
        layer="gold",
        name=name,
        version="1.0.0",
        purpose=f"A table for tests, called {name}.",
        grain="one row per key",
        columns=tuple(
            Column(n, kind, required, f"the {n}", n, None, 20_000 if kind.name == "string" else None)
            for n, (kind, required) in columns.items()
        ),
        key=tuple(key),
        rules=(),
        references=(),
        daily=False,
        serving=Serving(serving.get("style", "even"), None, tuple(serving.get("sort", ())), ()),
        path=f"conf/contracts/gold/{name}.yaml",
    )


@dataclass
class Gold:
    """A lake of gold tables, changed by hand; `run` begins the names of the runs that release."""

    root: Path
    contracts: dict[str, Contract] = field(default_factory=dict)
    run: str = "run"

    @property
    def lake(self) -> Lake:
        return Lake(str(self.root / "lake"))

    def add(self, table: Contract, *, change_feed: bool = True) -> Contract:
        """Make the table, empty."""
        self.contracts[table.qualified] = table
        writes.create(self.lake.table(table.qualified), table.columns, change_feed=change_feed)
        return table

    def write(self, table: Contract, rows: Sequence[Mapping[str, Any]]) -> None:
        """Append rows."""
        schema_mode = {"schema_mode": "merge"}
        write_deltalake(self.lake.table(table.qualified).path, arrow(table, rows), mode="append", **schema_mode)

    def merge(self, table: Contract, rows: Sequence[Mapping[str, Any]] = (), gone: Sequence[Any] = ()) -> None:
        """Insert or update rows by their key; delete those of the keys `gone` (of one column)."""
        opened = DeltaTable(self.lake.table(table.qualified).path)
        if rows:
            same = " AND ".join(f"t.{name} = s.{name}" for name in table.key)
            merger = opened.merge(arrow(table, rows), same, source_alias="s", target_alias="t")
            merger.when_matched_update_all().when_not_matched_insert_all().execute()
        if gone:
            listed = ", ".join(repr(value) for value in gone)
            DeltaTable(self.lake.table(table.qualified).path).delete(f"{table.key[0]} IN ({listed})")

    def release(self, kind: str = "run", tables: Mapping[str, int] | None = None) -> Release:
        """Release the tables as they are, or the versions of an earlier release again."""
        last = releases.latest(self.lake)
        number = last.release_id + 1 if last else 1
        versions = tables or {name: log.version_of(self.lake.table(name)) or 0 for name in self.contracts}
        new = Release(number, f"{self.run}-{number}", kind, dict(versions), None, None, datetime.now(UTC))
        releases.record(self.lake, new)
        return new

    def rows(self, table: Contract, version: int | None = None) -> list[tuple[Any, ...]]:
        """The rows of a version, by key; times in UTC without a zone."""
        opened = log.open_table(self.lake.table(table.qualified), version)
        assert opened is not None
        found = opened.to_pyarrow_table(columns=list(table.column_names)).to_pylist()
        plain = [tuple(_plain(row[name]) for name in table.column_names) for row in found]
        return sorted(plain, key=lambda row: str(row[: len(table.key)]))


def arrow(table: Contract, rows: Sequence[Mapping[str, Any]]) -> pa.Table:
    """Rows in the contract's types."""
    schema = pa.schema([(column.name, contents.arrow_type(column.type)) for column in table.columns])
    return pa.Table.from_pylist([dict(row) for row in rows], schema=schema)


def _plain(value: Any) -> Any:
    return value.astimezone(UTC).replace(tzinfo=None) if isinstance(value, datetime) and value.tzinfo else value
