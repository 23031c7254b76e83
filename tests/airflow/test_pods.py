"""The pods of the runner `kubernetes`, as they would be sent to the cluster, and what becomes of how they end."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from airflow.sdk import DAG
from airflow.sdk.exceptions import AirflowException, AirflowFailException
from kubernetes.client import ApiClient
from kubernetes.client import models as k8s

pytestmark = pytest.mark.airflow
Dags = Callable[..., dict[str, DAG]]
CLUSTER = {
    "image": "registry.example/lakehouse:1.4",
    "namespace": "data",
    "release": "shop",
    "secrets": ["shop-aws", "shop-redshift"],
    "env": {"AWS_ENDPOINT_URL_S3": "http://minio:9000"},
    "resources": {"gold": {"cpu": "2", "memory": "6Gi"}},
    "node_selector": {"karpenter.sh/capacity-type": "on-demand"},
    "tolerations": [{"key": "data", "operator": "Exists", "effect": "NoSchedule"}],
}
OURS = {
    "app.kubernetes.io/name": "lakehouse",
    "app.kubernetes.io/instance": "shop",
    "app.kubernetes.io/component": "driver",
}


@pytest.fixture
def nightly(dags: Dags) -> DAG:
    return dags(runners=["kubernetes"], kubernetes=CLUSTER, timeout_minutes=30)["lakehouse_nightly"]


def pod(dag: DAG, task: str) -> dict[str, Any]:
    """The pod as JSON, without what is empty."""
    made = dag.get_task(task).build_pod_request_obj(dry_run=True)
    return dict(ApiClient().sanitize_for_serialization(made))


def test_the_whole_pod_of_a_layer(nightly: DAG) -> None:
    made = pod(nightly, "bronze")
    name = made["metadata"].pop("name")
    assert name.startswith("shop-lakehouse-bronze-")
    assert made["metadata"]["namespace"] == "data"
    labels = made["metadata"]["labels"]
    assert {key: value for key, value in labels.items() if key.startswith("app.")} == OURS
    (container,) = made["spec"].pop("containers")
    arguments = container.pop("args")
    assert arguments[:4] == ["bronze", "--env", "shop", "--date"]
    assert arguments[-2:] == ["--home", "/tmp/lakehouse"], "all else is read-only"
    assert container == {
        "name": "base",
        "image": "registry.example/lakehouse:1.4",
        "command": [],
        "ports": [],
        "env": [
            {"name": "SPARK_CONF_DIR", "value": "/etc/spark"},
            {"name": "LOG4J_CONFIGURATION_FILE", "value": "/opt/spark/conf/log4j2.properties"},
            {"name": "LAKEHOUSE_SCHEDULER", "value": "airflow"},
            {"name": "AWS_ENDPOINT_URL_S3", "value": "http://minio:9000"},
            {"name": "POD_IP", "valueFrom": {"fieldRef": {"fieldPath": "status.podIP"}}},
            {"name": "POD_NAME", "valueFrom": {"fieldRef": {"fieldPath": "metadata.name"}}},
            {"name": "POD_NAMESPACE", "valueFrom": {"fieldRef": {"fieldPath": "metadata.namespace"}}},
        ],
        "envFrom": [{"secretRef": {"name": "shop-aws"}}, {"secretRef": {"name": "shop-redshift"}}],
        "resources": {"requests": {"cpu": "1", "memory": "4Gi"}, "limits": {"memory": "4Gi"}},
        "volumeMounts": [
            {"name": "tmp", "mountPath": "/tmp"},
            {"name": "spark", "mountPath": "/etc/spark", "readOnly": True},
            {"name": "conf", "mountPath": "/opt/lakehouse/conf/shop.yaml", "subPath": "shop.yaml", "readOnly": True},
        ],
        "securityContext": {
            "allowPrivilegeEscalation": False,
            "readOnlyRootFilesystem": True,
            "capabilities": {"drop": ["ALL"]},
        },
        "terminationMessagePolicy": "FallbackToLogsOnError",
    }
    given_up = {"operator": "Exists", "effect": "NoExecute", "tolerationSeconds": 60}
    assert {key: value for key, value in made["spec"].items() if value not in ({}, [], False)} == {
        "restartPolicy": "Never",
        "serviceAccountName": "shop-lakehouse",
        "activeDeadlineSeconds": 1800,
        "nodeSelector": {"karpenter.sh/capacity-type": "on-demand"},
        "tolerations": [
            {**given_up, "key": "node.kubernetes.io/not-ready"},
            {**given_up, "key": "node.kubernetes.io/unreachable"},
            {"key": "data", "operator": "Exists", "effect": "NoSchedule"},
        ],
        "securityContext": {
            "runAsNonRoot": True,
            "runAsUser": 185,
            "runAsGroup": 185,
            "fsGroup": 185,
            "seccompProfile": {"type": "RuntimeDefault"},
        },
        "affinity": {
            "podAntiAffinity": {
                "requiredDuringSchedulingIgnoredDuringExecution": [
                    {"topologyKey": "kubernetes.io/os", "labelSelector": {"matchLabels": OURS}}
                ]
            }
        },
        "volumes": [
            {"name": "tmp", "emptyDir": {}},
            {"name": "spark", "configMap": {"name": "shop-lakehouse", "items": spark_files("spark-defaults.conf")}},
            {"name": "conf", "configMap": {"name": "shop-lakehouse"}},
        ],
    }


def spark_files(defaults: str) -> list[dict[str, str]]:
    """The keys of the chart's ConfigMap that become Spark's own files."""
    return [{"key": defaults, "path": "spark-defaults.conf"}, {"key": "executor.yaml", "path": "executor.yaml"}]


def test_maintenance_has_spark_settings_of_its_own(dags: Dags) -> None:
    made = pod(dags(runners=["kubernetes"], kubernetes=CLUSTER)["lakehouse_maintenance"], "maintenance")
    spark = made["spec"]["volumes"][1]["configMap"]
    assert spark["items"] == spark_files("spark-defaults.maintenance.conf")


@pytest.mark.parametrize(
    ("release", "fullname"),
    [
        (None, "lakehouse"),
        ("shop", "shop-lakehouse"),
        ("my-lakehouse", "my-lakehouse"),
        ("a-release-of-eighteen-1234", "a-release-of-eighteen-1234-l"),
        ("a-release-of-twenty-seven-1", "a-release-of-twenty-seven-1"),
    ],
)
def test_the_chart_is_found_by_its_release(dags: Dags, release: str | None, fullname: str) -> None:
    """The chart's own rule of names: templates/_names.tpl."""
    given = {"image": "x", **({"release": release} if release else {})}
    made = pod(dags(runners=["kubernetes"], kubernetes=given)["lakehouse_nightly"], "gold")
    assert made["metadata"]["labels"]["app.kubernetes.io/instance"] == (release or "lakehouse")
    assert made["metadata"]["name"].startswith(f"{fullname}-gold-")
    assert made["spec"]["serviceAccountName"] == fullname
    assert {one["configMap"]["name"] for one in made["spec"]["volumes"] if "configMap" in one} == {fullname}


