"""The runner `kubernetes`: each task is a pod of the image, which starts executors of its own.

The pod is a driver as the chart would make it: its labels (network policies and the rule of one run at a time go by
them), its service account, its ConfigMap, and Secrets by reference.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import Any

from airflow.providers.cncf.kubernetes.operators.pod import KubernetesPodOperator
from airflow.providers.cncf.kubernetes.utils.pod_manager import PodManager
from airflow.sdk import BaseOperator
from airflow.sdk.exceptions import AirflowException
from kubernetes.client import models as k8s

from dags.lakehouse import environment
from dags.lakehouse.connections import check_connection
from dags.lakehouse.outcome import KEPT_LINES, failure, last_words
from spark_app.runtime.airflow_settings import KubernetesRunner, Resources
from spark_app.runtime.layers import Program

STARTUP_SECONDS = 600  # once it has a node, which may have to pull the image
UNREACHABLE_SECONDS = 60  # Kubernetes itself would bear with a node that does not answer for five minutes
USER = 185  # the image's
FIELDS = {"POD_IP": "status.podIP", "POD_NAME": "metadata.name", "POD_NAMESPACE": "metadata.namespace"}
HOME, CONF, SPARK_CONF = "/tmp/lakehouse", "/opt/lakehouse/conf", "/etc/spark"
LOGGING = "/opt/spark/conf/log4j2.properties"
LONGEST_NAME = 28  # of what the chart makes
# The chart has Spark settings of its own for these jobs.
SPARK_DEFAULTS = {"maintenance": "spark-defaults.maintenance.conf"}


def task(word: Program, arguments: Sequence[str], **options: Any) -> BaseOperator:
    """A task that runs `word` in a pod."""
    airflow = environment.airflow_settings()
    settings = airflow.kubernetes
    assert settings is not None  # load_settings has checked it
    seconds, pending = airflow.timeout_minutes * 60, settings.pending_minutes * 60
    return LayerPod(
        name=f"{fullname(settings.release)}-{word}",
        namespace=settings.namespace,
        image=settings.image,
        arguments=[word, *arguments, "--home", HOME],  # words of the image's entrypoint
        in_cluster=settings.connection is None,
        kubernetes_conn_id=settings.connection,
        service_account_name=fullname(settings.release),
        labels=_labels(settings),
        env_vars=_environment(settings),
        env_from=[k8s.V1EnvFromSource(secret_ref=k8s.V1SecretEnvSource(name=name)) for name in settings.secrets],
        volumes=_volumes(settings, word),
        volume_mounts=_mounts(settings),
        container_resources=_resources(settings.resources.get(word, settings.default_resources)),
        node_selector=dict(settings.node_selector),
        tolerations=[*_given_up_soon(), *(dict(one) for one in settings.tolerations)],
        affinity=_alone(settings),
        security_context=_pod_security(),
        container_security_context=_container_security(),
        # Waiting for a node is no failure: its events are in the task's log. A run's own time begins after it.
        schedule_timeout_seconds=pending,
        startup_timeout_seconds=STARTUP_SECONDS,
        active_deadline_seconds=seconds,
        execution_timeout=timedelta(seconds=pending + STARTUP_SECONDS + seconds),
        get_logs=True,
        log_events_on_failure=True,
        log_pod_spec_on_failure=False,
        # The end of the log becomes the container's last message: alerts quote it.
        termination_message_policy="FallbackToLogsOnError",
        on_finish_action="delete_succeeded_pod",
        durable=True,
        do_xcom_push=False,
        **options,
    )


class NodeLost(AirflowException):
    """A pod was to end and did not: its node does not answer."""


class Pods(PodManager):
    """Looks at pods, and waits for none that nobody hears of any more."""

    def read_pod(self, pod: k8s.V1Pod) -> k8s.V1Pod:
        """The pod as the cluster knows it; NodeLost where it should have ended long since."""
        told = super().read_pod(pod)
        by = told.metadata.deletion_timestamp  # the time it was given to end in has gone by then
        ended = told.status and told.status.phase in ("Succeeded", "Failed")
        if by and not ended and datetime.now(UTC) > by + timedelta(seconds=UNREACHABLE_SECONDS):
            node = told.spec.node_name if told.spec else None
            raise NodeLost(f"was to end by {by:%H:%M:%S} UTC and did not: node {node} does not answer")
        return told


class LayerPod(KubernetesPodOperator):
    """A pod whose exit code decides whether Airflow tries again."""

    @cached_property
    def pod_manager(self) -> PodManager:
        """The provider's, but for pods of lost nodes."""
        return Pods(kube_client=self.client, callbacks=self.callbacks)

    def execute(self, context: Any) -> Any:
        """Run the pod to its end; raises by the exit code of its container."""
        check_connection(self.kubernetes_conn_id, "airflow.kubernetes.connection")
        try:
            return super().execute(context)
        except AirflowException as error:
            raise self._explained(error) from error

    def _explained(self, error: BaseException) -> BaseException:
        pod = self.pod
        if pod is None:
            return error
        where = f"pod {pod.metadata.name} in {pod.metadata.namespace}"
        try:
            told = self.pod_manager.read_pod(pod)
        except NodeLost as lost:
            # Without waiting for its node, or the next try's pod would wait for that. What a driver there still does,
            # the lake takes no more.
            now = k8s.V1DeleteOptions(grace_period_seconds=0)
            self.client.delete_namespaced_pod(pod.metadata.name, pod.metadata.namespace, body=now)
            return failure(where, None, f"{lost}; given up, another driver takes its place")
        ended = _terminated(told, self.base_container_name)
        if ended is None:
            # It never ran, or nobody knows: what is left must not start beside the next try.
            self.pod_manager.delete_pod(pod)
            return failure(f"{where}, image {self.image}", None, _pending(told) or _cause(error))
        words = last_words((ended.message or "").splitlines()[-KEPT_LINES:])
        return failure(where, ended.exit_code, words or f"{ended.reason}: the task's log has the rest")


