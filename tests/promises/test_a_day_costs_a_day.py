"""Promise 4, counted and not timed: one more day does the same work after ten days of history as after sixty."""

from __future__ import annotations

import json
import shutil
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pyarrow.dataset as ds
import pytest
from deltalake import DeltaTable
from pyspark.sql import SparkSession

from spark_app.lake import headers, landing
from spark_app.shops.demo import generate
from tests.support.drops import run_days

pytestmark = pytest.mark.long

START, DAYS, SHORT = date(2024, 1, 22), 60, 10  # the day after them is March 22
NEXT = START + timedelta(days=DAYS)


@dataclass(frozen=True)
class Work:
    """What one day's run did: files of landing it opened, and per table what its commits wrote."""

    listed: int
    opened: int
    files_written: Mapping[str, int]
    rows_copied: Mapping[str, int]
    rows: Mapping[str, int]
    rows_since_february: Mapping[str, int]
    months: Mapping[str, set[str]]


@pytest.fixture(scope="module")
def works(tmp_path_factory: pytest.TempPathFactory, spark: SparkSession) -> tuple[Work, Work]:
    everything = tmp_path_factory.mktemp("landed")
    generate(str(everything), START, DAYS + 1, orders_per_day=12)
    short, long = (day_after(tmp_path_factory.mktemp("history"), everything, days) for days in (SHORT, DAYS))
    return short, long


def day_after(home: Path, everything: Path, days: int) -> Work:
    """The work of the day after `days` days of history."""
    copy_days(everything, home, NEXT - timedelta(days=days), days)
    copy_rates_before(everything, home, NEXT - timedelta(days=days))
    run_days(home, NEXT - timedelta(days=days), NEXT - timedelta(days=1))
    copy_days(everything, home, NEXT, 1)
    before = {name: DeltaTable(str(path)).version() for name, path in tables(home)}
    with pytest.MonkeyPatch.context() as patch:
        counts: Counter[str] = Counter()
        patch.setattr(headers, "inspect", counting(headers.inspect, counts, "opened"))
        patch.setattr(landing, "_landed", counting(landing._landed, counts, "listed"))
        run_days(home, NEXT)
    files, rows, held, recent, months = {}, {}, {}, {}, {}
    for name, path in tables(home):
        table = DeltaTable(str(path))
        metrics = [entry.get("operationMetrics", {}) for entry in commits_after(table, before[name])]
        files[name] = sum(number(m, "numTargetFilesAdded") + number(m, "numFiles") for m in metrics)
        rows[name] = sum(number(m, "numTargetRowsCopied") for m in metrics)
        data = table.to_pyarrow_dataset()
        held[name] = data.count_rows()
        by_month = "_month" in data.schema.names
        recent[name] = data.count_rows(filter=ds.field("_month") >= date(2024, 2, 1)) if by_month else held[name]
        months[name] = {
            month for version in range(before[name] + 1, table.version() + 1) for month in written(path, version)
        }
    return Work(counts["listed"], counts["opened"], files, rows, held, recent, months)


def written(table: Path, version: int) -> set[str]:
    """Months whose files a commit added, from Delta's log; nothing of a table without months."""
    lines = (table / "_delta_log" / f"{version:020}.json").read_text().splitlines()
    added = [entry["add"]["partitionValues"] for entry in map(json.loads, lines) if "add" in entry]
    return {values["_month"] for values in added if values.get("_month")}


def copy_days(source: Path, home: Path, first: date, days: int) -> None:
    for entity in source.iterdir():
        for offset in range(days):
            folder = f"{entity.name}/dt={first + timedelta(days=offset)}"
            shutil.copytree(source / folder, home / "landing" / folder)


def copy_rates_before(source: Path, home: Path, first: date) -> None:
    """Rates of the days before the first one: its orders may have been placed then."""
    for file in source.glob("exchange_rates/dt=*/*"):
        if file.parent.name < f"dt={first}":
            shutil.copy(file, home / f"landing/exchange_rates/dt={first}/{file.parent.name}-{file.name}")


def tables(home: Path) -> Iterator[tuple[str, Path]]:
    for log in sorted((home / "lake").glob("*/*/_delta_log")):
        path = log.parent
        if path.parent.name != "ops":
            yield f"{path.parent.name}.{path.name}", path


def commits_after(table: DeltaTable, version: int) -> list[dict[str, Any]]:
    return [entry for entry in table.history() if entry["version"] > version]


def number(metrics: Mapping[str, Any], name: str) -> int:
    return int(metrics.get(name, 0))


def counting(function: Any, counts: Counter[str], name: str) -> Any:
    def counted(*args: Any) -> Any:
        counts[name] += 1
        return function(*args)

    return counted


def test_landing_is_read_for_the_day_and_its_look_back_only(works: tuple[Work, Work]) -> None:
    short, long = works
    assert short.opened == long.opened > 0
    assert short.listed == long.listed


def test_the_long_history_is_long(works: tuple[Work, Work]) -> None:
    short, long = works
    assert long.rows["gold.fact_orders"] > 3 * short.rows["gold.fact_orders"]


def test_files_written_do_not_grow(works: tuple[Work, Work]) -> None:
    """A few more: orders of the month before are delivered today, and their month's file is written again."""
    short, long = works
    grown = {name: (short.files_written[name], long.files_written[name]) for name in short.files_written}
    assert {name: pair for name, pair in grown.items() if pair[1] > pair[0] + 2} == {}


def test_only_files_of_this_month_and_the_last_are_written(works: tuple[Work, Work]) -> None:
    """A month is the unit of rewriting; what was laid down in January is not touched in March."""
    _, long = works
    months = {name: sorted(found) for name, found in long.months.items() if found}
    assert "silver.orders" in months
    assert "gold.fact_orders" in months
    assert {name: found for name, found in months.items() if found[0] < "2024-02-01"} == {}


@pytest.mark.parametrize("table", ["silver.orders", "gold.fact_orders", "gold.fact_order_items", "gold.fact_payments"])
def test_rows_copied_are_fewer_than_the_history_holds(works: tuple[Work, Work], table: str) -> None:
    _, long = works
    january = long.rows[table] - long.rows_since_february[table]
    assert january > 0
    assert long.rows_copied[table] <= long.rows_since_february[table]
