"""What a release consists of: valid for Kubernetes, restricted, of least rights, one run at a time."""

from __future__ import annotations

import re
import warnings
from typing import Any

import kubernetes_validate
import pytest
import yaml

from tests.chart.render import EKS, EVERYTHING, LOCAL, ROOT, Objects, objects, pod, pods, refusal, spark, text

pytestmark = pytest.mark.chart

WAYS: dict[str, tuple[tuple[str, ...], Any]] = {
    "defaults": ((), None),
    "eks": (("-f", str(EKS)), None),
    "local": (("-f", str(LOCAL)), None),
    "everything": (("-f", str(LOCAL)), EVERYTHING),
}
way = pytest.mark.parametrize(("words", "values"), WAYS.values(), ids=WAYS)
# The oldest that the chart takes, the one of the cluster's tests, the newest with schemas.
KUBERNETES = ("1.31", "1.34", "1.37")
FOREIGN = {"PodMonitor", "PrometheusRule"}  # the Prometheus operator's; their schemas are not Kubernetes' own


@way
@pytest.mark.parametrize("version", KUBERNETES)
def test_valid_for_kubernetes(words: tuple[str, ...], values: Any, version: str) -> None:
    rendered = objects(*words, "--kube-version", version, values=values)
    template = {"metadata": {"name": "executor"}, **pod(rendered, "executor")}
    for one in [*rendered.values(), template]:
        if one["kind"] not in FOREIGN:
            with warnings.catch_warnings():
                warnings.simplefilter("error")
                kubernetes_validate.validate(one, version, strict=True)


def test_a_misspelt_field_is_found() -> None:
    job = {"apiVersion": "batch/v1", "kind": "CronJob", "metadata": {"name": "a"}, "spec": {"timezone": "Etc/UTC"}}
    with pytest.raises(kubernetes_validate.ValidationError, match="timezone"):
        kubernetes_validate.validate(job, "1.34", strict=True)


def test_older_kubernetes_is_refused() -> None:
    assert "requires kubeVersion: >=1.31" in refusal("--kube-version", "1.30.0")


@way
def test_pods_are_restricted(words: tuple[str, ...], values: Any) -> None:
    """The restricted Pod Security level, and a root file system that nobody writes to."""
    for name, one in pods(objects(*words, values=values)).items():
        spec, security = one["spec"], one["spec"]["securityContext"]
        assert security["runAsNonRoot"], name
        assert security["runAsUser"] == 185, name
        assert security["seccompProfile"] == {"type": "RuntimeDefault"}, name
        assert {next(iter(set(volume) - {"name"})) for volume in spec["volumes"]} <= {"configMap", "emptyDir"}, name
        assert not {"hostNetwork", "hostPID", "hostIPC"} & set(spec), name
        for container in spec["containers"]:
            inside = container["securityContext"]
            assert inside["allowPrivilegeEscalation"] is False, name
            assert inside["capabilities"] == {"drop": ["ALL"]}, name
            assert inside["readOnlyRootFilesystem"] is True, name
            assert {"name": "tmp", "mountPath": "/tmp"} in container["volumeMounts"], name


@way
def test_secrets_by_reference_only(words: tuple[str, ...], values: Any) -> None:
    for name, one in pods(objects(*words, values=values)).items():
        for variable in one["spec"]["containers"][0].get("env") or []:
            secret = re.search("PASSWORD|SECRET|ACCESS_KEY|SALT", variable["name"])
            assert ("value" in variable) is (secret is None and "valueFrom" not in variable), (name, variable)
            if secret:
                assert set(variable["valueFrom"]) == {"secretKeyRef"}
    assert "kind: Secret\n" not in text(*words, values=values)