def _terminated(pod: k8s.V1Pod, container: str) -> k8s.V1ContainerStateTerminated | None:
    for status in (pod.status and pod.status.container_statuses) or []:
        if status.name == container:
            return status.state.terminated
    return None


def _pending(pod: k8s.V1Pod) -> str:
    """Why a pod has no node, in the scheduler's words; empty where it has one."""
    for one in (pod.status and pod.status.conditions) or []:
        if one.type == "PodScheduled" and one.status == "False":
            return f"no node for it in all the time it may wait (pending_minutes): {one.message or one.reason}"
    return ""


def _given_up_soon() -> list[dict[str, Any]]:
    common = {"operator": "Exists", "effect": "NoExecute", "tolerationSeconds": UNREACHABLE_SECONDS}
    return [{"key": f"node.kubernetes.io/{state}", **common} for state in ("not-ready", "unreachable")]


def _cause(error: BaseException) -> str:
    """The first error of a chain, in one line: the operator's cleaning up hides why a pod did not start."""
    while error.__context__ is not None:
        error = error.__context__
    return " ".join(str(error).split())


def fullname(release: str) -> str:
    """What the chart calls the things it makes for a release."""
    name = release if "lakehouse" in release else f"{release}-lakehouse"
    return name[:LONGEST_NAME].removesuffix("-")


def _labels(settings: KubernetesRunner) -> dict[str, str]:
    return {
        "app.kubernetes.io/name": "lakehouse",
        "app.kubernetes.io/instance": settings.release,
        "app.kubernetes.io/component": "driver",
    }


def _alone(settings: KubernetesRunner) -> k8s.V1Affinity:
    """One run at a time on a lake: a second driver of the release stays Pending. All nodes share this key's value."""
    term = k8s.V1PodAffinityTerm(
        topology_key="kubernetes.io/os", label_selector=k8s.V1LabelSelector(match_labels=_labels(settings))
    )
    return k8s.V1Affinity(
        pod_anti_affinity=k8s.V1PodAntiAffinity(required_during_scheduling_ignored_during_execution=[term])
    )


def _environment(settings: KubernetesRunner) -> list[k8s.V1EnvVar]:
    fixed = {"SPARK_CONF_DIR": SPARK_CONF, "LOG4J_CONFIGURATION_FILE": LOGGING, "LAKEHOUSE_SCHEDULER": "airflow"}
    fields = [
        k8s.V1EnvVar(name=name, value_from=k8s.V1EnvVarSource(field_ref=k8s.V1ObjectFieldSelector(field_path=path)))
        for name, path in FIELDS.items()
    ]
    return [k8s.V1EnvVar(name=name, value=value) for name, value in {**fixed, **settings.env}.items()] + fields


def _volumes(settings: KubernetesRunner, word: Program) -> list[k8s.V1Volume]:
    files = {SPARK_DEFAULTS.get(word, "spark-defaults.conf"): "spark-defaults.conf", "executor.yaml": "executor.yaml"}
    spark = k8s.V1ConfigMapVolumeSource(
        name=fullname(settings.release), items=[k8s.V1KeyToPath(key=key, path=path) for key, path in files.items()]
    )
    volumes = [
        k8s.V1Volume(name="tmp", empty_dir=k8s.V1EmptyDirVolumeSource()),
        k8s.V1Volume(name="spark", config_map=spark),
    ]
    if settings.settings == "chart":
        whole = k8s.V1ConfigMapVolumeSource(name=fullname(settings.release))
        volumes.append(k8s.V1Volume(name="conf", config_map=whole))
    return volumes


def _mounts(settings: KubernetesRunner) -> list[k8s.V1VolumeMount]:
    mounts = [
        k8s.V1VolumeMount(name="tmp", mount_path="/tmp"),
        k8s.V1VolumeMount(name="spark", mount_path=SPARK_CONF, read_only=True),
    ]
    if settings.settings == "chart":
        file = f"{environment.name()}.yaml"
        mounts.append(k8s.V1VolumeMount(name="conf", mount_path=f"{CONF}/{file}", sub_path=file, read_only=True))
    return mounts


def _resources(asked: Resources) -> k8s.V1ResourceRequirements:
    return k8s.V1ResourceRequirements(
        requests={"cpu": asked.cpu, "memory": asked.memory}, limits={"memory": asked.memory}
    )


def _pod_security() -> k8s.V1PodSecurityContext:
    """With the container's, what the Pod Security level `restricted` asks for."""
    return k8s.V1PodSecurityContext(
        run_as_non_root=True,
        run_as_user=USER,
        run_as_group=USER,
        fs_group=USER,
        seccomp_profile=k8s.V1SeccompProfile(type="RuntimeDefault"),
    )


def _container_security() -> k8s.V1SecurityContext:
    return k8s.V1SecurityContext(
        allow_privilege_escalation=False,
        read_only_root_filesystem=True,
        capabilities=k8s.V1Capabilities(drop=["ALL"]),
    )
