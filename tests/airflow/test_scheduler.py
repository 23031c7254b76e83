"""Airflow itself, its scheduler, workers, triggerer and API: nights, a backfill, job runs, alerts, on real jobs.

All tests of this file share one Airflow and one lakehouse, and run in the order they stand in.
"""

from __future__ import annotations

import json
import os
import signal
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote

import psutil
import pytest

from tests.airflow import inbox, screenshot
from tests.airflow.aws import moto
from tests.airflow.emr import JobRuns, job_runs
from tests.airflow.once import Once
from tests.airflow.parts import Airflow, airflow, running, until
from tests.airflow.shop import Shop, land_made_up_day

pytestmark = pytest.mark.airflow
NIGHTLY = "lakehouse_nightly"
LAYERS = ["bronze", "silver", "gold", "audit", "publish"]
SOON, JOB = 300, 1800  # seconds after which Airflow, or a job, is not slow but stuck: nothing waits them out
# The run of last night began two hours ago and was to be done an hour ago, whatever the time is now.
NOW = datetime.now(UTC)
STARTED = NOW - timedelta(hours=2, minutes=(NOW.hour, NOW.minute) == (2, 0))  # not midnight: see the backfill
NIGHT = {"starts_at": f"{STARTED:%H:%M}", "release_by": f"{NOW - timedelta(hours=1):%H:%M}"}
YESTERDAY = STARTED.date() - timedelta(days=1)
COMMON = {**NIGHT, "retries": 2, "retry_seconds": 1, "alerts": {"slack": "shop_slack"}}


@dataclass
class Stage:
    """What the tests of this file share."""

    airflow: Airflow
    shop: Shop
    slack: inbox.Inbox
    emr: JobRuns
    days: list[date]


@pytest.fixture(scope="module")
def stage(
    migrated: Path,
    real_days: tuple[Path, list[date]],
    tmp_path_factory: pytest.TempPathFactory,
    airflow_environment: dict[str, str],
) -> Iterator[Stage]:
    landing, days = real_days
    folder = tmp_path_factory.mktemp("stage")
    shop = Shop.make(folder, landing)
    land_made_up_day(shop.home / "landing", YESTERDAY)
    shop.settings(**COMMON)
    with inbox.slack() as slack, moto(folder) as s3, job_runs(folder / "emr", shop, s3) as emr:
        connections = {
            "AIRFLOW_CONN_SHOP_SLACK": {"conn_type": "slackwebhook", "host": slack.url, "password": "T0/B0/x"},
            "AIRFLOW_CONN_SHOP_EMR": emr.connection,
        }
        own = {name: json.dumps(value) for name, value in connections.items()}
        with running(migrated, folder / "airflow", {**airflow_environment, **shop.environment, **own}) as begun:
            yield Stage(begun, shop, slack, emr, days)


def tasks_become(stage: Stage, tasks: list[str]) -> None:
    """Have Airflow read the DAG anew, and wait for it."""
    stage.airflow.read_again(NIGHTLY)
    until(f"the nightly DAG has {tasks}", lambda: sorted(stage.airflow.task_ids(NIGHTLY)) == sorted(tasks), SOON)


def states(stage: Stage, run: str) -> dict[str, str]:
    return {name: one["state"] for name, one in stage.airflow.tasks(NIGHTLY, run).items()}


def said(stage: Stage, run: str) -> str:
    """Logs of all tries of a run's tasks, for whoever reads a failure."""
    found = stage.airflow.tasks(NIGHTLY, run)
    tries = [(name, number) for name, one in found.items() for number in range(1, one["try_number"] + 1)]
    return "\n".join(f"== {name} {n}\n{stage.airflow.words(NIGHTLY, run, name, n)[-2500:]}" for name, n in tries)


def test_the_clock_starts_last_nights_run(stage: Stage) -> None:
    """Unpausing is all that is done: the scheduler makes the run of the interval that ended at the last start."""
    assert sorted(stage.airflow.task_ids(NIGHTLY)) == sorted(LAYERS)
    stage.airflow.pause(NIGHTLY, False)
    (run,) = until("a scheduled run", lambda: stage.airflow.runs(NIGHTLY, "scheduled"), SOON, stage.airflow.look)
    assert run["data_interval_start"][:10] == str(YESTERDAY)
    done = stage.airflow.ended(NIGHTLY, run["dag_run_id"], JOB)
    assert done["state"] == "success", said(stage, run["dag_run_id"])
    assert states(stage, run["dag_run_id"]) == dict.fromkeys(LAYERS, "success")
    assert stage.shop.query("SELECT order_date, orders FROM daily_sales") == [(YESTERDAY, 24)]
    updated = stage.airflow.call("GET", "/api/v2/assets/events?limit=100")["asset_events"]
    assert {one["name"] for one in updated} >= {"gold.daily_sales", "gold.fact_orders"}
    page = f"{stage.airflow.url}/dags/{NIGHTLY}/runs/{quote(run['dag_run_id'])}"
    screenshot.take_graph(page, len(LAYERS), "airflow-run.png")


def test_the_missed_deadline_was_told_once(stage: Stage) -> None:
    texts = until("a message", lambda: stage.slack.texts, SOON, stage.airflow.look)
    assert len(texts) == 1, texts
    assert texts[0].startswith(f"*lakehouse shop: not released by {NIGHT['release_by']} UTC ({YESTERDAY})*")
    stage.slack.texts.clear()