def test_the_warehouse_password_is_the_drivers_alone() -> None:
    rendered = objects("-f", str(LOCAL), values=EVERYTHING)
    holders = {
        name
        for name, one in pods(rendered).items()
        if "LAKEHOUSE_REDSHIFT_PASSWORD" in [variable["name"] for variable in one["spec"]["containers"][0]["env"]]
    }
    assert {name.split()[0] + " " + name.split()[-1].split("-")[0] for name in holders} == {
        "CronJob nightly",
        "CronJob maintenance",
        "Deployment watch",
        "Job backfill",
        "Pod doctor",
    }


def _drivers(rendered: Objects) -> set[str]:
    """Names of what makes pods that start Spark."""
    return {name for name in pods(rendered) if name.startswith(("CronJob", "Job", "Deployment watch"))}


def test_the_driver_may_handle_pods_and_nothing_else() -> None:
    rendered = objects(values=EVERYTHING)
    verbs = ["get", "list", "watch", "create", "delete", "deletecollection"]
    assert rendered["Role"]["rules"] == [{"apiGroups": [""], "resources": ["pods"], "verbs": verbs}]
    assert [subject["name"] for subject in rendered["RoleBinding"]["subjects"]] == ["lakehouse"]
    assert rendered["ServiceAccount executor"]["automountServiceAccountToken"] is False
    assert {name for name in rendered if name.startswith(("Cluster", "ValidatingW", "MutatingW"))} == set()
    tokens = {name for name, one in pods(rendered).items() if one["spec"].get("automountServiceAccountToken") is None}
    assert tokens == _drivers(rendered)


@pytest.mark.parametrize("name", ["CronJob nightly", "CronJob maintenance"])
def test_retries_know_what_cannot_help(name: str) -> None:
    spec = objects()[name]["spec"]["jobTemplate"]["spec"]
    never, always = spec["podFailurePolicy"]["rules"]
    assert never == {
        "action": "FailJob",
        "onExitCodes": {"containerName": "driver", "operator": "In", "values": [2, 3, 4]},
    }
    assert always == {"action": "Ignore", "onPodConditions": [{"type": "DisruptionTarget", "status": "True"}]}
    assert spec["template"]["spec"]["restartPolicy"] == "Never"  # without it there is no podFailurePolicy


@pytest.mark.parametrize("name", ["CronJob nightly", "CronJob maintenance"])
def test_waiting_for_a_node_is_no_failure_and_takes_nothing_of_a_runs_time(name: str) -> None:
    """A pod's own deadline counts from its start on a node, a job's from its making."""
    given = {"driver": {"pendingSeconds": 7200}, "nightly": {"deadlineSeconds": 900}}
    given["maintenance"] = {"deadlineSeconds": 900}
    job = objects(values=given)[name]["spec"]["jobTemplate"]["spec"]
    assert job["template"]["spec"]["activeDeadlineSeconds"] == 900
    assert job["activeDeadlineSeconds"] == 7200 + 900


def test_a_driver_on_a_node_that_does_not_answer_is_given_up_soon_and_replaced() -> None:
    spec = objects(values={"driver": {"unreachableSeconds": 45}})["CronJob nightly"]["spec"]["jobTemplate"]["spec"]
    assert [
        (one["key"], one["effect"], one["tolerationSeconds"]) for one in spec["template"]["spec"]["tolerations"]
    ] == [
        ("node.kubernetes.io/not-ready", "NoExecute", 45),
        ("node.kubernetes.io/unreachable", "NoExecute", 45),
    ]
    assert spec["podReplacementPolicy"] == "Failed", "the API server takes no other beside a podFailurePolicy"
    ignored = spec["podFailurePolicy"]["rules"][1]["onPodConditions"][0]["type"]
    assert ignored == "DisruptionTarget", "which the pod then has: that costs no retry"