def test_the_settings_of_the_image(dags: Dags) -> None:
    """Where the chart's value `settings` is empty its ConfigMap has no such file to mount."""
    made = pod(dags(runners=["kubernetes"], kubernetes={**CLUSTER, "settings": "image"})["lakehouse_nightly"], "gold")
    (container,) = made["spec"]["containers"]
    assert [one["mountPath"] for one in container["volumeMounts"]] == ["/tmp", "/etc/spark"]
    assert [one["name"] for one in made["spec"]["volumes"]] == ["tmp", "spark"]


def test_resources_of_a_layer(nightly: DAG) -> None:
    (container,) = pod(nightly, "gold")["spec"]["containers"]
    assert container["resources"] == {"requests": {"cpu": "2", "memory": "6Gi"}, "limits": {"memory": "6Gi"}}


def test_how_the_operator_goes_about_it(nightly: DAG) -> None:
    task = nightly.get_task("silver")
    assert (task.in_cluster, task.kubernetes_conn_id) == (True, None)
    assert (task.durable, task.get_logs, task.log_events_on_failure, task.do_xcom_push) == (True, True, True, False)
    assert (task.on_finish_action.value, task.startup_timeout_seconds) == ("delete_succeeded_pod", 600)
    assert task.schedule_timeout_seconds == 8 * 3600, "waiting for a node is no failure"
    longest = timedelta(hours=8, minutes=40)
    assert task.execution_timeout == longest, "the pod's own deadline and the time to wait and start come first"


def test_from_outside_the_cluster_by_a_connection(dags: Dags) -> None:
    cluster = {**CLUSTER, "connection": "eks"}
    task = dags(runners=["kubernetes"], kubernetes=cluster)["lakehouse_nightly"].get_task("silver")
    assert (task.in_cluster, task.kubernetes_conn_id) == (False, "eks")
    with pytest.raises(AirflowFailException, match="found connection 'eks', which Airflow does not have"):
        task.execute({})


def test_a_pod_may_wait_for_a_node_as_long_as_is_set(dags: Dags) -> None:
    cluster = {**CLUSTER, "pending_minutes": 15}
    task = dags(runners=["kubernetes"], kubernetes=cluster, timeout_minutes=30)["lakehouse_nightly"].get_task("gold")
    assert task.schedule_timeout_seconds == 900
    assert task.execution_timeout == timedelta(minutes=15 + 10 + 30)


def ended(exit_code: int, message: str | None, reason: str = "Error") -> k8s.V1Pod:
    """What the cluster says of a pod that has ended."""
    state = k8s.V1ContainerState(
        terminated=k8s.V1ContainerStateTerminated(exit_code=exit_code, message=message, reason=reason)
    )
    status = k8s.V1ContainerStatus(
        name="base", state=state, image="x", image_id="x", ready=False, restart_count=0, container_id="x"
    )
    metadata = k8s.V1ObjectMeta(name="shop-lakehouse-audit-x", namespace="data")
    return k8s.V1Pod(metadata=metadata, status=k8s.V1PodStatus(phase="Failed", container_statuses=[status]))


