"""`lakehouse cost`: what it prints, what it gives to scripts, and what it says where there is nothing."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from spark_app.cli import lakehouse
from spark_app.costs.loads import load_step
from spark_app.costs.reads import TableReads, keep_look
from spark_app.lake.paths import Lake
from tests.support.ops_rows import put

TODAY = datetime.now(UTC).date()
Command = Callable[..., Result]


@pytest.fixture
def command(conf: Path, tmp_path: Path) -> Command:
    (conf / "local.yaml").write_text("cost: {billed_by: machine, machine_hour: 1, monthly_budget: 50}\n")
    lake = Lake(str(tmp_path / "home" / "lake"))
    bill = {"run_id": "r1", "day": TODAY, "command": "run", "item": "machine", "landed_days": 1, "released": True}
    put(lake.table("ops.bills"), [{**bill, "billed_by": "machine", "dollars": Decimal("1.25")}])
    share = {"run_id": "r1", "day": TODAY}
    shares = [("silver", "orders", 30.0, "1"), ("gold", "daily_sales", 7.5, "0.25")]
    names = ("layer", "table_name", "seconds")
    rows = [{**share, **dict(zip(names, one[:3], strict=True)), "dollars": Decimal(one[3])} for one in shares]
    put(lake.table("ops.costs"), rows)
    return lambda *words: CliRunner().invoke(lakehouse, ["cost", *words, "--home", str(tmp_path / "home")])


def test_by_table_for_people(command: Command) -> None:
    said = command("--by", "table").output
    lines = [line.split() for line in said.splitlines()]
    assert ["silver", "orders", "1", "30.0", "$1.00", "80.0%"] in lines
    assert ["gold", "daily_sales", "1", "7.5", "$0.2500", "20.0%"] in lines
    assert "$1.25 in 1 run; they took in no day with orders" in said
    assert f"since {TODAY.replace(day=1)} $1.25 of a budget of $50.00; what the month will cost" in said
    assert "list prices of us-east-1" in said


def test_by_run_and_layer_and_day(command: Command) -> None:
    assert "r1" in command("--by", "run").output
    assert "gold" in command("--by", "layer").output
    assert str(TODAY) in command().output


def test_for_scripts(command: Command) -> None:
    told = json.loads(command("--json", "--by", "layer").stdout)
    assert (told["dollars"], told["runs"], told["orders"], told["monthly_budget"]) == ("1.250000", 1, 0, "50")
    assert [(row["layer"], row["dollars"]) for row in told["rows"]] == [("silver", "1.000000"), ("gold", "0.250000")]
    assert told["month"]["spent"] == "1.250000"


def test_the_month_is_foretold_from_the_second_day_on(command: Command, tmp_path: Path) -> None:
    """A usual day of 2.00: the middle of one day."""
    before = TODAY - timedelta(days=1)
    bill = {"run_id": "r0", "day": before, "command": "run", "item": "machine", "landed_days": 1, "released": True}
    put(
        Lake(str(tmp_path / "home" / "lake")).table("ops.bills"),
        [{**bill, "billed_by": "machine", "dollars": Decimal(2)}],
    )
    month = json.loads(command("--json").stdout)["month"]
    left = (date.fromisoformat(month["last"]) - TODAY).days
    spent = Decimal("1.25") + (2 if before.month == TODAY.month else 0)
    assert (Decimal(month["usual_day"]), Decimal(month["forecast"])) == (2, spent + 2 * left)
    assert "if each day costs a usual $2.00" in command().output


def test_advice_that_there_is_none(command: Command) -> None:
    assert "nothing found that would cost less" in command("--advice").output
    assert json.loads(command("--advice", "--json").stdout) == []


def test_advice_of_tables_that_nobody_reads_and_what_is_known_of_readers(
    command: Command, conf: Path, tmp_path: Path
) -> None:
    redshift = "warehouse: redshift\nredshift: {host: h, user: u, temp: 's3://b/t'}\n"
    (conf / "local.yaml").write_text(f"cost: {{billed_by: machine, machine_hour: 1}}\n{redshift}")
    assert "who reads which table is not known: no run has asked a Redshift yet" in command("--advice").output
    lake, now = Lake(str(tmp_path / "home" / "lake")), datetime.now(UTC)
    since = now - timedelta(days=31)
    keep_look(lake, "r1", [TableReads("daily_channels", now, since, None), TableReads("fact_orders", now, since, None)])
    share = {"layer": "publish", "run_id": "r1", "day": TODAY, "seconds": 1.0, "dollars": Decimal("0.5")}
    steps = [load_step("daily_channels"), load_step("fact_orders")]
    put(lake.table("ops.costs"), [{**share, "table_name": step} for step in steps])
    said = command("--advice").output
    expected = "$0.5000 a month: leave daily_channels out of Redshift (redshift.leave_out: [daily_channels])\n"
    assert expected in said
    assert f"nobody but the loading user has read it, watched since {since.date()}" in said
    assert said.endswith(f"who reads which table is watched since {since.date()}\n")
    assert "fact_orders" not in said, "others need it"
    (one,) = json.loads(command("--advice", "--json").stdout)
    assert (one["dollars_a_month"], one["setting"]) == ("0.5000", "redshift.leave_out: [daily_channels]")


def test_where_nobody_bills_it_says_so(conf: Path, tmp_path: Path) -> None:
    (tmp_path / "lake").mkdir()
    result = CliRunner().invoke(lakehouse, ["cost", "--home", str(tmp_path)])
    assert (result.exit_code, "cost.billed_by is nothing" in result.output) == (0, True)
    (conf / "local.yaml").write_text("cost: {billed_by: machine, machine_hour: 1}\n")
    assert (
        "no run of the last 30 days has a bill yet"
        in CliRunner().invoke(lakehouse, ["cost", "--home", str(tmp_path)]).output
    )


def test_for_prometheus(command: Command) -> None:
    lines = command("--prometheus").stdout.splitlines()
    assert 'lakehouse_cost_month_dollars{environment="local"} 1.250000' in lines
    assert 'lakehouse_cost_month_budget_dollars{environment="local"} 50' in lines
    assert 'lakehouse_cost_last_run_dollars{environment="local",command="run"} 1.250000' in lines
    assert 'lakehouse_cost_table_dollars{environment="local",layer="silver",table="orders"} 1.000000' in lines
    assert not any("forecast" in line or "thousand" in line for line in lines), "not known yet, so nothing is said"


def test_what_is_stored(command: Command) -> None:
    told = {row["name"]: row["files"] for row in json.loads(command("--storage", "--json").stdout)}
    assert told["ops.bills"] >= 2, "rows and the log"
    assert "at the price of S3 Standard" in command("--storage").output