def test_a_backfill_of_days_whose_job_is_killed_midway(stage: Stage) -> None:
    """Three nights, each a run of its own; the first one's process dies in the middle and is tried again."""
    stage.shop.settings(**COMMON, one_task=True)
    tasks_become(stage, ["run"])
    first, last = stage.days[0], stage.days[-1]
    # The end is midnight, and a night's interval begins after it: a day more.
    end = last + timedelta(days=1)
    words = ["--dag-id", NIGHTLY, "--from-date", str(first), "--to-date", str(end), "--max-active-runs", "1"]
    airflow(stage.airflow.environment, "backfill", "create", *words)
    before = commits(stage.shop, "silver/products")
    until("silver has begun", lambda: commits(stage.shop, "silver/products") > before, JOB, stage.airflow.look)
    os.killpg(job_of(stage.shop), signal.SIGKILL)

    def all_done() -> list[dict[str, Any]] | None:
        runs = stage.airflow.runs(NIGHTLY, "backfill")
        return runs if runs and all(one["state"] in ("success", "failed") for one in runs) else None

    runs = until("the backfill ends", all_done, 3 * JOB, stage.airflow.look)
    assert [one["data_interval_start"][:10] for one in runs] == [str(day) for day in stage.days]
    tries = [stage.airflow.tasks(NIGHTLY, one["dag_run_id"])["run"]["try_number"] for one in runs]
    assert [one["state"] for one in runs] == ["success"] * 3, said(stage, runs[0]["dag_run_id"])
    assert tries == [2, 1, 1]
    assert not stage.slack.texts, "a retry is no news, and the deadline is not one of nights long gone"


def test_gold_is_that_of_one_pass(
    stage: Stage, migrated: Path, tmp_path: Path, airflow_environment: dict[str, str]
) -> None:
    """The DAG lakehouse_backfill over the same landing, into a lake of its own: the same warehouse, row for row."""
    plain = Shop.make(tmp_path, stage.shop.home / "landing")
    plain.settings(one_task=True, retries=0)
    once = Once(migrated, tmp_path / "airflow", {**airflow_environment, **plain.environment})
    days = {"from": str(stage.days[0]), "to": str(YESTERDAY)}
    done = once.run("lakehouse_backfill", NOW.isoformat(), **days)
    assert done["state"] == "success", done["printed"][-6000:]
    expected, found = plain.gold(), stage.shop.gold()
    assert set(found) == set(expected)
    assert len(expected["fact_orders"]) > 24
    for table, rows in expected.items():
        assert found[table] == rows, table


def test_a_job_run_is_waited_for_in_the_triggerer(stage: Stage) -> None:
    """What the job does is test_one_run.py's."""
    run = on_emr(stage, "")
    assert stage.airflow.ended(NIGHTLY, run, SOON)["state"] == "success", said(stage, run)
    assert states(stage, run) == {"runner": "success", "emr_serverless.run": "success", "local.run": "skipped"}


def test_a_job_run_that_fails_for_good_is_told_once_and_not_tried_again(stage: Stage) -> None:
    run = on_emr(stage, "import sys\nsys.stderr.write('error: the audit failed\\n')\nsys.exit(4)\n")
    assert stage.airflow.ended(NIGHTLY, run, SOON)["state"] == "failed"
    task = stage.airflow.tasks(NIGHTLY, run)["emr_serverless.run"]
    assert (task["state"], task["try_number"]) == ("failed", 1), said(stage, run)
    (text,) = until("a message", lambda: stage.slack.texts, SOON, stage.airflow.look)
    assert text.startswith(f"*lakehouse shop: audit failed, release withheld ({YESTERDAY})*")
    assert "the audit failed" in text.splitlines()[1]
    assert "task emr_serverless.run" in text
    stage.slack.texts.clear()


def test_a_killed_task_cancels_its_job_run(stage: Stage) -> None:
    run = on_emr(stage, "time.sleep(3600)\n")
    until("a job run is at work", lambda: stage.emr.states().get("RUNNING"), SOON, stage.airflow.look)
    path = f"/api/v2/dags/{NIGHTLY}/dagRuns/{run}/taskInstances/emr_serverless.run"
    stage.airflow.call("PATCH", path, {"new_state": "failed"})
    until("the job run is canceled", lambda: stage.emr.states().get("CANCELLED"), SOON, stage.airflow.look)
    assert not stage.emr.states().get("RUNNING")


def on_emr(stage: Stage, script: str) -> str:
    """Start a run of yesterday whose param chooses EMR Serverless, there this script; its id, once it is deferred.

    The script waits for that: Airflow takes a task that is back while the worker that deferred it is still seen to end,
    which takes some seconds, for one that was killed. Real job runs take longer than that.
    """
    gate = stage.emr.folder / "gate"
    gate.unlink(missing_ok=True)
    stage.emr.script(f"import os, time\nwhile not os.path.exists({str(gate)!r}):\n    time.sleep(0.2)\n{script}")
    stage.shop.settings(**COMMON, one_task=True, runners=["local", "emr_serverless"], emr_serverless=stage.emr.settings)
    tasks_become(stage, ["runner", "emr_serverless.run", "local.run"])
    run = stage.airflow.trigger(NIGHTLY, date=str(YESTERDAY), runner="emr_serverless")
    until("the task is deferred", lambda: states(stage, run).get("emr_serverless.run") == "deferred", SOON)
    ended = f"event with state success for task instance TaskInstanceKey(dag_id='{NIGHTLY}', "
    ended += f"task_id='emr_serverless.run', run_id='{run}'"
    until("its worker's end is seen", lambda: ended in stage.airflow.log("scheduler") or None, SOON)
    gate.touch()
    return run


def commits(shop: Shop, table: str) -> int:
    return len(list((shop.home / "lake" / table / "_delta_log").glob("*.json")))


def job_of(shop: Shop) -> int:
    """The running job, which leads its process group."""
    words = {one.pid: one.info["cmdline"] or [] for one in psutil.process_iter(["cmdline"])}
    (pid,) = [pid for pid, line in words.items() if "spark_app.jobs.nightly" in line]
    return pid
