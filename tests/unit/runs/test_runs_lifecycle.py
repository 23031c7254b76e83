"""A run from request to outcome, around work of any kind: exit codes, the record kept, and who is told."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from spark_app.lake import ops
from spark_app.lake.paths import Lake
from spark_app.lake.releases import Release
from spark_app.runs.context import Context
from spark_app.runs.lifecycle import run
from spark_app.runs.request import Outcome, RunRequest, Work
from spark_app.runtime.errors import LandingIncomplete, SettingsError
from spark_app.runtime.record import RunRecord

DAY = date(2024, 3, 1)


def done(home: Path, work: Work, **asked: object) -> Outcome:
    return run(RunRequest("local", home=str(home), first=DAY, last=DAY, **asked), work)  # type: ignore[arg-type]


def nothing(context: Context, request: RunRequest) -> None:
    assert context.fence is not None, "work is done by who holds the lake"


def kept(home: Path) -> list[dict[str, object]]:
    sql = "SELECT command, exit_code, message, first_day, release_id FROM ops_rows ORDER BY started_at"
    return ops.select(Lake(str(home / "lake")).table("ops.runs"), sql)


def test_what_was_done_is_kept(tmp_path: Path) -> None:
    outcome = done(tmp_path, nothing)
    assert (outcome.exit_code, outcome.message, outcome.release) == (0, "nothing new", None)
    row = {"command": "run", "exit_code": 0, "message": "nothing new", "first_day": DAY, "release_id": None}
    assert kept(tmp_path) == [row]


def test_other_work_than_the_layers_is_just_done(tmp_path: Path) -> None:
    assert done(tmp_path, nothing, command="maintenance", layers=()).message == "done"


def test_a_release_is_named(tmp_path: Path) -> None:
    def work(context: Context, request: RunRequest) -> Release:
        return Release(7, context.run_id, "run", {}, DAY, DAY, datetime.now(UTC))

    outcome = done(tmp_path, work)
    assert outcome.message == "release 7"
    assert [row["release_id"] for row in kept(tmp_path)] == [7]


@pytest.mark.parametrize(
    ("error", "code"), [(LandingIncomplete("no orders", hint="wait"), 3), (SettingsError("found a", hint="wait"), 2)]
)
def test_an_error_of_ours_is_an_exit_code_and_a_message(tmp_path: Path, error: Exception, code: int) -> None:
    def work(context: Context, request: RunRequest) -> None:
        raise error

    outcome = done(tmp_path, work)
    assert (outcome.exit_code, outcome.message, outcome.hint) == (code, str(error).split("\n")[0], "wait")
    assert [row["exit_code"] for row in kept(tmp_path)] == [code]


def test_any_other_error_is_raised_and_kept(tmp_path: Path) -> None:
    def work(context: Context, request: RunRequest) -> None:
        raise ZeroDivisionError("no order, no average")

    with pytest.raises(ZeroDivisionError):
        done(tmp_path, work)
    assert [(row["exit_code"], row["message"]) for row in kept(tmp_path)] == [
        (1, "ZeroDivisionError: no order, no average")
    ]


def test_the_lake_is_given_back_however_it_ended(tmp_path: Path) -> None:
    def work(context: Context, request: RunRequest) -> None:
        raise LandingIncomplete("no orders")

    done(tmp_path, work)
    assert done(tmp_path, nothing).exit_code == 0


def test_settings_that_cannot_be_followed_leave_no_trace(tmp_path: Path) -> None:
    outcome = run(RunRequest("lcal", home=str(tmp_path)), nothing)
    assert outcome.exit_code == 2
    assert not (tmp_path / "lake").exists()


def test_who_follows_it_gets_the_record_first(tmp_path: Path) -> None:
    seen: list[RunRecord] = []
    outcome = run(RunRequest("local", home=str(tmp_path), layers=()), nothing, seen.append)
    assert seen == [outcome.record]