def explained(dag: DAG, told: k8s.V1Pod, error: Exception | None = None) -> tuple[BaseException, list[str]]:
    """What the operator makes of it, and the pods it deletes. The cluster's answer alone is made up."""
    task, deleted = dag.get_task("audit"), list[str]()
    task.pod = told
    task.__dict__["pod_manager"] = SimpleNamespace(
        read_pod=lambda pod: told, delete_pod=lambda pod: deleted.append(pod.metadata.name)
    )
    return task._explained(error or AirflowException("Pod returned a failure.")), deleted


@pytest.mark.parametrize(
    ("code", "final", "meaning"),
    [
        (4, True, "audit failed"),
        (3, True, "landing incomplete"),
        (2, True, "settings"),
        (1, False, "failed"),
        (137, False, "failed"),
        (143, False, "failed"),
    ],
)
def test_exit_codes_of_the_container(nightly: DAG, code: int, final: bool, meaning: str) -> None:
    error, deleted = explained(nightly, ended(code, "step\nerror: the audit failed\n    gold.fact_orders: 3 rows\n"))
    assert isinstance(error, AirflowFailException) == final
    assert error.exit_code == code
    assert str(error).startswith(f"pod shop-lakehouse-audit-x in data: {meaning}")
    assert error.words == "the audit failed\n    gold.fact_orders: 3 rows"
    assert not deleted


def test_an_image_that_is_not_there_is_one_line_and_leaves_no_pod_behind(nightly: DAG) -> None:
    waiting = ended(1, None)
    waiting.status = k8s.V1PodStatus(phase="Pending")
    try:
        try:
            raise AirflowException("Image cannot be pulled, unable to start: ErrImagePull\nnot found")
        finally:
            raise AirflowException("Pod returned a failure.")
    except AirflowException as error:
        found, deleted = explained(nightly, waiting, error)
    assert not isinstance(found, AirflowFailException)
    assert found.words == "Image cannot be pulled, unable to start: ErrImagePull not found"
    assert "image registry.example/lakehouse:1.4" in str(found)
    assert deleted == ["shop-lakehouse-audit-x"], "it must not start beside the next try"


def test_no_node_in_all_that_time_is_told_in_the_schedulers_words(nightly: DAG) -> None:
    waiting = ended(1, None)
    no_room = "0/3 nodes are available: 3 Insufficient memory."
    condition = k8s.V1PodCondition(type="PodScheduled", status="False", reason="Unschedulable", message=no_room)
    waiting.status = k8s.V1PodStatus(phase="Pending", conditions=[condition])
    found, deleted = explained(nightly, waiting, AirflowException("Pod took too long to be scheduled"))
    assert not isinstance(found, AirflowFailException)
    assert no_room in found.words
    assert deleted == ["shop-lakehouse-audit-x"]


def lost(minutes: float) -> k8s.V1Pod:
    """A pod at work, which Kubernetes has wanted to end by so many minutes ago."""
    told = ended(1, None)
    told.metadata.deletion_timestamp = datetime.now(UTC) - timedelta(minutes=minutes)
    told.spec = k8s.V1PodSpec(containers=[], node_name="node-7")
    told.status = k8s.V1PodStatus(phase="Running")
    return told


def test_a_pod_on_a_node_that_does_not_answer_is_not_waited_for_and_leaves_room_for_the_next(nightly: DAG) -> None:
    deleted: list[tuple[str, int]] = []
    client = SimpleNamespace(
        read_namespaced_pod=lambda name, namespace: lost(5),
        delete_namespaced_pod=lambda name, namespace, body: deleted.append((name, body.grace_period_seconds)),
    )
    task = nightly.get_task("audit")
    task.pod, task.__dict__["client"] = lost(5), client
    with pytest.raises(AirflowException, match="node node-7 does not answer") as caught:
        task.pod_manager.await_pod_completion(task.pod)
    found = task._explained(caught.value)
    assert not isinstance(found, AirflowFailException), "another try is what helps"
    assert "node-7 does not answer; given up" in found.words
    assert deleted == [("shop-lakehouse-audit-x", 0)], "its node would never confirm that it has ended"


@pytest.mark.parametrize("told", [lost(-0.5), ended(143, "terminated")])
def test_a_pod_that_has_time_to_end_or_has_ended_is_waited_for(nightly: DAG, told: k8s.V1Pod) -> None:
    told.metadata.deletion_timestamp = told.metadata.deletion_timestamp or datetime.now(UTC) - timedelta(minutes=9)
    task = nightly.get_task("audit")
    task.__dict__["client"] = SimpleNamespace(read_namespaced_pod=lambda name, namespace: told)
    assert task.pod_manager.read_pod(told) is told
