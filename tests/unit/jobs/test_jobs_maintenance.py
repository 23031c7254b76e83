"""Maintenance's own arguments."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from spark_app.jobs.maintenance import kept_releases
from spark_app.jobs.maintenance import main as maintenance
from spark_app.lake.releases import Release


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--keep-releases", "0"], "expected 1 or more"),
        (["--env", "lcal"], "did you mean 'local'?"),
    ],
)
def test_maintenance_refuses_what_makes_no_sense(
    words: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        maintenance(words)
    assert ended.value.code == 2
    assert message in capsys.readouterr().err


def release(number: int, kind: str) -> Release:
    return Release(number, "r", kind, {}, None, None, datetime(2026, 11, 29, tzinfo=UTC))


def test_releases_of_a_running_day_do_not_crowd_out_those_of_nights() -> None:
    known = [release(1, "run"), release(2, "run")] + [release(number, "intraday") for number in range(3, 100)]
    assert [one.release_id for one in kept_releases(known, 30, 2)] == [1, 2, 98, 99]
    assert [one.release_id for one in kept_releases(known, 1, 1)] == [2, 99]
    assert kept_releases([], 30, 20) == []
