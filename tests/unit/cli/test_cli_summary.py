"""What a run says in the end: the day's figures, and whether they can be trusted, in the pages' own words."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from spark_app.cli import summary
from spark_app.lake import releases
from spark_app.runs.request import Outcome, RunRequest
from spark_app.runtime.record import RunRecord, Verdict
from tests.support.gold_shop import make_gold
from tests.support.nights import DAYS, LAST, Night, good_night


def shown(night: Night, capsys: pytest.CaptureFixture[str], verdict: Verdict | None = None, code: int = 0) -> str:
    record = RunRecord("run")
    record.verdict = verdict
    outcome = Outcome(code, "nothing new", record, 1.0, None, releases.latest(night.lake))
    summary.show(RunRequest("local", home=str(night.gold.root)), outcome)
    return capsys.readouterr().out


@pytest.fixture
def night(tmp_path: Path) -> Night:
    return good_night(tmp_path)


def test_a_day_without_figures_says_why(night: Night, capsys: pytest.CaptureFixture[str]) -> None:
    night.takes_in([LAST + timedelta(days=1)])
    night.releases()
    said = shown(night, capsys)
    assert f"{LAST + timedelta(days=1)} (without orders)" in said
    (revenue,) = (line.split() for line in said.splitlines() if line.startswith("revenue"))
    assert revenue[1] == "0"
    assert float(revenue[2].replace(",", "")) > 0


def test_net_sales_come_first_where_discounts_or_returns_lower_them(
    night: Night, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert "net sales" not in shown(night, capsys)
    lowered = Night(make_gold(tmp_path / "lowered", days=len(DAYS), customers=20, orders=300, last=LAST, lowered=60))
    lowered.takes_in()
    lowered.releases()
    lines = shown(lowered, capsys).splitlines()
    at = next(number for number, line in enumerate(lines) if line.startswith("net sales"))
    assert [line.split("  ")[0] for line in lines[at : at + 4]] == ["net sales", "discounts", "returns", "revenue"]


def test_trust_is_the_pages_and_silent_where_no_page_was_written(
    night: Night, capsys: pytest.CaptureFixture[str]
) -> None:
    care = Verdict("care", "With care: not all is as it should be", ("Orders, but no revenue: Sat 21 Nov 2026.",))
    said = shown(night, capsys, care)
    assert "Can it be trusted? With care: not all is as it should be" in said
    assert "  Orders, but no revenue: Sat 21 Nov 2026." in said
    assert "Can it be trusted?" not in shown(night, capsys)


def test_a_run_that_failed_shows_no_figures_as_if_they_were_its(
    night: Night, capsys: pytest.CaptureFixture[str]
) -> None:
    assert "The last day" not in shown(night, capsys, code=4)
