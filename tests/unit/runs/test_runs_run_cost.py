"""What a run writes of its cost: a bill by hand, shares that are the bill, and nothing where nobody bills."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from spark_app.costs.keep import BilledRun
from spark_app.costs.prices import Prices
from spark_app.lake import ops
from spark_app.lake.paths import Lake
from spark_app.runs import run_cost
from spark_app.runs.context import Context
from spark_app.runs.run_cost import keep_cost
from spark_app.runs.run_log import keep_run
from spark_app.runtime.cost_settings import CostSettings
from spark_app.runtime.errors import LakehouseError, SettingsError
from spark_app.runtime.settings import Settings, load_settings
from tests.support.ops_rows import put
from tests.support.watched_shop import World

D = Decimal
STEPS = {("silver", "orders"): 60.0, ("gold", "fact_orders"): 29.0, ("gold", "daily_sales"): 1.0}
KUBERNETES = {
    "billed_by": "kubernetes",
    "driver": {"vcpu": 1, "memory_gb": 4},
    "executor": {"vcpu": 2, "memory_gb": 5},
}


def context_of(home: Path, cost: Mapping[str, object], steps: Mapping[tuple[str, str], float] = STEPS) -> Context:
    made = World(home).context
    for (layer, table), seconds in steps.items():
        with made.record.step(layer, table) as step:
            pass
        step.seconds = seconds
    made.record.landed_days = 1
    return replace(made, settings=made.settings.model_copy(update={"cost": CostSettings.model_validate(cost)}))


def kept(context: Context, table: str) -> list[dict[str, object]]:
    return ops.select(context.table(f"ops.{table}"), "SELECT * FROM ops_rows ORDER BY ALL")


def test_a_machine_by_the_hour_is_shared_out_by_seconds(tmp_path: Path) -> None:
    context = context_of(tmp_path, {"billed_by": "machine", "machine_hour": "1.8"})
    keep_run(context, 120.0, 0, "nothing new", None)
    (bill,) = kept(context, "bills")
    assert (bill["quantity"], bill["unit"], bill["dollars"]) == (D("0.033333"), "hours", D("0.059999"))
    assert (bill["command"], bill["landed_days"], bill["released"], bill["region"]) == ("run", 1, False, "us-east-1")
    shares = {row["table_name"]: row["dollars"] for row in kept(context, "costs")}
    assert shares == {"orders": D("0.039999"), "fact_orders": D("0.019333"), "daily_sales": D("0.000667")}
    assert sum(shares.values(), D(0)) == bill["dollars"]


def test_pods_by_their_requests_and_seconds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As in test_costs_bill.py: half an hour of the driver, a whole one of executors."""
    monkeypatch.setattr(run_cost, "executor_seconds", lambda since: 3600.0)
    context = context_of(tmp_path, KUBERNETES)
    keep_cost(context, 1800.0, released=True)
    whole = sum(D(str(row["dollars"])) for row in kept(context, "bills"))
    assert whole == D("0.016615") + D("0.007385") + D("0.066462") + D("0.018462")
    assert sum(D(str(row["dollars"])) for row in kept(context, "costs")) == whole


def test_executors_that_nobody_tells_of_are_not_taken_for_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run_cost, "executor_seconds", lambda since: None)
    context = context_of(tmp_path, KUBERNETES)
    keep_cost(context, 1800.0, released=True)
    assert kept(context, "bills") == []
    assert any("not known" in warning for warning in context.record.warnings)


def test_a_run_without_a_step_is_billed_whole(tmp_path: Path) -> None:
    context = context_of(tmp_path, {"billed_by": "machine", "machine_hour": 1}, steps={})
    keep_cost(context, 36.0, released=False)
    (row,) = kept(context, "costs")
    assert (row["layer"], row["table_name"], row["dollars"]) == (None, None, D("0.01"))


def test_prices_that_cannot_be_read_are_told_and_fail_no_run_that_is_done(conf: Path, tmp_path: Path) -> None:
    (conf / "prices.yaml").write_text("region: here\n")
    context = context_of(tmp_path, {"billed_by": "machine", "machine_hour": 1})
    keep_run(context, 36.0, 0, "nothing new", None)
    assert kept(context, "bills") == []
    assert "prices.yaml" in context.record.warnings[0]


def test_who_bills_afterwards_is_asked_for_the_runs_before(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What stands against it is told, and fails no run."""
    asked: list[str] = []

    def ask(lake: Lake, settings: Settings, prices: Prices) -> list[BilledRun]:
        asked.append(lake.root)
        raise LakehouseError("application 00f1: AccessDenied")

    monkeypatch.setattr(run_cost, "settle", ask)
    context = context_of(tmp_path, {"billed_by": "emr_serverless", "emr_application": "00f1"})
    keep_run(context, 36.0, 0, "nothing new", None)
    assert asked == [context.lake.root]
    assert context.record.warnings == ["what runs cost is not known: application 00f1: AccessDenied"]


def test_a_run_that_costs_twice_its_usual_is_told_of(tmp_path: Path) -> None:
    """Six nights of a dollar; this one takes 2.10."""
    context = context_of(tmp_path, {"billed_by": "machine", "machine_hour": 1})
    day = context.record.started_at.date() - timedelta(days=3)
    bill = {"command": "run", "landed_days": 1, "released": True, "billed_by": "machine", "dollars": D(1)}
    put(context.table("ops.bills"), [{**bill, "run_id": f"r{at}", "day": day} for at in range(6)])
    keep_cost(context, 7560.0, released=True)
    (notice,) = context.record.notices
    assert notice.cause == "run cost run", "the same each time: alerts are not told twice of it"
    assert notice.lines[0].startswith("run cost $2.10, usually $1.00 (6 runs like it)")


def test_nothing_is_written_where_nobody_bills(tmp_path: Path) -> None:
    context = context_of(tmp_path, {})
    keep_run(context, 120.0, 0, "nothing new", None)
    assert kept(context, "bills") == kept(context, "costs") == []


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("cost: {billed_by: machine}", r"cost\.machine_hour: found none, expected dollars an hour"),
        ("cost: {billed_by: kubernetes}", r"cost\.driver: found none, expected \{vcpu, memory_gb\}"),
        ("cost: {billed_by: glue}", r"cost\.glue_jobs: found none, expected names of jobs"),
        ("cost: {billed_by: emr_serverless}", r"cost\.emr_application: found none, expected its id"),
        ("cost: {monthly_budget: 50}", r"cost\.billed_by: found nothing, expected who bills runs"),
        ("cost: {billed_by: azure}", r"local\.yaml:1: cost\.billed_by: .*found 'azure'"),
    ],
)
def test_settings_that_cannot_be_billed_are_refused(conf: Path, text: str, message: str) -> None:
    (conf / "local.yaml").write_text(f"{text}\n")
    with pytest.raises(SettingsError, match=message):
        load_settings("local")
