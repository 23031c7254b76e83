"""Few rows of large tables: what is found without Spark is what Spark would find."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pytest
from pyspark.sql import SparkSession

from spark_app.contracts.table import Column, Type
from spark_app.lake import delta, few, log, writes
from spark_app.lake.paths import Lake

NOTE = log.note_text("r1", {})
TABLE = "silver.t"
JANUARY, FEBRUARY = date(2024, 1, 1), date(2024, 2, 1)
SCHEMA = pa.schema(
    {
        "id": pa.string(),
        "amount": pa.decimal128(18, 2),
        "day": pa.date32(),
        "at": pa.timestamp("us", tz="UTC"),
        "_month": pa.date32(),
    }.items()
)


def row(key: str, amount: str, day: date) -> dict[str, object]:
    at = datetime(day.year, day.month, day.day, 12, tzinfo=UTC)
    return {"id": key, "amount": Decimal(amount), "day": day, "at": at, "_month": day.replace(day=1)}


def changed(op: str, *rows: dict[str, object]) -> pa.Table:
    return pa.Table.from_pylist(
        [{**one, writes.OP: op} for one in rows], schema=SCHEMA.append(pa.field(writes.OP, pa.string()))
    )


def ids(rows: pa.Table | None) -> list[str]:
    assert rows is not None
    return sorted(rows.column("id").to_pylist())


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    """silver.t: a and b in January, c in February."""
    lake = Lake(str(tmp_path / "my lake"))
    columns = [
        Column(name, kind, False, "", "", None, None)
        for name, kind in (
            ("id", Type("string")),
            ("amount", Type("decimal", 18, 2)),
            ("day", Type("date")),
            ("at", Type("timestamp")),
            ("_month", Type("date")),
        )
    ]
    writes.create(lake.table(TABLE), columns, partition="_month", change_feed=True)
    rows = [row("a", "1.00", JANUARY), row("b", "2.00", date(2024, 1, 2)), row("c", "3.00", FEBRUARY)]
    writes.append(lake.table(TABLE), pa.Table.from_pylist(rows, schema=SCHEMA), NOTE)
    return lake


def test_rows_are_found_by_the_values_of_a_column(lake: Lake) -> None:
    assert ids(few.matching(lake.table(TABLE), 1, {"id": ["a", "c", "x"]}, SCHEMA.names)) == ["a", "c"]


def test_a_value_may_stand_in_one_column_or_another(lake: Lake) -> None:
    found = few.matching(lake.table(TABLE), 1, {"id": ["a"], "day": [FEBRUARY]}, ["id"])
    assert ids(found) == ["a", "c"]


def test_of_no_values_no_row_is_found(lake: Lake) -> None:
    found = few.matching(lake.table(TABLE), 1, {"id": []}, SCHEMA.names)
    assert ids(found) == []
    assert found is not None
    assert found.schema == SCHEMA


def test_more_rows_than_few_are_not_given(lake: Lake) -> None:
    assert few.matching(lake.table(TABLE), 1, {"id": ["a", "b"]}, ["id"], most=1) is None
    assert few.of_days(lake.table(TABLE), 1, "day", [JANUARY, FEBRUARY], ["id"], most=1) is None
    assert few.everything(lake.table(TABLE), 1, ["id"], most=2) is None
    assert few.changes(lake.table(TABLE), 0, 1, ["id"], most=2) is None


def test_rows_are_found_by_their_days(lake: Lake) -> None:
    assert ids(few.of_days(lake.table(TABLE), 1, "day", [date(2024, 1, 2), FEBRUARY], ["id"])) == ["b", "c"]
    assert ids(few.of_days(lake.table(TABLE), 1, "day", [], ["id"])) == []


def test_what_a_merge_changed_is_in_the_feed(lake: Lake) -> None:
    new = changed(writes.WRITE, row("a", "9.00", JANUARY), row("d", "4.00", FEBRUARY))
    gone = changed(writes.REMOVE, row("c", "3.00", FEBRUARY))
    writes.merge(lake.table(TABLE), pa.concat_tables([new, gone]), ["id"], NOTE)
    found = few.changes(lake.table(TABLE), 1, 2, ["id", "amount"])
    assert found is not None
    assert sorted(tuple(one.values()) for one in found.to_pylist()) == [
        ("a", Decimal("1.00"), "update_preimage"),
        ("a", Decimal("9.00"), "update_postimage"),
        ("c", Decimal("3.00"), "delete"),
        ("d", Decimal("4.00"), "insert"),
    ]
    assert log.rows_written(lake.table(TABLE), 1) == 2, "one changed, one new; one went and one stayed as it was"


def test_a_merge_leaves_rows_that_do_not_differ(lake: Lake) -> None:
    same, other = row("a", "1.00", date(2024, 1, 9)), row("b", "7.00", date(2024, 1, 9))
    writes.merge(lake.table(TABLE), changed(writes.WRITE, same, other), ["id"], NOTE, unless_equal="amount")
    found = few.everything(lake.table(TABLE), 2, ["id", "day"])
    assert found is not None
    assert {one["id"]: one["day"] for one in found.to_pylist()} == {
        "a": JANUARY,
        "b": date(2024, 1, 9),
        "c": FEBRUARY,
    }


def test_a_merge_opens_files_of_the_months_named_only(lake: Lake) -> None:
    within = "t._month IN (DATE '2024-02-01')"
    writes.merge(lake.table(TABLE), changed(writes.WRITE, row("c", "8.00", FEBRUARY)), ["id"], NOTE, within=within)
    opened = log.open_table(lake.table(TABLE))
    assert opened is not None
    metrics = opened.history(1)[0]["operationMetrics"]
    assert (metrics["num_target_files_scanned"], metrics["num_target_files_skipped_during_scan"]) == (1, 1)


def test_days_are_replaced(lake: Lake) -> None:
    rows = pa.Table.from_pylist([row("z", "5.00", JANUARY)], schema=SCHEMA)
    writes.replace(lake.table(TABLE), rows, "day IN (DATE '2024-01-01', DATE '2024-01-02')", NOTE)
    assert ids(few.everything(lake.table(TABLE), 2, ["id"])) == ["c", "z"]
    assert log.rows_written(lake.table(TABLE), 1) == 1
    feed = few.changes(lake.table(TABLE), 1, 2, ["id"])
    assert feed is not None
    assert sorted(tuple(one.values()) for one in feed.to_pylist()) == [
        ("a", "delete"),
        ("b", "delete"),
        ("z", "insert"),
    ]


def test_columns_that_a_table_lacks_come_to_it(lake: Lake) -> None:
    rows = pa.table({**{name: [value] for name, value in row("e", "5.00", JANUARY).items()}, "new": ["x"]})
    writes.append(lake.table(TABLE), rows.cast(SCHEMA.append(pa.field("new", pa.string()))), NOTE)
    found = few.everything(lake.table(TABLE), 2, ["id", "new"])
    assert found is not None
    assert {one["id"]: one["new"] for one in found.to_pylist()} == {"a": None, "b": None, "c": None, "e": "x"}


def test_rows_go_to_spark_and_come_back_as_they_were(lake: Lake, spark: SparkSession) -> None:
    rows = few.everything(lake.table(TABLE), 1, SCHEMA.names)
    assert rows is not None
    frame = few.Scratch().frame
    scratch = few.Scratch()
    sent = scratch.frame(spark, rows)
    assert few.collected(sent.orderBy("id")) == rows.sort_by("id")
    assert sorted(sent.collect()) == sorted(delta.read(spark, lake.table(TABLE), 1).select(*SCHEMA.names).collect())
    assert frame(spark, rows.slice(0, 0)).schema == sent.schema
    assert few.collected(frame(spark, rows.slice(0, 0))) == rows.slice(0, 0)
    assert few.collected(sent, most=2) is None


def test_a_scratch_leaves_nothing(spark: SparkSession, tmp_path: Path) -> None:
    scratch = few.Scratch(str(tmp_path / "lake" / "_scratch" / "r1"))
    rows = pa.table({"n": pa.array([1], pa.int32())})
    assert scratch.frame(spark, rows).collect()[0].n == 1
    assert len(list(tmp_path.rglob("*.parquet"))) == 1
    scratch.close()
    assert list(tmp_path.rglob("*.parquet")) == []


def test_reasons_of_quarantined_rows_keep_their_shape(spark: SparkSession) -> None:
    sql = "SELECT array(named_struct('rule', 'r', 'column', 'c')) AS reasons, CAST(1.5 AS DECIMAL(5,1)) AS d, 2L AS n"
    found = few.collected(spark.sql(sql))
    assert found is not None
    assert found.to_pylist() == [{"reasons": [{"rule": "r", "column": "c"}], "d": Decimal("1.5"), "n": 2}]
    assert (
        few.ddl(found.schema)
        == "`reasons` array<struct<`rule`: string, `column`: string>>, `d` decimal(5,1), `n` bigint"
    )


def test_a_versions_columns_are_looked_up_once(lake: Lake, monkeypatch: pytest.MonkeyPatch) -> None:
    table = lake.table(TABLE)
    version = log.version_of(table) or 0
    found = few.columns_of(table, version)
    monkeypatch.setattr(log, "open_table", lambda *asked: pytest.fail("opened again"))
    assert few.columns_of(table, version) == found != []
    monkeypatch.undo()
    assert few.columns_of(lake.table("silver.none"), 0) == []
