"""What a load moves of one table, as Arrow: all rows of a version, or those whose keys changed between two."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace

import duckdb
import pyarrow as pa
import pyarrow.compute as pc
from deltalake import DeltaTable
from pyarrow.dataset import Dataset

from spark_app.contracts.ddl import REDSHIFT_LONGEST, redshift_type
from spark_app.contracts.table import Contract
from spark_app.lake import contents, log
from spark_app.lake.feed import last_changes
from spark_app.lake.paths import Lake
from spark_app.runtime import duck
from spark_app.runtime.errors import LakeError, WarehouseError

# In staging tables: whether the row is there after the load; where not, just its key counts.
CAME = "came__"
# More versions than this between two releases: reading them all is no cheaper than the table.
_WIDE = 400
_BATCH_ROWS = 65536


class UnfitRow(WarehouseError):
    """A row the warehouse would cut or refuse."""

    retry = False


@dataclass(frozen=True)
class Slice:
    """One table's part of a load, on its way into the staging table `table` of schema etl.

    `how`: full or changes. `from_version`: the version the warehouse has, `version` the one it is brought to. `batches`
    gives the rows, as `schema` says. `prefix`: where in S3 its files may lie.
    """

    contract: Contract
    lake: Lake
    how: str
    from_version: int | None
    version: int
    table: str
    prefix: str
    batches: Callable[[], Iterator[pa.RecordBatch]] = field(repr=False)

    @property
    def schema(self) -> pa.Schema:
        return schema_of(self.contract)


def schema_of(contract: Contract) -> pa.Schema:
    """The contract's columns, times in UTC without a zone as the warehouse keeps them, and `CAME`."""
    kinds = [(column.name, contents.arrow_type(column.type)) for column in contract.columns]
    plain = [(name, pa.timestamp("us") if pa.types.is_timestamp(kind) else kind) for name, kind in kinds]
    return pa.schema([*plain, (CAME, pa.bool_())])


def read_all_rows(part: Slice) -> Slice:
    """All rows of the version."""

    def batches() -> Iterator[pa.RecordBatch]:
        names = list(part.contract.column_names)
        dataset = contents.rows_as(_rows(part.lake, part.contract, part.version), part.contract.columns)
        for batch in dataset.to_batches(columns=names, batch_size=_BATCH_ROWS):
            if batch.num_rows:
                yield from _checked(part.contract, batch.append_column(CAME, pa.array([True] * batch.num_rows)))

    return replace(part, how="full", batches=batches)


def read_changed_rows(part: Slice, scratch: duckdb.DuckDBPyConnection) -> Slice | None:
    """The rows of keys that changed between the two versions, either way; None where all rows are the shorter way.

    That is where the change feed does not reach back, the versions lie far apart, or half of the rows changed.
    """
    if part.from_version is None or abs(part.version - part.from_version) > _WIDE:
        return None
    rows = log.row_count(part.lake.table(part.contract.qualified), part.version)
    try:
        count = _gather(part, scratch)
    # Whatever the log reader finds missing: the table is then read as it is, and what is really broken shows there.
    except Exception:
        return None
    if count * 2 > rows:
        return None
    name = f'"{part.table}"'

    def batches() -> Iterator[pa.RecordBatch]:
        reader: pa.RecordBatchReader = scratch.sql(f"SELECT * FROM {name}").to_arrow_reader(_BATCH_ROWS)
        for batch in reader:
            yield from _checked(part.contract, batch)

    return replace(part, how="changes", batches=batches)


