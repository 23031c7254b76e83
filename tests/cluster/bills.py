"""A run's bill made by hand, from its pods as Kubernetes tells of them."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from deltalake import DeltaTable

from tests.cluster import chart, kube, runs, world

# m6i.xlarge in us-east-1 (conf/prices.yaml), by the hour: 4 vCPU and 16 GB, of which a vCPU weighs nine times a GB.
NODE_HOUR, VCPU, MEMORY_GB, WEIGHT = 0.192, 4, 16, 9
GB_HOUR = NODE_HOUR / (VCPU * WEIGHT + MEMORY_GB)
_UNITS = {"Ki": 1 / 1024**2, "Mi": 1 / 1024, "Gi": 1.0, "": 1 / 1024**3}


@dataclass
class Pods:
    """Pods that were seen: what each asked for, when it started, and when it ended or was seen last."""

    asked: dict[str, tuple[float, float]] = field(default_factory=dict)  # vCPU, GB
    began: dict[str, datetime] = field(default_factory=dict)
    ended: dict[str, datetime] = field(default_factory=dict)

    def see(self, pod: dict[str, Any]) -> None:
        """Note a pod as it is now."""
        status = pod["status"].get("containerStatuses", [{}])[0].get("state", {})
        state = status.get("running") or status.get("terminated")
        if state is None:
            return
        name, [container] = pod["metadata"]["name"], pod["spec"]["containers"]
        self.asked[name] = requests(container["resources"]["requests"])
        self.began[name] = datetime.fromisoformat(state["startedAt"])
        self.ended[name] = datetime.fromisoformat(state["finishedAt"]) if "finishedAt" in state else datetime.now(UTC)

    @property
    def seconds(self) -> float:
        """Of all of them."""
        return sum((self.ended[name] - self.began[name]).total_seconds() for name in self.began)

    @property
    def dollars(self) -> float:
        """Requests × hours, at their share of a node's price."""
        return sum(
            (self.ended[name] - self.began[name]).total_seconds() / 3600 * GB_HOUR * (WEIGHT * vcpu + memory)
            for name, (vcpu, memory) in self.asked.items()
        )


def requests(said: dict[str, str]) -> tuple[float, float]:
    """vCPU and GB of a container's requests, as `500m` and `3072Mi`."""
    cpu, memory = said["cpu"], said["memory"]
    unit = memory.lstrip("0123456789.")
    vcpu = float(cpu[:-1]) / 1000 if cpu.endswith("m") else float(cpu)
    return vcpu, float(memory.removesuffix(unit)) * _UNITS[unit]


@contextmanager
def watching(job: str) -> Iterator[tuple[Pods, Pods]]:
    """The driver's pods and the executors' of a job, from now on, looked at every two seconds."""
    drivers, executors, over = Pods(), Pods(), threading.Event()

    def look() -> None:
        while not over.wait(2):
            for pod in kube.found("pods", "-l", chart.EXECUTORS):
                executors.see(pod)

    thread = threading.Thread(target=look, daemon=True)
    thread.start()
    try:
        yield drivers, executors
    finally:
        over.set()
        thread.join()
    for pod in kube.found("pods", "-l", runs.label(job)):
        drivers.see(pod)


def billed() -> dict[str, dict[str, Any]]:
    """The lines of the last bill in the lake, by what they are of: quantity, unit, dollars."""
    with kube.port_of("minio", 9000) as port:
        options = world.storage_options(port)
        rows = DeltaTable(f"s3://{world.BUCKET}/lake/ops/bills", storage_options=options).to_pyarrow_table().to_pylist()
    last = max(row["billed_at"] for row in rows)
    return {row["item"]: row for row in rows if row["billed_at"] == last}
