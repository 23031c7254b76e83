"""Logs that are not as they were remembered: rows of (what happened to a table's log, what is found)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from spark_app.contracts.load import load_contracts
from spark_app.contracts.sources import load_source
from spark_app.contracts.table import Column, Type
from spark_app.lake import log, writes
from spark_app.lake.paths import Lake
from spark_app.recovery import overwritten
from spark_app.runs.context import Context
from spark_app.runs.opening import hold_lake
from spark_app.runtime.record import RunRecord
from spark_app.runtime.settings import load_settings
from tests.support.ops_rows import put

CONTRACTS = load_contracts()
TABLE = "silver.orders"
COLUMNS = (Column("a", Type("int"), False, "", "", None, None),)


def run_of(home: Path, run_id: str) -> Context:
    settings = load_settings("local", home=str(home))
    return Context(settings, CONTRACTS, load_source("canonical", CONTRACTS), RunRecord("run", run_id))


def remembers(home: Path, run_id: str) -> Lake:
    """A run that commits once to the table, and notes so; the lake as one who wrote it."""
    with hold_lake(run_of(home, run_id)) as context:
        writes.create(context.table(TABLE), COLUMNS)
        writes.advance(context.table(TABLE), log.note_text(run_id, {"bronze.orders": 3}))
        put(
            context.table("ops.runs"),
            [{"run_id": run_id, "epoch": context.record.epoch, "commits": commits(context)}],
        )
    return context.lake


def commits(context: Context) -> list[tuple[str, int]]:
    return list(context.record.commits.items())


def path(lake: Lake, version: int) -> Path:
    return Path(lake.table(TABLE).path, "_delta_log", f"{version:020}.json")


def gone(lake: Lake) -> None:
    path(lake, 2).unlink()
    path(lake, 2).with_suffix(".crc").write_text("of Spark's, and of a commit that is no more")


def of_another(lake: Lake) -> None:
    path(lake, 2).write_text(path(lake, 2).read_text().replace('\\"second\\"', '\\"late\\"'))


def over_it(lake: Lake) -> None:
    writes.advance(replace(lake, fence=None).table(TABLE), log.note_text("late", {}, epoch=1))


def moved_on(lake: Lake) -> None:
    writes.advance(replace(lake, fence=None).table(TABLE), log.note_text("third", {}, epoch=3))


@pytest.mark.parametrize(
    ("happened", "said"),
    [
        (moved_on, None),
        (gone, "silver.orders: run second committed version 2, and the log ends with 1: silver is derived anew"),
        (of_another, "silver.orders: version 2 was of run second, and is of late now: silver is derived anew"),
        (
            over_it,
            "silver.orders: version 3 is of run late, which had been taken over by then: silver is derived anew",
        ),
    ],
)
def test_what_was_written_over_is_found_once(
    tmp_path: Path, happened: Callable[[Lake], None], said: str | None
) -> None:
    remembers(tmp_path, "first")
    happened(remembers(tmp_path, "second"))
    with hold_lake(run_of(tmp_path, "third")) as context:
        wounds = overwritten.find_overwritten(context, "silver")
        assert context.record.warnings == ([said] if said else [])
        assert overwritten.find_overwritten(replace(context, record=RunRecord("run")), "gold") == []
        overwritten.mark_rebuilt(context, wounds)
        put(
            context.table("ops.runs"),
            [{"run_id": "third", "epoch": context.record.epoch, "commits": commits(context)}],
        )
    assert not path(context.lake, 2).with_suffix(".crc").exists()
    newest = log.last_commit(context.table(TABLE))
    assert newest is not None
    assert newest.version > 2
    if said:
        assert newest.sources == {"bronze.orders": 3} or happened is over_it
    with hold_lake(run_of(tmp_path, "fourth")) as context:
        assert overwritten.find_overwritten(context, "silver") == []


def test_a_lake_whose_runs_remember_nothing_is_left_alone(tmp_path: Path) -> None:
    with hold_lake(run_of(tmp_path, "r")) as context:
        writes.create(context.table(TABLE), COLUMNS)
        put(context.table("ops.runs"), [{"run_id": "of an older program"}])
        assert overwritten.find_overwritten(context, "silver") == []


def test_a_table_derived_anew_is_known_by_its_commit(tmp_path: Path) -> None:
    lake = remembers(tmp_path, "first")
    assert overwritten.derived_anew(run_of(tmp_path, "r"), [TABLE, "silver.none"]) == {}
    writes.advance(replace(lake, fence=None).table(TABLE), log.note_text("r", {}, whole=True))
    writes.advance(replace(lake, fence=None).table(TABLE), log.note_text("r", {}))
    assert overwritten.derived_anew(run_of(tmp_path, "r"), [TABLE]) == {TABLE: 2}
