"""A run on the cluster while it goes on: its pods, what may happen to them, how long it took."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any
from urllib.request import urlopen

from tests.cluster import chart, kube, world


def label(job: str) -> str:
    """By which the drivers of a Job are found."""
    return f"batch.kubernetes.io/job-name={job}"


def two_executors() -> list[str] | None:
    """The executors that run, once there are two."""
    found = kube.pods(chart.EXECUTORS, "Running")
    return found if len(found) >= 2 else None


def lose(pod: str) -> None:
    """As a spot node takes its pods along: SIGTERM, SIGKILL a second after; the object goes once its processes have."""
    kube.kubectl("delete", "pod", pod, "--grace-period=1")


def crash(pod: str) -> None:
    """All that runs in the pod is killed but tini, which ends with 137: as when memory runs out."""
    kube.kubectl("exec", pod, "--", "bash", "-c", "kill -KILL -1", checked=False)


def drain(pod: str) -> None:
    """What `kubectl drain` asks for each pod of a node; AssertionError where a disruption budget forbids it."""
    eviction = {"apiVersion": "policy/v1", "kind": "Eviction", "metadata": {"name": pod, "namespace": kube.NAMESPACE}}
    path = f"/api/v1/namespaces/{kube.NAMESPACE}/pods/{pod}/eviction"
    kube.kubectl("create", "--raw", path, "-f", "-", given=json.dumps(eviction))


def ui(pod: str, path: str) -> str:
    """What a driver's UI serves."""
    return kube.kubectl("get", "--raw", f"/api/v1/namespaces/{kube.NAMESPACE}/pods/{pod}:4040/proxy{path}")


def history() -> list[dict[str, Any]]:
    """Runs that ended, as the history server lists them."""
    with kube.port_of(f"{chart.RELEASE}-history", 18080) as port:
        address = f"http://127.0.0.1:{port}/api/v1/applications?status=completed"
        listed: list[dict[str, Any]] = json.load(urlopen(address, timeout=30))
    return listed


def exit_code(pod: dict[str, Any]) -> int:
    """With what a pod of one container ended."""
    return int(pod["status"]["containerStatuses"][0]["state"]["terminated"]["exitCode"])


def seconds_to_first_job(job: str) -> float:
    """From the driver pod's creation to the submission of Spark's first job, as the event log has it."""
    [pod] = kube.found("pods", "-l", label(job))
    created = datetime.fromisoformat(pod["metadata"]["creationTimestamp"])
    return world.first_spark_job() - created.timestamp()


def seconds(job: str) -> float:
    """How long a Job took, pods and all."""
    status = kube.one("job", job)["status"]
    begun, ended = (datetime.fromisoformat(status[name]) for name in ("startTime", "completionTime"))
    return (ended - begun).total_seconds()
