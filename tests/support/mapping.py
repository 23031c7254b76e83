"""A shop's mapping and its files in, an entity's rows out: as a run reads and judges them, without a lake."""

from __future__ import annotations

import shutil
from collections.abc import Mapping, Sequence
from datetime import date
from functools import reduce
from pathlib import Path
from textwrap import dedent
from typing import Any, cast

import pytest
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F

from spark_app.contracts.load import load_contracts
from spark_app.contracts.mapping import Source
from spark_app.contracts.sources import datasets_of, endings_of, load_source
from spark_app.lake.csv_files import number_rows, read_csv
from spark_app.lake.headers import Inspected, inspect_all
from spark_app.lake.landing import list_files
from spark_app.lake.paths import Landing
from spark_app.quality.reasons import PASSED_OVER, REASONS
from spark_app.quality.rows import judge
from spark_app.runtime.settings import S3Settings, conf_dir
from tests.support.drops import run_days, table_dicts
from tests.support.files import put

CONTRACTS = load_contracts()
DAY = date(2024, 3, 5)
Files = Mapping[str, str | bytes]
# A shop of one dataset, into which keys of the dataset can be put.
PEOPLE = """
    source: shop
    datasets:
      people:
        columns: [id, name, at]
        %s
    entities:
      customers:
        from: people
        columns: {customer_id: id, name: name, updated_at: at}
"""


def source_of(folder: Path, text: str) -> Source:
    """The source of this YAML; SettingsError names what is wrong with it."""
    (folder / "shop.yaml").write_text(dedent(text), encoding="utf-8")
    return load_source("shop", CONTRACTS, folder)


def inspected(folder: Path, source: Source, dataset: str, files: Files) -> list[Inspected]:
    """The files landed on one day and looked at."""
    landing = folder / "landing"
    for name, content in files.items():
        put(landing, dataset, str(DAY), name, content)
    found = list_files(Landing(str(landing), S3Settings(), endings_of(source)), dataset, [DAY]).files[DAY]
    return inspect_all(found, datasets_of(source)[dataset], S3Settings())


def bronze(spark: SparkSession, source: Source, dataset: str, files: list[Inspected]) -> DataFrame:
    """What bronze would hold of the files."""
    rows = read_csv(spark, datasets_of(source)[dataset], files)
    rows = rows.withColumns({"_batch_date": F.lit(DAY), "_month": F.lit(DAY.replace(day=1))})
    return number_rows(rows.coalesce(1), files)


def judged(
    spark: SparkSession, folder: Path, text: str, files: Files | Mapping[str, Files], entity: str = "orders"
) -> list[Any]:
    """The entity's rows as they are judged, in the files' order; `files` by dataset where the source has several."""
    source = source_of(folder, text)
    datasets = list(source.datasets)
    by_dataset = (
        cast("Mapping[str, Files]", files) if set(files) <= set(datasets) else {datasets[0]: cast(Files, files)}
    )
    rows = {
        name: bronze(spark, source, name, inspected(folder, source, name, given)) for name, given in by_dataset.items()
    }
    contract = CONTRACTS[f"silver.{entity}"]
    parts = [part for part in source.entities[entity] if part.dataset in rows]
    frames = [judge(rows[part.dataset], contract, source, part) for part in parts]
    return reduce(DataFrame.unionByName, frames).orderBy("_source_file", "_row_number").collect()


def usable(rows: list[Any], *columns: str) -> list[Any]:
    """These columns of the rows that can be used: values where it is one column, else tuples."""
    good = [row for row in rows if not row[REASONS] and not row[PASSED_OVER]]
    return [row[columns[0]] if len(columns) == 1 else tuple(row[name] for name in columns) for row in good]


def taken_in(home: Path, conf: Path, days: Sequence[str], *, whole: bool = False) -> None:
    """The source `shop` of `conf` run up to silver over these days of `home`'s landing, one run a day."""
    more: dict[str, Any] = {"rebuild_from": "silver"} if whole else {}
    for day in days:
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("LAKEHOUSE_CONF", str(conf))
            run_days(home, day, source="shop", layers=("bronze", "silver"), **more)


def conf_with(folder: Path, text: str) -> Path:
    """A copy of conf/ with the source `shop` in it."""
    shutil.copytree(conf_dir(), folder / "conf")
    (folder / "conf" / "sources" / "shop.yaml").write_text(dedent(text), encoding="utf-8")
    return folder / "conf"


def proof(home: Path, entity: str) -> dict[str, tuple[int, ...]]:
    """The entity's last count of each day: landed, accepted, superseded, quarantined, passed over.

    Fails where a day does not add up.
    """
    rows = sorted(table_dicts(home, "ops.reconciliation"), key=lambda row: int(row["silver_version"]))
    last = {str(row["batch_date"]): row for row in rows if row["entity"] == entity}
    assert [day for day, row in last.items() if not row["balanced"]] == []
    parts = ("landed", "accepted", "superseded", "quarantined", "passed_over")
    return {day: tuple(int(row[f"rows_{part}"]) for part in parts) for day, row in sorted(last.items())}