def test_one_run_at_a_time() -> None:
    """A driver keeps every other driver of the release away, whichever job it belongs to."""
    rendered = objects(values=EVERYTHING)
    drivers = [one for name, one in pods(rendered).items() if name.startswith(("CronJob", "Job"))]
    assert len(drivers) == 3
    for one in drivers:
        (term,) = one["spec"]["affinity"]["podAntiAffinity"]["requiredDuringSchedulingIgnoredDuringExecution"]
        assert term["topologyKey"] == "kubernetes.io/os"  # the same on every node
        for other in drivers:
            assert term["labelSelector"]["matchLabels"].items() <= other["metadata"]["labels"].items()
        assert (
            not term["labelSelector"]["matchLabels"].items() <= pod(rendered, "executor")["metadata"]["labels"].items()
        )
    for name in ("CronJob nightly", "CronJob maintenance"):
        assert rendered[name]["spec"]["concurrencyPolicy"] == "Forbid"
        assert rendered[name]["spec"]["timeZone"] == "Etc/UTC"


def test_a_drain_waits_for_the_driver() -> None:
    rendered = objects()
    budget = rendered["PodDisruptionBudget"]["spec"]
    labels = pod(rendered, "CronJob nightly")["metadata"]["labels"]
    assert budget["minAvailable"] == 1
    assert budget["selector"]["matchLabels"].items() <= labels.items()
    assert not budget["selector"]["matchLabels"].items() <= pod(rendered, "executor")["metadata"]["labels"].items()


def test_network_policies_hold_for_all_pods_and_open_what_spark_uses() -> None:
    rendered = objects("-f", str(LOCAL), values=EVERYTHING)
    into, out = rendered["NetworkPolicy in"]["spec"], rendered["NetworkPolicy out"]["spec"]
    for one in pods(rendered).values():
        assert into["podSelector"]["matchLabels"].items() <= one["metadata"]["labels"].items()
        assert out["podSelector"]["matchLabels"].items() <= one["metadata"]["labels"].items()
    conf = spark(rendered)
    used = {
        int(conf[key]) for key in ("spark.driver.port", "spark.driver.blockManager.port", "spark.blockManager.port")
    }
    assert {port["port"] for port in into["ingress"][0]["ports"]} == used
    assert {port["port"] for port in out["egress"][1]["ports"]} == used
    assert {port["port"] for port in into["ingress"][1]["ports"]} == {int(conf["spark.ui.port"]), 18080}
    assert [port["port"] for port in out["egress"][3]["ports"]] == [443, 6443, 5439, 9000]  # 9000: s3.endpoint


def test_pods_reach_pod_identitys_agent_by_either_address() -> None:
    agent = objects()["NetworkPolicy out"]["spec"]["egress"][2]
    assert [to["ipBlock"]["cidr"] for to in agent["to"]] == ["169.254.170.23/32", "fd00:ec2::23/128"]
    assert agent["ports"] == [{"protocol": "TCP", "port": 80}]


@pytest.mark.parametrize(
    ("endpoint", "port"),
    [
        ("http://[fd00:ec2::23]:9000", 9000),
        ("http://[fd00:ec2::23]:9000/", 9000),
        ("http://[fd00:ec2::23]", 80),
        ("https://minio.example.com/base:1", 443),
    ],
)
def test_the_port_of_a_store_is_let_out_whatever_its_address(endpoint: str, port: int) -> None:
    settings = {**yaml.safe_load(LOCAL.read_text())["settings"], "s3": {"endpoint": endpoint}}
    out = objects("-f", str(LOCAL), values={"settings": settings})["NetworkPolicy out"]["spec"]
    ports = [one["port"] for one in out["egress"][3]["ports"]]
    assert ports == list(dict.fromkeys([443, 6443, 5439, port]))


def test_drivers_alone_get_the_secrets_that_people_are_told_by() -> None:
    rendered = objects("-f", str(LOCAL), values=EVERYTHING)
    told = {name for name, one in pods(rendered).items() if one["spec"]["containers"][0].get("envFrom")}
    drivers = _drivers(rendered)
    assert told == drivers | {"Pod doctor"}
    out = rendered["NetworkPolicy alerts"]["spec"]["podSelector"]
    (only,) = out["matchExpressions"]
    assert only["operator"] == "In"
    for name, one in pods(rendered).items():
        labels = one["metadata"]["labels"]
        assert out["matchLabels"].items() <= labels.items(), name
        assert (labels[only["key"]] in only["values"]) is (name in drivers), name