def _gather(part: Slice, scratch: duckdb.DuckDBPyConnection) -> int:
    """The changes as table `part.table` of the scratch database; how many there are."""
    contract, version, from_version = part.contract, part.version, part.from_version
    assert from_version is not None  # asked for changes
    later = _opened(part.lake, contract, max(from_version, version))
    wanted = [*contract.column_names, "_change_type", "_commit_version"]
    feed = later.load_cdf(
        starting_version=min(from_version, version) + 1, ending_version=max(from_version, version), columns=wanted
    )
    scratch.register("feed", pa.RecordBatchReader.from_stream(feed))
    last = last_changes("feed", contract.key)
    names = ", ".join(f'"{name}"' for name in contract.column_names)
    # Of a row that went, its key alone: what else it held may be anything, and is not looked at.
    keyed = [
        f'"{n}"' if n in contract.key else f'CASE WHEN came THEN "{n}" END AS "{n}"' for n in contract.column_names
    ]
    if from_version < version:
        sql = f'SELECT {", ".join(keyed)}, came AS "{CAME}" FROM ({last})'
    else:
        # Back to an earlier version: what it holds of the keys that changed since, and which of them it lacks.
        duck.offer(scratch, "earlier", contents.rows_as(_rows(part.lake, contract, version), contract.columns))
        same = " AND ".join(f'a."{name}" = b."{name}"' for name in contract.key)
        scratch.execute(f'CREATE OR REPLACE TEMP TABLE "touched" AS SELECT * REPLACE (false AS came) FROM ({last})')
        sql = (
            f'SELECT {names}, true AS "{CAME}" FROM earlier a WHERE EXISTS (SELECT 1 FROM touched b WHERE {same}) '
            f"UNION ALL SELECT {names}, false FROM touched a WHERE NOT EXISTS (SELECT 1 FROM earlier b WHERE {same})"
        )
    scratch.execute(f'CREATE OR REPLACE TEMP TABLE "{part.table}" AS {sql}')
    scratch.unregister("feed")
    # All rows of a result are fetched, as the connection is free for the next statement only then.
    return int(scratch.execute(f'SELECT count(*) FROM "{part.table}"').fetchall()[0][0])


def _checked(contract: Contract, batch: pa.RecordBatch) -> Iterator[pa.RecordBatch]:
    """The batch in the warehouse's types; UnfitRow names a value that is too long or missing, before it is sent."""
    table = pa.Table.from_batches([batch]).cast(schema_of(contract))
    came = table.column(CAME)
    for column in contract.columns:
        values = table.column(column.name)
        if column.required and values.null_count:
            _refuse(contract, table, pc.and_(came, pc.is_null(values)), column.name, "no value", "one in every row")
        if column.type.name == "string":
            longest = int(redshift_type(column)[len("VARCHAR(") : -1])
            lengths = pc.binary_length(values)
            if (pc.max(lengths).as_py() or 0) > longest:
                most = f"at most {longest}" + (", the longest Redshift has" if longest == REDSHIFT_LONGEST else "")
                found = f"{pc.max(lengths).as_py()} bytes"
                _refuse(contract, table, pc.and_(came, pc.greater(lengths, longest)), column.name, found, most)
    yield from table.to_batches()


def _refuse(contract: Contract, table: pa.Table, mask: pa.ChunkedArray, column: str, found: str, expected: str) -> None:
    bad = table.filter(pc.fill_null(mask, False)).slice(0, 1)
    if not bad.num_rows:
        return
    key = ", ".join(f"{name} {bad.column(name)[0].as_py()!r}" for name in contract.key)
    raise UnfitRow(
        f'warehouse table {contract.name}, column "{column}", row with {key}: found {found}, expected {expected}; '
        "nothing is loaded, nothing cut",
        hint=f"give the column a fitting maxLength in {contract.path}, or have the row corrected",
    )


def _rows(lake: Lake, contract: Contract, version: int) -> Dataset:
    _opened(lake, contract, version)
    return contents.dataset(lake.table(contract.qualified), version)


def _opened(lake: Lake, contract: Contract, version: int) -> DeltaTable:
    table = lake.table(contract.qualified)
    opened = log.open_table(table, version)
    if opened is None:
        raise LakeError(f"{table.name}: no version {version} at {table.path}")
    return opened
