"""gold.landed_days: every day, and whether it has landed; written without Spark, only where something differs."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pyarrow as pa
import pytest
from deltalake import DeltaTable, write_deltalake

from spark_app.contracts.sources import load_source
from spark_app.gold import landed_days
from spark_app.lake import feed, log
from spark_app.lake.completed import completed_so_far
from spark_app.runs.context import Context
from spark_app.runtime.record import RunRecord
from spark_app.runtime.settings import load_settings
from tests.support.nights import CONTRACTS, DAYS, LAST, Night, started

TABLE = "gold.landed_days"
BEFORE = LAST - timedelta(days=1)


def run(night: Night, of: date | None = LAST) -> str:
    settings = load_settings("local").model_copy(update={"home": str(night.gold.root)})
    record = RunRecord("run")
    landed_days.run(Context(settings, CONTRACTS, load_source("canonical", CONTRACTS), record), CONTRACTS[TABLE], of)
    (step,) = record.steps
    return step.action


def rows(night: Night) -> dict[object, tuple[object, object]]:
    version = log.version_of(night.lake.table(TABLE)) or 0
    found = feed.over_version(night.lake.table(TABLE), version, "SELECT order_date, is_landed, lacking FROM data")
    assert len(found) == len({row[0] for row in found})
    return {row[0]: (row[1], row[2]) for row in found}


@pytest.fixture
def night(tmp_path: Path) -> Night:
    night = started(tmp_path)
    DeltaTable(night.lake.table("gold.daily_sales").path).delete(f"order_date IN ('{BEFORE}', '{DAYS[9]}')")
    night.takes_in(lacking={"orders": [BEFORE], "payments": [BEFORE, LAST]})
    return night


def test_a_day_that_did_not_land_is_told_from_one_without_orders(night: Night) -> None:
    assert run(night) == "merged"
    found = rows(night)
    assert set(found) == set(DAYS)
    assert found[BEFORE] == (False, "orders, payments")
    assert found[DAYS[9]] == (True, None)
    assert found[LAST] == (True, "payments")


def test_nothing_is_written_where_nothing_differs_and_a_late_drop_changes_its_day(night: Night) -> None:
    run(night)
    version = log.version_of(night.lake.table(TABLE))
    assert run(night) == "unchanged"
    assert log.version_of(night.lake.table(TABLE)) == version
    night.takes_in([BEFORE])
    assert run(night) == "merged"
    assert rows(night)[BEFORE] == (True, None)
    assert log.last_commit(night.lake.table(TABLE)).version == log.version_of(night.lake.table(TABLE))


def test_what_changed_can_be_loaded_into_a_warehouse(night: Night) -> None:
    run(night)
    before = log.version_of(night.lake.table(TABLE)) or 0
    night.takes_in([*DAYS, LAST + timedelta(days=1)])
    run(night)
    opened = log.open_table(night.lake.table(TABLE))
    assert opened is not None
    feed_ = pa.table(opened.load_cdf(starting_version=before + 1).read_all()).to_pylist()
    came = {row["order_date"] for row in feed_ if row["_change_type"] in ("insert", "update_postimage")}
    assert came == {BEFORE, LAST, LAST + timedelta(days=1)}


def complete(night: Night) -> list[date]:
    version = log.version_of(night.lake.table(TABLE)) or 0
    sql = "SELECT order_date FROM data WHERE is_complete ORDER BY 1"
    return [row[0] for row in feed.over_version(night.lake.table(TABLE), version, sql)]


def test_a_day_is_complete_once_a_night_was_about_it_and_stays_so(night: Night) -> None:
    run(night, BEFORE)
    assert complete(night) == DAYS[:-1]
    run(night, None)
    assert complete(night) == DAYS[:-1], "a running day's batch completes nothing"
    run(night, LAST)
    assert complete(night) == DAYS
    run(night, BEFORE)
    assert complete(night) == DAYS, "a night of an older day takes nothing back"
    run(night, LAST + timedelta(days=900))
    assert completed_so_far(night.lake) == LAST, "no night completes what is not there: a rebuild says the same"
    assert completed_so_far(night.lake) == LAST


def test_of_a_lake_from_before_all_that_was_released_is_complete(night: Night) -> None:
    """Its table lacks the column, and its commits say nothing of nights."""
    old = pa.table({"order_date": DAYS, "is_landed": [True] * len(DAYS), "lacking": pa.nulls(len(DAYS), pa.string())})
    write_deltalake(night.lake.table(TABLE).path, old, mode="overwrite", schema_mode="overwrite")
    night.releases()
    night.takes_in([LAST + timedelta(days=1)])
    assert run(night, None) == "merged"
    assert complete(night) == DAYS
    assert run(night, None) == "unchanged"
