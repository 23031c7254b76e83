"""A lake after a good night, without Spark: gold, and in `ops` what a night leaves there, to be spoiled by tests."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

from spark_app.contracts.load import load_contracts
from spark_app.lake import log, writes
from spark_app.lake.releases import Release, candidate_id
from spark_app.report.data import ReportData, open_release
from spark_app.runtime.record import RunRecord
from tests.support.gold_shop import make_gold
from tests.support.ops_rows import put
from tests.support.small_lakes import Gold

LAST = date(2026, 11, 22)
DAYS = [LAST - timedelta(days=back) for back in reversed(range(31))]
DAILY = ("customers", "orders", "order_items", "payments")
RUN = "run-1"  # as Gold names the run of its first release
CONTRACTS = load_contracts()


@cache
def _template() -> Path:
    root = Path(mkdtemp(prefix="nights-"))
    make_gold(root, days=len(DAYS), customers=20, orders=120, last=LAST)
    return root


@dataclass
class Night:
    """Each method adds rows as of `at`, minutes after each other, so that the newest is the last one added."""

    gold: Gold
    at: datetime = datetime(2026, 11, 23, 3, tzinfo=UTC)

    @property
    def lake(self) -> Any:
        return self.gold.lake

    def later(self) -> datetime:
        self.at += timedelta(minutes=1)
        return self.at

    def takes_in(
        self, days: list[date] = DAYS, *, run: str = RUN, lacking: dict[str, list[date]] | None = None
    ) -> None:
        """Drops of the daily entities, taken in by silver and gold; `lacking`: days that an entity has no drop of."""
        sources = {}
        for entity in DAILY:
            table = f"silver.{entity}"
            writes.create(self.lake.table(table), CONTRACTS[table].columns)
            version = (log.version_of(self.lake.table(table)) or 0) + 1
            there = [day for day in days if day not in (lacking or {}).get(entity, [])]
            files = [{"run_id": run, "dataset": entity, "batch_date": day, "status": "ingested"} for day in there]
            put(self.lake.table("ops.ingested_files"), [{**file, "bronze_version": version} for file in files])
            writes.advance(self.lake.table(table), log.note_text(run, {f"bronze.{entity}": version}))
            sources[table] = log.version_of(self.lake.table(table)) or 0
        writes.advance(self.lake.table("gold.fact_orders"), log.note_text(run, sources))

    def holds(self, dataset: str, day: date) -> None:
        """Bronze has taken in a day that silver has not: a run died in between."""
        version = (log.version_of(self.lake.table(f"silver.{dataset}")) or 0) + 1
        row = {"run_id": "begun", "dataset": dataset, "batch_date": day, "status": "ingested"}
        put(self.lake.table("ops.ingested_files"), [{**row, "bronze_version": version}])

    def releases(self, kind: str = "run", *, run: str | None = None, of: Release | None = None) -> Release:
        """A release of the tables as they are, or a rollback to an earlier one."""
        from spark_app.lake import releases

        last = releases.latest(self.lake)
        number = last.release_id + 1 if last else 1
        names = [name for name in CONTRACTS if name.startswith("gold.")]
        tables = dict(of.tables) if of else {name: log.version_of(self.lake.table(name)) or 0 for name in names}
        release = Release(number, run or f"run-{number}", kind, tables, LAST, LAST, self.later(), None)
        release = replace(release, of_release=of.release_id if of else None)
        releases.record(self.lake, release)
        return release

    def tables(self) -> dict[str, int]:
        return {name: log.version_of(self.lake.table(name)) or 0 for name in CONTRACTS if name.startswith("gold.")}

    def audits(self, *rows: dict[str, Any], run: str = RUN, passed: bool = True) -> None:
        """An audit of the tables as they are: these rules (one that passed where none is given), and its own row."""
        base = {"run_id": run, "candidate": candidate_id(self.tables()), "checked_at": self.later()}
        base |= {"dimension": "accuracy", "severity": "error", "rows_checked": 10, "rows_broken": 0}
        base |= {"passed": True, "effect": "none", "table_name": "gold.fact_orders", "rule": "adds up"}
        own = {"table_name": "audit", "rule": "audit", "passed": passed, "effect": "none" if passed else "withheld"}
        put(self.lake.table("ops.quality_results"), [*({**base, **row} for row in rows or ({},)), {**base, **own}])

    def judges(self, *rows: dict[str, Any], run: str = RUN) -> None:
        """Row rules of silver, as they were counted when its rows came in."""
        base = {"run_id": run, "table_name": "silver.orders", "rule": "times in order", "dimension": "accuracy"}
        base |= {"severity": "warning", "rows_checked": 10, "rows_broken": 0, "passed": True, "effect": "none"}
        put(self.lake.table("ops.quality_results"), [{**base, **row, "checked_at": self.later()} for row in rows])

    def tallies(self, day: date = LAST, landed: int = 100, **more: Any) -> None:
        """The sum of a day's drop of orders."""
        base = {"entity": "orders", "dataset": "orders", "batch_date": day, "balanced": True, "silver_version": 1}
        base |= {"rows_landed": landed, "rows_accepted": landed, "rows_superseded": 0, "rows_quarantined": 0}
        put(self.lake.table("ops.reconciliation"), [{**base, **more, "reconciled_at": self.later()}])

    def watches(self, *days: date, run: str = RUN, **more: Any) -> None:
        """A figure of each of these days, as usual unless told otherwise."""
        base = {"run_id": run, "table_name": "gold.daily_sales", "rule": "orders are as usual", "figure": "orders"}
        base |= {"kind": "count", "observed": 4.0, "expected": 4.0, "low": 1.0, "high": 9.0, "score": 0.0}
        base |= {"upstream": "orders.order_id", "unusual": False}
        put(self.lake.table("ops.figures"), [{**base, "day": day, **more, "judged_at": self.later()} for day in days])

    def runs(self, run: str = RUN, command: str = "run", exit_code: int = 0, message: str = "release 1") -> None:
        """A run that has ended, with the steps of its layers."""
        layers = ("bronze", "silver", "gold", "audit", "publish") if command in ("run", "rebuild") else (command,)
        layers = tuple(one for one in layers if exit_code == 0 or one != "publish")
        row = {"run_id": run, "command": command, "exit_code": exit_code, "message": message, "seconds": 60.0}
        put(self.lake.table("ops.runs"), [{**row, "first_day": LAST, "last_day": LAST, "started_at": self.later()}])
        steps = [{"run_id": run, "layer": one, "table_name": "orders", "seconds": 12.0} for one in layers]
        put(self.lake.table("ops.steps"), [{**step, "started_at": self.later(), "action": "merged"} for step in steps])

    @contextmanager
    def opened(self, publishing: RunRecord | None = None) -> Iterator[ReportData]:
        """The latest release as pages see it."""
        with open_release(self.lake, CONTRACTS, "local", 800, publishing=publishing) as data:
            assert data is not None
            yield data


def started(root: Path) -> Night:
    """Gold of a small shop's month, and nothing of `ops` yet."""
    shutil.copytree(_template(), root, dirs_exist_ok=True)
    return Night(Gold(root))


def good_night(root: Path) -> Night:
    """A night with nothing to be said against it: everything landed, was audited, watched, and adds up."""
    night = started(root)
    night.runs()
    night.takes_in()
    night.judges({})
    night.tallies()
    night.watches(*DAYS[-7:])
    night.audits()
    night.releases()
    return night
