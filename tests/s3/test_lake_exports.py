"""Plain Parquet files beside Delta: whole months, replaced where they changed, on disk and in a bucket."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pyarrow as pa
import pytest
from deltalake import DeltaTable, write_deltalake

from spark_app.contracts.load import load_contracts
from spark_app.contracts.table import Contract
from spark_app.lake import objects, writes
from spark_app.lake.exports import export
from spark_app.lake.paths import Lake
from spark_app.lake.releases import Release
from spark_app.lake.s3 import abort_uploads, client
from spark_app.runtime.settings import S3Settings

PAYMENTS = load_contracts()["gold.daily_payments"]


@pytest.fixture(params=["disk", "bucket"])
def lake(request: pytest.FixtureRequest, tmp_path: Path) -> Lake:
    if request.param == "disk":
        return Lake(str(tmp_path))
    return Lake(f"{request.getfixturevalue('bucket')}/lake", request.getfixturevalue("s3"))


def write(lake: Lake, *rows: tuple[str, int], mode: str = "append", where: str | None = None) -> int:
    """Rows (order_date, payments) of daily_payments; gives the table's version."""
    from spark_app.contracts.table import Column, Type

    month = Column("_month", Type("date"), False, "", "", None, None)
    writes.create(lake.table(PAYMENTS.qualified), [*PAYMENTS.columns, month], partition="_month", change_feed=True)
    table = DeltaTable(lake.table(PAYMENTS.qualified).path, storage_options=lake.storage_options)
    days = [date.fromisoformat(day) for day, _ in rows]
    data = pa.Table.from_pylist(
        [
            {
                "order_date": day,
                "payment_method": "pix",
                "payment_status": "paid",
                "payments": count,
                "amount": None,
                "_month": day.replace(day=1),
            }
            for day, (_, count) in zip(days, rows, strict=True)
        ],
        schema=pa.schema(table.schema().to_arrow()),
    )
    write_deltalake(table, data, mode=mode, predicate=where)
    return int(DeltaTable(lake.table(PAYMENTS.qualified).path, storage_options=lake.storage_options).version())


def release(number: int, version: int) -> Release:
    return Release(number, f"run {number}", "run", {PAYMENTS.qualified: version}, None, None, datetime.now(UTC))


def held(lake: Lake, tmp_path: Path) -> dict[str, list[tuple[str, int]]]:
    """Month -> (day, payments) as a plain reader finds them."""
    import pyarrow.parquet as pq

    found = {}
    root = f"{lake.root}/parquet/daily_payments"
    for folder in objects.list_folder(root, lake.s3):
        if folder.folder:
            [file] = objects.list_folder(folder.uri, lake.s3)
            with objects.open_bytes(file.uri, lake.s3) as stream:
                table = pq.read_table(pa.BufferReader(stream.read()))
            assert tuple(table.column_names) == PAYMENTS.column_names
            found[folder.name] = [(str(row["order_date"]), row["payments"]) for row in table.to_pylist()]
    with objects.open_bytes(f"{root}/_release.json", lake.s3) as stream:
        found["release"] = [("", json.load(stream)["release_id"])]
    return found


def test_only_months_that_changed_are_written(lake: Lake, tmp_path: Path) -> None:
    first = write(lake, ("2024-01-30", 1), ("2024-02-01", 2))
    assert export(lake, PAYMENTS, release(1, first)) == 2
    second = write(lake, ("2024-02-02", 3))
    assert export(lake, PAYMENTS, release(2, second)) == 1
    assert held(lake, tmp_path) == {
        "month=2024-01": [("2024-01-30", 1)],
        "month=2024-02": [("2024-02-01", 2), ("2024-02-02", 3)],
        "release": [("", 2)],
    }
    assert export(lake, PAYMENTS, release(2, second)) == 0


def test_a_rollback_writes_what_was(lake: Lake, tmp_path: Path) -> None:
    first = write(lake, ("2024-01-30", 1))
    second = write(lake, ("2024-01-31", 2), ("2024-02-01", 2))
    export(lake, PAYMENTS, release(1, second))
    export(lake, PAYMENTS, release(2, first))
    assert held(lake, tmp_path)["month=2024-01"] == [("2024-01-30", 1)]


def test_a_contract_asks_for_it_or_not(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import shutil

    from spark_app.runtime.settings import conf_dir

    conf = tmp_path / "conf"
    shutil.copytree(conf_dir(), conf)
    path = conf / "contracts/gold/daily_payments.yaml"
    asked = "    customProperties:\n      - {property: plainParquet, value: true}\n"
    path.write_text(path.read_text().replace("    customProperties:\n", asked))
    monkeypatch.setenv("LAKEHOUSE_CONF", str(conf))
    wishes: dict[str, Contract] = load_contracts()
    assert wishes["gold.daily_payments"].serving.plain_parquet
    assert not wishes["gold.daily_sales"].serving.plain_parquet


def test_uploads_that_a_killed_run_began_are_given_up(bucket: str, s3: S3Settings) -> None:
    name = bucket.removeprefix("s3a://")
    store = client(s3)
    key = "lake/gold/fact_orders/part.parquet"
    store.create_multipart_upload(Bucket=name, Key=key)
    uri = f"{bucket}/{key}"
    assert abort_uploads(uri, s3, datetime(2020, 1, 1, tzinfo=UTC)) == 0
    assert abort_uploads(uri, s3, datetime.now(UTC) + timedelta(minutes=5)) == 1
    assert not store.list_multipart_uploads(Bucket=name, Prefix=key).get("Uploads")
    assert abort_uploads("/tmp/lake/", s3, datetime.now(UTC)) == 0
