"""What a run works with is checked before it begins, and the lake is held by one."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from spark_app.lake.lock import LakeBusy
from spark_app.runs.opening import hold_lake, open_context
from spark_app.runs.request import RunRequest
from spark_app.runtime.errors import SettingsError, UsageError
from spark_app.runtime.record import RunRecord
from tests.support.leases import another


@pytest.mark.parametrize(
    ("request_", "kind", "message"),
    [
        (RunRequest("lcal"), SettingsError, "did you mean 'local'"),
        (RunRequest("local", source="kiosc"), SettingsError, "kiosk"),
        (RunRequest("local", first=date(2024, 1, 2), last=date(2024, 1, 1)), UsageError, "is after --to 2024-01-01"),
    ],
)
def test_what_cannot_be_meant_is_refused_at_once(request_: RunRequest, kind: type[Exception], message: str) -> None:
    with pytest.raises(kind, match=message):
        open_context(request_, RunRecord("run"))


def test_days_asked_for_stand_in_the_record(tmp_path: Path) -> None:
    record = RunRecord("run")
    day = date(2024, 1, 2)
    context = open_context(RunRequest("local", home=str(tmp_path), first=day, last=day), record)
    assert (record.first_day, record.last_day) == (day, day)
    assert context.lake.root == str(tmp_path / "lake")


def test_one_at_a_time(tmp_path: Path) -> None:
    context = open_context(RunRequest("local", home=str(tmp_path)), RunRecord("run"))
    with hold_lake(context) as holding:
        assert holding.fence is not None
        assert context.record.epoch == holding.fence.epoch
    again = open_context(RunRequest("local", home=str(tmp_path)), RunRecord("run"))
    with hold_lake(again):
        assert again.record.epoch == (context.record.epoch or 0) + 1


def test_a_living_run_of_another_process_is_named(tmp_path: Path) -> None:
    context = open_context(RunRequest("local", home=str(tmp_path)), RunRecord("run"))
    with another(context.lake), pytest.raises(LakeBusy, match="run other"), hold_lake(context):
        pass


def test_what_the_warehouse_is_to_leave_out_is_looked_at_with_the_contracts(conf: Path, tmp_path: Path) -> None:
    redshift = "redshift: {{host: h, user: u, temp: 's3://b/t', leave_out: [{0}]}}\n"

    def opened(warehouse: str, name: str) -> tuple[str, ...]:
        (conf / "local.yaml").write_text(f"warehouse: {warehouse}\n{redshift.format(name)}")
        return open_context(RunRequest("local", home=str(tmp_path)), RunRecord("run")).settings.left_out

    assert opened("redshift", "daily_channels") == ("daily_channels",)
    with pytest.raises(SettingsError, match=r"'daily_chanels'.*did you mean 'daily_channels'"):
        opened("redshift", "daily_chanels")
    with pytest.raises(SettingsError, match="found dim_dates, which daily_channels refers to"):
        opened("redshift", "dim_dates")
    assert opened("duckdb", "daily_channels") == (), "a DuckDB file has all tables"
