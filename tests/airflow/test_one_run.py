"""Whole runs by dag.test(), with real Spark: a release on EMR Serverless's stand-in, an audit that withholds one."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from tests.airflow import inbox
from tests.airflow.emr import JobRuns, job_runs
from tests.airflow.once import Once
from tests.airflow.shop import Shop, land_made_up_day

pytestmark = pytest.mark.airflow
RUN_AFTER = "2024-03-02T02:00:00+00:00"
DAY, NEXT_DAY = date(2024, 3, 1), date(2024, 3, 2)


@pytest.fixture
def slack() -> Iterator[inbox.Inbox]:
    with inbox.slack() as found:
        yield found


@pytest.fixture
def emr(shop: Shop, tmp_path: Path) -> Iterator[JobRuns]:
    with job_runs(tmp_path / "emr", shop) as found:
        yield found


def test_a_release_on_emr_serverless_and_then_an_audit_that_fails_here(
    shop: Shop,
    emr: JobRuns,
    slack: inbox.Inbox,
    migrated: Path,
    tmp_path: Path,
    airflow_environment: dict[str, str],
) -> None:
    connections = {
        "AIRFLOW_CONN_SHOP_SLACK": {"conn_type": "slackwebhook", "host": slack.url, "password": "T0/B0/x"},
        "AIRFLOW_CONN_SHOP_EMR": emr.connection,
    }
    own = {**airflow_environment, **shop.environment, **{name: json.dumps(one) for name, one in connections.items()}}
    common = {"retries": 2, "retry_seconds": 0, "alerts": {"slack": "shop_slack"}}
    shop.settings(**common, one_task=True, runners=["emr_serverless"], emr_serverless=emr.settings)
    once = Once(migrated, tmp_path / "airflow", own)

    land_made_up_day(shop.home / "landing", DAY)
    done = once.run("lakehouse_nightly", RUN_AFTER)
    assert done["tasks"] == {"run": {"state": "success", "try": 1}}, done["printed"][-6000:]
    assert shop.query("SELECT order_date, orders FROM daily_sales") == [(DAY, 24)], "the day before the run"
    (job,) = emr.all()
    assert (job["state"], job["name"]) == ("SUCCESS", "lakehouse-shop-run")
    assert job["tags"] == {"project": "lakehouse", "environment": "shop", "layer": "run"}
    driver = job["jobDriver"]["sparkSubmit"]
    assert driver["entryPoint"] == "local:///opt/lakehouse/spark_app/jobs/nightly.py"
    assert driver["entryPointArguments"] == ["--env", "shop", "--date", str(DAY)]
    assert "--conf spark.sql.shuffle.partitions=4" in driver["sparkSubmitParameters"]
    assert not slack.texts

    before = shop.gold()
    shop.settings(**common)
    land_made_up_day(shop.home / "landing", NEXT_DAY, spoilt=True)
    once = Once(migrated, tmp_path / "again", own)
    done = once.run("lakehouse_nightly", "2024-03-03T02:00:00+00:00")
    states = {name: one["state"] for name, one in done["tasks"].items()}
    withheld = {"audit": "failed", "publish": "upstream_failed"}
    assert states == {**dict.fromkeys(("bronze", "silver", "gold"), "success"), **withheld}, done["printed"][-6000:]
    assert done["tasks"]["audit"]["try"] == 1, "exit code 4 is not tried again"
    (text,) = slack.texts  # one message: publish failed too, for the same reason
    assert text.startswith(f"*lakehouse shop: audit failed, release withheld ({NEXT_DAY})*")
    assert "readers keep release 1" in text
    assert "silver.orders" in text, "the rule that failed is named"
    assert "task audit" in text
    assert "clear bronze of this run and what follows it" in text
    assert shop.gold() == before, "readers keep what they had"
