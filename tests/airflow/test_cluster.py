"""A night whose tasks are pods of the image, on the tests' cluster: make test-airflow-cluster."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from tests.airflow import cluster as ours
from tests.airflow import inbox
from tests.airflow.once import Once
from tests.airflow.shop import land_made_up_day
from tests.cluster import kube

pytest_plugins = ["tests.cluster.conftest"]  # its cluster, with the images
pytestmark = pytest.mark.cluster
LAYERS = ["bronze", "silver", "gold", "audit", "publish"]
SALES = "rows('SELECT order_date, orders FROM analytics.daily_sales ORDER BY 1')"


@pytest.fixture(scope="module")
def installed(images: None) -> None:
    ours.make()


@pytest.fixture
def slack() -> Iterator[inbox.Inbox]:
    with inbox.slack() as found:
        yield found


@pytest.fixture
def environment(
    installed: None, slack: inbox.Inbox, tmp_path: Path, airflow_environment: dict[str, str]
) -> dict[str, str]:
    connections = {
        "AIRFLOW_CONN_SHOP_SLACK": {"conn_type": "slackwebhook", "host": slack.url, "password": "T0/B0/x"},
        "AIRFLOW_CONN_TESTS_CLUSTER": ours.connection(),
    }
    direct = f"{ours.server()},{os.environ.get('NO_PROXY', '')}"
    return {
        **airflow_environment,
        **{name: json.dumps(value) for name, value in connections.items()},
        "LAKEHOUSE_ENV": ours.NAME,
        "LAKEHOUSE_CONF": str(tmp_path / "conf"),
        "NO_PROXY": direct,
        "no_proxy": direct,
    }


def pods() -> list[dict[str, Any]]:
    """The release's pods that are still there."""
    return kube.found("pods", "-l", ours.RELEASE)


def test_a_night_of_pods(environment: dict[str, str], migrated: Path, tmp_path: Path, slack: inbox.Inbox) -> None:
    ours.settings(tmp_path / "conf", retries=0, alerts={"slack": "shop_slack"})
    land_made_up_day(tmp_path / "landing", date(2024, 3, 1))
    ours.world(f"land(Path({str(tmp_path / 'landing')!r}))")
    done = Once(migrated, tmp_path / "airflow", environment).run("lakehouse_nightly", "2024-03-02T02:00:00+00:00")
    assert done["tasks"] == {name: {"state": "success", "try": 1} for name in LAYERS}, done["printed"][-6000:]
    assert ours.world(SALES) == [["2024-03-01", 24]]
    assert "publish warehouse: " in done["printed"], "what the pod says is in the task's log"
    kube.until(lambda: not pods(), "the pods to be gone")
    assert not slack.texts


def test_an_audit_that_fails_in_a_pod(
    environment: dict[str, str], migrated: Path, tmp_path: Path, slack: inbox.Inbox
) -> None:
    ours.settings(tmp_path / "conf", one_task=True, retries=2, retry_seconds=0, alerts={"slack": "shop_slack"})
    land_made_up_day(tmp_path / "landing", date(2024, 3, 2), spoilt=True)
    ours.world(f"land(Path({str(tmp_path / 'landing')!r}))")
    done = Once(migrated, tmp_path / "airflow", environment).run("lakehouse_nightly", "2024-03-03T02:00:00+00:00")
    assert done["tasks"] == {"run": {"state": "failed", "try": 1}}, done["printed"][-6000:]
    (text,) = slack.texts
    assert text.startswith("*lakehouse cluster: audit failed, release withheld (2024-03-02)*")
    assert "silver.orders" in text, "the rule that failed is named"
    assert ours.world(SALES) == [["2024-03-01", 24]], "readers keep what they had"
    (pod,) = [one for one in pods() if one["metadata"]["labels"]["app.kubernetes.io/component"] == "driver"]
    assert pod["metadata"]["labels"]["dag_id"] == "lakehouse_nightly", "kept, to be looked at"
    assert pod["status"]["containerStatuses"][0]["state"]["terminated"]["exitCode"] == 4


def test_an_image_that_is_not_there(
    environment: dict[str, str], migrated: Path, tmp_path: Path, slack: inbox.Inbox
) -> None:
    absent = {"image": "localhost:1/lakehouse:absent"}
    ours.settings(tmp_path / "conf", one_task=True, retries=0, alerts={"slack": "shop_slack"}, kubernetes=absent)
    done = Once(migrated, tmp_path / "airflow", environment).run("lakehouse_nightly", "2024-03-04T02:00:00+00:00")
    assert done["tasks"] == {"run": {"state": "failed", "try": 1}}, done["printed"][-6000:]
    (text,) = slack.texts
    subject, what = text.splitlines()[:2]
    assert subject == "*lakehouse cluster: run failed (2024-03-03)*"
    assert "Image cannot be pulled, unable to start: " in what
    assert absent["image"] in what
    kube.until(lambda: not waiting(), "the pod that never started to be gone")


def waiting() -> list[str]:
    return kube.pods(ours.RELEASE, "Pending")
