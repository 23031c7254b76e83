"""Plain Parquet beside Delta, for readers that know no Delta: one file a month, replaced whole where it changed.

    <lake>/parquet/<table>/month=YYYY-MM/data.parquet     (tables without months: <lake>/parquet/<table>/data.parquet)
    <lake>/parquet/<table>/_release.json                  the release and table version the files hold, written last

A file is put in one step, so a reader sees a month as it was or as it is; several months change one after another.
"""

from __future__ import annotations

import json
import tempfile
from contextlib import suppress
from datetime import date
from pathlib import Path

import pyarrow as pa
from deltalake import DeltaTable

from spark_app.contracts.table import Contract
from spark_app.lake import contents, log, objects
from spark_app.lake.delta import MONTH
from spark_app.lake.paths import Lake
from spark_app.lake.releases import Release
from spark_app.runtime import duck
from spark_app.runtime.errors import LakeError

_STATE = "_release.json"


def export(lake: Lake, contract: Contract, release: Release) -> int:
    """Bring a table's plain files to a release; how many files were written (none where they hold it already)."""
    version, from_version = release.tables[contract.qualified], _version_of_files(lake, contract)
    if from_version == version:
        return 0
    root = f"{lake.root.rstrip('/')}/parquet/{contract.name}"
    table = lake.table(contract.qualified)
    opened = log.open_table(table, version)
    if opened is None:
        raise LakeError(f"{table.name}: no version {version} at {table.path}")
    names = ", ".join(f'"{name}"' for name in contract.column_names)
    order = ", ".join(f'"{name}"' for name in contract.serving.sort_key or contract.key)
    months = _months(opened, from_version, version)
    with duck.in_memory() as connection, tempfile.TemporaryDirectory(prefix="lakehouse-") as folder:
        duck.offer(connection, "data", contents.rows_as(contents.dataset(table, version), contract.columns))
        for number, month in enumerate(months):
            path = Path(folder) / f"{number}.parquet"
            where = f"WHERE {MONTH} = DATE '{month}'" if month else ""
            connection.execute(f"COPY (SELECT {names} FROM data {where} ORDER BY {order}) TO '{path}' (FORMAT PARQUET)")
            below = f"month={month:%Y-%m}/data.parquet" if month else "data.parquet"
            objects.put_file(path, f"{root}/{below}", lake.s3)
            path.unlink()
        state = Path(folder) / _STATE
        state.write_text(json.dumps({"release_id": release.release_id, "version": version}))
        objects.put_file(state, f"{root}/{_STATE}", lake.s3)
    return len(months)


def _version_of_files(lake: Lake, contract: Contract) -> int | None:
    root = f"{lake.root.rstrip('/')}/parquet/{contract.name}"
    if not any(entry.name == _STATE for entry in objects.list_folder(root, lake.s3)):
        return None
    with objects.open_bytes(f"{root}/{_STATE}", lake.s3) as stream:
        return int(json.load(stream)["version"])


def _months(opened: DeltaTable, from_version: int | None, version: int) -> list[date | None]:
    """The months to write: those that changed since the files were written, or all; [None] for a table without."""
    if MONTH not in [field.name for field in opened.schema().fields]:
        return [None]
    with duck.in_memory() as connection:
        sql = f"SELECT DISTINCT {MONTH} FROM rows ORDER BY 1"
        if from_version is not None and from_version < version:
            with suppress(Exception):  # whatever is missing of the change feed: then all months are written
                feed = opened.load_cdf(starting_version=from_version + 1, ending_version=version, columns=[MONTH])
                connection.register("rows", pa.RecordBatchReader.from_stream(feed))
                return [row[0] for row in connection.execute(sql).fetchall()]
        duck.offer(connection, "rows", opened.to_pyarrow_dataset())
        return [row[0] for row in connection.execute(sql).fetchall()]