RULES = [
    ("LakehouseNoGoodNight", r'cronjob="shop-lakehouse-nightly"'),
    ("LakehouseSuspended", r'cronjob=~"shop-lakehouse-\(nightly\|maintenance\)"'),
    (
        "LakehouseDeadline",
        r'job_name=~"shop-lakehouse-\(nightly\|backfill\|maintenance\)-\.\+",reason="DeadlineExceeded"',
    ),
    ("LakehouseJobFailed", r'condition="true"'),
    ("LakehouseOutOfMemory", r'reason="OOMKilled"'),
    ("LakehousePending", r'pod=~"\(shop-lakehouse\|lakehouse\)-\.\+",phase="Pending"'),
    ("LakehouseCannotStart", r"ImagePullBackOff"),
    ("LakehouseWatchDown", r'deployment="shop-lakehouse-watch"'),
]


def test_rules_for_prometheus_name_what_the_release_makes() -> None:
    rendered = objects("-f", str(LOCAL), values=EVERYTHING, release="shop")
    (group,) = next(one for one in rendered.values() if one["kind"] == "PrometheusRule")["spec"]["groups"]
    rules = {rule["alert"]: rule for rule in group["rules"]}
    assert list(rules) == [name for name, _ in RULES]
    for name, found in RULES:
        expression = rules[name]["expr"]
        assert re.search(found, expression), expression
        assert expression.count("(") == expression.count(")")
        assert expression.count('namespace="shop"') == expression.count("{"), "every selector is of this namespace"
        assert set(rules[name]["annotations"]) == {"summary", "description"}
    guide = (ROOT / "docs" / "on-call.md").read_text()
    assert not [name for name in rules if name not in guide]


def test_sizes_of_a_job_are_its_own() -> None:
    rendered = objects("-f", str(EKS), values={"backfill": {"from": "2024-01-01", "to": "2024-01-31"}})
    most = {job: spark(rendered, job)["spark.dynamicAllocation.maxExecutors"] for job in ("nightly", "backfill")}
    assert most == {"nightly": "8", "backfill": "16"}
    for name in ("CronJob nightly", "CronJob maintenance", next(n for n in rendered if n.startswith("Job "))):
        (volume,) = [v for v in pod(rendered, name)["spec"]["volumes"] if v["name"] == "spark"]
        assert volume["configMap"]["items"][0]["key"] in rendered["ConfigMap"]["data"]
        assert volume["configMap"]["items"][0]["path"] == "spark-defaults.conf"


@pytest.mark.parametrize(
    ("cores", "tasks"), [("300m", "1"), ("1500m", "1"), ("2", "2"), (3, "3"), ("2.5", "2"), ("0.5", "1")]
)
def test_tasks_of_an_executor(cores: object, tasks: str) -> None:
    assert spark(objects(values={"executor": {"cores": cores}}))["spark.executor.cores"] == tasks


def test_a_backfill_has_a_new_name_when_it_is_another() -> None:
    """A Job cannot be changed: helm would fail to upgrade one."""
    days = {"backfill": {"from": "2024-01-01", "to": "2024-01-31"}}
    one, same, other = (
        next(name for name in objects(values=values) if name.startswith("Job "))
        for values in (days, {**days, "nightly": {"retries": 1}}, {**days, "image": {"tag": "next"}})
    )
    assert one == same != other
    assert one.startswith("Job backfill-20240101-20240131-")


def test_names_stay_short_enough() -> None:
    rendered = text(values={"backfill": {"from": "2024-01-01", "to": "2024-01-31"}}, release="r" * 53)
    for one in yaml.safe_load_all(rendered):
        limit = 52 if one["kind"] == "CronJob" else 63
        assert len(one["metadata"]["name"]) <= limit, one["metadata"]["name"]
