"""`lakehouse cost prices` and `actuals`: what they print, and what they write."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from click.testing import CliRunner

from spark_app.cli import lakehouse
from spark_app.costs import actuals, aws, price_list
from spark_app.costs.actuals import Billed
from spark_app.costs.price_list import Change
from spark_app.costs.prices import load_prices
from spark_app.lake.paths import Lake
from tests.support.ops_rows import put

D = Decimal
TODAY = datetime.now(UTC).date()
YESTERDAY = TODAY - timedelta(days=1)


@pytest.fixture(autouse=True)
def nobody_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(aws, "client", lambda *_: None)


def test_prices_are_shown_and_written_only_when_asked(conf: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found = [Change(("glue", "dpu_hour"), D("0.44"), D("0.5"))]
    monkeypatch.setattr(price_list, "changes", lambda *_: found)
    said = CliRunner().invoke(lakehouse, ["cost", "prices"])
    assert "glue.dpu_hour: 0.44 is 0.5 now" in said.output
    assert "to write them: lakehouse cost prices --write" in said.output
    assert load_prices().glue.dpu_hour == D("0.44")
    assert "says so now, as of today" in CliRunner().invoke(lakehouse, ["cost", "prices", "--write"]).output
    assert (load_prices().glue.dpu_hour, load_prices().date) == (D("0.5"), TODAY)
    assert conf.samefile(conf)


def test_actuals_beside_the_runs_own_bills(conf: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[tuple[object, ...]] = []

    def billed(explorer: object, *given: object) -> list[Billed]:
        asked.append(given)
        return [Billed(YESTERDAY, "EMR", D("1.5"), True), Billed(TODAY, "S3", D("0.25"), False)]

    monkeypatch.setattr(actuals, "billed", billed)
    bill = {"run_id": "r1", "day": YESTERDAY, "command": "run", "landed_days": 1, "released": True}
    put(Lake(str(tmp_path / "lake")).table("ops.bills"), [{**bill, "billed_by": "emr_serverless", "dollars": D("1.4")}])
    words = ["cost", "actuals", "--home", str(tmp_path), "--days", "7", "--tag", "project=shop"]
    lines = [line.split() for line in CliRunner().invoke(lakehouse, words).output.splitlines()]
    assert [str(YESTERDAY), "$1.50", "$1.40"] in lines
    assert [str(TODAY), "$0.2500", "–", "not", "final"] in lines
    assert asked == [("project", "shop", TODAY - timedelta(days=6), TODAY)]
    told = json.loads(CliRunner().invoke(lakehouse, [*words, "--json"]).stdout)
    assert [(one["day"], one["aws"], one["runs"]) for one in told["days"]][1] == (str(YESTERDAY), "1.5", "1.400000")
