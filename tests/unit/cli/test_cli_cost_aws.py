"""`lakehouse cost prices` and `actuals`: what they print, and what they write."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
import requests
from click.testing import CliRunner
from moto import mock_aws

from spark_app.cli import lakehouse
from spark_app.costs import aws, price_list
from spark_app.costs.price_list import Change
from spark_app.costs.prices import load_prices
from spark_app.lake.paths import Lake
from tests.support.ops_rows import put

D = Decimal
TODAY = datetime.now(UTC).date()
YESTERDAY = TODAY - timedelta(days=1)
CLIENT = aws.client


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


def result(day: date, *, estimated: bool, **dollars: str) -> dict[str, object]:
    groups = [{"Keys": [k], "Metrics": {"UnblendedCost": {"Amount": v, "Unit": "USD"}}} for k, v in dollars.items()]
    period = {"Start": str(day), "End": str(day + timedelta(days=1))}
    return {"TimePeriod": period, "Total": {}, "Groups": groups, "Estimated": estimated}


@pytest.fixture
def explorer(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """moto's Cost Explorer, told what it has billed."""
    monkeypatch.setattr(aws, "client", CLIENT)
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    billed = [result(YESTERDAY, estimated=False, EMR="1.5"), result(TODAY, estimated=True, S3="0.25")]
    with mock_aws():
        answer = requests.post(
            "http://motoapi.amazonaws.com/moto-api/static/ce/cost-and-usage-results",
            json={"results": [{"ResultsByTime": billed}]},
            timeout=10,
        )
        assert answer.status_code == 201
        yield


def test_actuals_beside_the_runs_own_bills(conf: Path, tmp_path: Path, explorer: None) -> None:
    bill = {"run_id": "r1", "day": YESTERDAY, "command": "run", "landed_days": 1, "released": True}
    put(Lake(str(tmp_path / "lake")).table("ops.bills"), [{**bill, "billed_by": "emr_serverless", "dollars": D("1.4")}])
    words = ["cost", "actuals", "--home", str(tmp_path), "--days", "7", "--tag", "project=shop"]
    lines = [line.split() for line in CliRunner().invoke(lakehouse, words).output.splitlines()]
    assert [str(YESTERDAY), "$1.50", "$1.40"] in lines
    assert [str(TODAY), "$0.2500", "–", "not", "final"] in lines
    told = json.loads(CliRunner().invoke(lakehouse, [*words, "--json"]).stdout)
    assert [(one["day"], one["aws"], one["runs"]) for one in told["days"]][1] == (str(YESTERDAY), "1.5", "1.400000")
