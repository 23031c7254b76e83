"""Whole runs by dag.test(), with the local runner and real Spark: a release, and an audit that withholds one."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest

from tests.airflow import inbox
from tests.airflow.once import Once
from tests.airflow.shop import Shop, land_made_up_day

pytestmark = pytest.mark.airflow
RUN_AFTER = "2024-03-02T02:00:00+00:00"
DAY = date(2024, 3, 1)


def test_a_release_and_then_an_audit_that_fails(
    shop: Shop, migrated: Path, tmp_path: Path, airflow_environment: dict[str, str]
) -> None:
    land_made_up_day(shop.home / "landing", DAY)
    with inbox.slack() as slack:
        connection = json.dumps({"conn_type": "slackwebhook", "host": slack.url, "password": "T0/B0/x"})
        own = {**airflow_environment, **shop.environment, "AIRFLOW_CONN_SHOP_SLACK": connection}
        shop.settings(one_task=True, retries=2, retry_seconds=0, alerts={"slack": "shop_slack"})
        once = Once(migrated, tmp_path / "airflow", own)
        done = once.run("lakehouse_nightly", RUN_AFTER)
        assert done["state"] == "success", done["printed"][-6000:]
        assert done["tasks"] == {"run": {"state": "success", "try": 1}}
        assert shop.query("SELECT order_date, orders FROM daily_sales") == [(DAY, 24)], "the day before the run"
        assert not slack.texts

        before = shop.gold()
        shop.settings(retries=2, retry_seconds=0, alerts={"slack": "shop_slack"})
        next_day = date(2024, 3, 2)
        land_made_up_day(shop.home / "landing", next_day, spoilt=True)
        once = Once(migrated, tmp_path / "again", own)
        done = once.run("lakehouse_nightly", "2024-03-03T02:00:00+00:00")
        states = {name: one["state"] for name, one in done["tasks"].items()}
        assert states == {
            "bronze": "success",
            "silver": "success",
            "gold": "success",
            "audit": "failed",
            "publish": "upstream_failed",
        }, done["printed"][-6000:]
        assert done["tasks"]["audit"]["try"] == 1, "exit code 4 is not tried again"
        (text,) = slack.texts  # one message: publish failed too, for the same reason
        assert text.startswith(f"*lakehouse shop: audit failed, release withheld ({next_day})*")
        assert "readers keep release 1" in text
        assert "silver.orders" in text, "the rule that failed is named"
        assert "task audit" in text
        assert "clear bronze of this run and what follows it" in text
        assert shop.gold() == before, "readers keep what they had"
