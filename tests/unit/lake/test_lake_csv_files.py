"""Landed files as a frame: many of a folder as one place, wide ones, ones of many headers, and rows of no text."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F

from spark_app.contracts.sources import Dataset
from spark_app.lake import csv_files
from spark_app.lake.csv_files import CORRUPT, DAMAGE, number_rows, read_csv
from spark_app.lake.headers import Inspected, inspect_all
from spark_app.lake.landing import list_files
from spark_app.lake.paths import Landing
from spark_app.runtime.settings import S3Settings
from tests.support.files import put

DAY = date(2024, 3, 5)
DATASET = Dataset("lines", {"id": "id", "note": "note"}, ",", ("orders",))


def inspected(landing: Path) -> list[Inspected]:
    return inspect_all(
        list_files(Landing(str(landing), S3Settings()), "lines", [DAY]).files[DAY], DATASET, S3Settings()
    )


def landed(landing: Path, files: dict[str, str]) -> list[Inspected]:
    for name, content in files.items():
        put(landing, "lines", str(DAY), name, content)
    return inspected(landing)


def ids(rows: DataFrame) -> list[str]:
    return sorted(row["id"] for row in rows.select("id").collect())


def test_many_files_of_a_folder_are_one_place(
    spark: SparkSession, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(csv_files, "MANY", 3)
    files = landed(tmp_path, {f"{n}.{'CSV' if n == 3 else 'csv'}": f"id,note\n{n}a,x\n{n}b,y\n" for n in range(5)})
    for name in ("late.csv", "note.txt", "x.csv.bak", "_hidden.csv"):
        put(tmp_path, "lines", str(DAY), name, "id,note\nnever,seen\n")
    put(tmp_path, "lines", f"{DAY}/below", "a.csv", "id,note\nnever,seen\n")
    places = csv_files._places(files, {csv_files._folder(files[0]): 5})
    assert places == [str(tmp_path / "lines" / f"dt={DAY}")]
    rows = read_csv(spark, DATASET, files)
    assert ids(rows) == sorted(f"{n}{part}" for n in range(5) for part in "ab")
    numbers = number_rows(rows.withColumn("_month", F.lit(DAY)).coalesce(1), files)
    found = {(row["_source_file"][-5:], row["_row_number"], row["id"][1]) for row in numbers.collect()}
    assert found == {(file.file.name[-5:], number, "_ab"[number]) for file in files for number in (1, 2)}


def test_beside_others_each_file_is_a_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(csv_files, "MANY", 3)
    files = landed(tmp_path, {**{f"{n}.csv": "id,note\n" for n in range(4)}, "bad.csv": ""})
    good = [found for found in files if not found.problem]
    assert csv_files._places(good, {csv_files._folder(files[0]): 5}) == [found.file.path for found in good]


def test_files_of_many_headers_are_read_together(spark: SparkSession, tmp_path: Path) -> None:
    files = landed(tmp_path, {f"{n}.csv": f"extra{n},id\nx,{n:03}\n" for n in range(30)})
    assert ids(read_csv(spark, DATASET, files)) == [f"{n:03}" for n in range(30)]


def test_a_file_of_two_thousand_columns_is_read(spark: SparkSession, tmp_path: Path) -> None:
    names = ["id", *(f"c{n}" for n in range(1_999))]
    files = landed(tmp_path, {"a.csv": f"{','.join(names)}\n1{',x' * 1_999}\n{',' * 1_999}\n"})
    first, second = read_csv(spark, DATASET, files).select("id", "_extra").collect()
    assert (first["id"], str(first["_extra"])[:10], len(str(first["_extra"])) > 10_000) == ("1", '{"c0":"x",', True)
    assert (second["id"], second["_extra"]) == (None, None)


def test_rows_of_no_text_keep_their_values_and_are_told(spark: SparkSession, tmp_path: Path) -> None:
    # Spark's reader drops a zero byte before a doubled quote.
    files = landed(tmp_path, {"a.csv": 'id,note\n1,x\n2,"a\0""b"\n3,\0\n\0\0\n4,y\n'})
    rows = number_rows(read_csv(spark, DATASET, files).withColumn("_month", F.lit(DAY)).coalesce(1), files)
    found = [(row["id"], row["note"], row[CORRUPT], row[DAMAGE]) for row in rows.orderBy("_row_number").collect()]
    assert found == [
        ("1", "x", None, None),
        ("2", 'a"b', None, "line 3: a zero byte"),
        ("3", "\0", None, "line 4: a zero byte"),
        ("\0\0", None, "\0\0", None),
        ("4", "y", None, None),
    ]
