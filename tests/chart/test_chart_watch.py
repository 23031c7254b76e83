"""The watch's Deployment: one that lives, ends in order, is started anew when it hangs, and keeps nobody away."""

from __future__ import annotations

import os
import subprocess
import time
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.chart.render import LOCAL, look, objects, pod, spark

pytestmark = pytest.mark.chart

WATCH: dict[str, Any] = {"watch": {"enabled": True}}
ITSELF: dict[str, Any] = {**WATCH, "nightly": {"suspend": True}, "prometheusRule": {"enabled": True}}


def test_there_is_none_unless_asked_for() -> None:
    rendered = objects()
    assert "Deployment watch" not in rendered
    assert "spark-defaults.watch.conf" not in rendered["ConfigMap"]["data"]
    assert "--wait" not in look(pod(rendered, "CronJob nightly"), "spec.containers.0.args")


def test_one_at_a_time_which_ends_its_batch_before_the_next_begins() -> None:
    made = objects(values=WATCH)["Deployment watch"]["spec"]
    assert (made["replicas"], made["strategy"]) == (1, {"type": "Recreate"})
    assert made["selector"]["matchLabels"].items() <= made["template"]["metadata"]["labels"].items()
    spec = made["template"]["spec"]
    assert (spec["restartPolicy"], spec["terminationGracePeriodSeconds"]) == ("Always", 900)
    assert "activeDeadlineSeconds" not in spec


def test_nights_and_others_come_beside_it_and_wait_for_the_lake() -> None:
    rendered = objects(values={**WATCH, "backfill": {"from": "2024-01-01", "to": "2024-01-31"}})
    watching = pod(rendered, "Deployment watch")
    assert "podAntiAffinity" not in watching["spec"]["affinity"]
    others = [name for name in rendered if name.startswith(("CronJob", "Job"))]
    assert len(others) == 3
    for name in others:
        one = pod(rendered, name)["spec"]
        (term,) = one["affinity"]["podAntiAffinity"]["requiredDuringSchedulingIgnoredDuringExecution"]
        assert not term["labelSelector"]["matchLabels"].items() <= watching["metadata"]["labels"].items(), name
        arguments = one["containers"][0]["args"]
        assert arguments[arguments.index("--wait") + 1] == "900s", name
    kept = rendered["PodDisruptionBudget"]["spec"]["selector"]["matchLabels"]
    assert not kept.items() <= watching["metadata"]["labels"].items(), "else a node with it could never be drained"


def test_on_spot_nodes_it_is_asked_nothing_of_its_place() -> None:
    rendered = objects(values={**WATCH, "driver": {"allowSpot": True}})
    assert "affinity" not in pod(rendered, "Deployment watch")["spec"]
    assert "podAntiAffinity" in pod(rendered, "CronJob nightly")["spec"]["affinity"]


@pytest.mark.parametrize(("seconds_ago", "lives"), [(0, True), (7100, True), (7300, False), (None, False)])
def test_it_is_alive_while_it_looks(seconds_ago: int | None, lives: bool, tmp_path: Path) -> None:
    """The probe's command itself, over a file that was touched some time ago, or never."""
    container = look(pod(objects(values=WATCH), "Deployment watch"), "spec.containers.0")
    place = container["args"][container["args"].index("--touch") + 1]
    assert place.startswith("/tmp/"), "which is writable"
    command = [word.replace(place, str(tmp_path / "looked")) for word in container["livenessProbe"]["exec"]["command"]]
    assert command != container["livenessProbe"]["exec"]["command"]
    if seconds_ago is not None:
        (tmp_path / "looked").touch()
        os.utime(tmp_path / "looked", (time.time() - seconds_ago,) * 2)
    assert (subprocess.run(command, capture_output=True).returncode == 0) is lives


def test_other_settings_start_it_anew() -> None:
    settings = yaml.safe_load(LOCAL.read_text())["settings"]
    sums = {
        pod(objects("-f", str(LOCAL), values={**WATCH, **more}), "Deployment watch")["metadata"]["annotations"][
            "checksum/config"
        ]
        for more in (
            {},
            {"nightly": {"retries": 1}},
            {"settings": {**settings, "parallel": 3}},
            {"sparkConf": {"spark.a": "1"}},
        )
    }
    assert len(sums) == 3, "what is the nightly's alone does not"


def test_sizes_are_its_own() -> None:
    rendered = objects(values={"watch": {"enabled": True, "driver": {"memory": "1g"}, "executor": {"cores": "500m"}}})
    assert spark(rendered, "watch")["spark.driver.memory"] == "1g"
    assert spark(rendered, "nightly")["spark.driver.memory"] == "2g"
    (volume,) = [v for v in pod(rendered, "Deployment watch")["spec"]["volumes"] if v["name"] == "spark"]
    assert volume["configMap"]["items"][0] == {"key": "spark-defaults.watch.conf", "path": "spark-defaults.conf"}


def test_where_nights_are_the_watchs_nobody_is_told_that_the_cronjob_rests() -> None:
    rules = _rules(ITSELF)
    assert "LakehouseNoGoodNight" not in rules
    assert 'cronjob=~"lakehouse-(maintenance)"' in rules["LakehouseSuspended"]
    assert "LakehouseWatchDown" in rules
    both = _rules({**ITSELF, "watch": {"enabled": False}})
    assert "LakehouseNoGoodNight" in both
    assert "LakehouseWatchDown" not in both
    assert 'cronjob=~"lakehouse-(nightly|maintenance)"' in both["LakehouseSuspended"]


def _rules(values: Any) -> dict[str, str]:
    (group,) = objects(values=values)["PrometheusRule"]["spec"]["groups"]
    return {rule["alert"]: rule["expr"] for rule in group["rules"]}


def test_metrics_of_it_are_found() -> None:
    seen = {"metrics": {"enabled": True, "podMonitor": True}, "networkPolicy": {"uiFrom": [{"podSelector": {}}]}}
    rendered = objects(values={**WATCH, **seen})
    (only,) = rendered["PodMonitor"]["spec"]["selector"]["matchExpressions"]
    for name in ("Deployment watch", "CronJob nightly"):
        assert pod(rendered, name)["metadata"]["labels"][only["key"]] in only["values"]


def test_brokers_are_let_out_to() -> None:
    kafka = {"servers": "b-1.shop:9092,b-2.shop:9094", "topics": {"shop.orders": "orders"}}
    settings = {**yaml.safe_load(LOCAL.read_text())["settings"], "kafka": kafka}
    out = objects("-f", str(LOCAL), values={"settings": settings})["NetworkPolicy out"]["spec"]
    assert [one["port"] for one in out["egress"][3]["ports"]] == [443, 6443, 5439, 9000, 9092, 9094]
