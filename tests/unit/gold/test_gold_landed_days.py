"""gold.landed_days: every day, and whether it has landed; written without Spark, only where something differs."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pyarrow as pa
import pytest
from deltalake import DeltaTable

from spark_app.contracts.sources import load_source
from spark_app.gold import landed_days
from spark_app.lake import feed, log
from spark_app.runs.context import Context
from spark_app.runtime.record import RunRecord
from spark_app.runtime.settings import load_settings
from tests.support.nights import CONTRACTS, DAYS, LAST, Night, started

TABLE = "gold.landed_days"
BEFORE = LAST - timedelta(days=1)


def run(night: Night) -> str:
    settings = load_settings("local").model_copy(update={"home": str(night.gold.root)})
    record = RunRecord("run")
    landed_days.run(Context(settings, CONTRACTS, load_source("canonical", CONTRACTS), record), CONTRACTS[TABLE])
    (step,) = record.steps
    return step.action


def rows(night: Night) -> dict[object, tuple[object, object]]:
    version = log.version_of(night.lake, TABLE) or 0
    found = feed.over_version(night.lake, TABLE, version, "SELECT order_date, is_landed, lacking FROM data")
    assert len(found) == len({row[0] for row in found})
    return {row[0]: (row[1], row[2]) for row in found}


@pytest.fixture
def night(tmp_path: Path) -> Night:
    night = started(tmp_path)
    DeltaTable(night.lake.path("gold.daily_sales")).delete(f"order_date IN ('{BEFORE}', '{DAYS[9]}')")
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
    version = log.version_of(night.lake, TABLE)
    assert run(night) == "unchanged"
    assert log.version_of(night.lake, TABLE) == version
    night.takes_in([BEFORE])
    assert run(night) == "merged"
    assert rows(night)[BEFORE] == (True, None)
    assert log.last_commit(night.lake, TABLE).version == log.version_of(night.lake, TABLE)


def test_what_changed_can_be_loaded_into_a_warehouse(night: Night) -> None:
    run(night)
    before = log.version_of(night.lake, TABLE) or 0
    night.takes_in([*DAYS, LAST + timedelta(days=1)])
    run(night)
    opened = log.open_table(night.lake, TABLE)
    assert opened is not None
    feed_ = pa.table(opened.load_cdf(starting_version=before + 1).read_all()).to_pylist()
    came = {row["order_date"] for row in feed_ if row["_change_type"] in ("insert", "update_postimage")}
    assert came == {BEFORE, LAST, LAST + timedelta(days=1)}
