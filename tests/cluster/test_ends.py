"""Our own node ends whole: whichever way it ends, no process, mount, cable or control group of it is left."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cluster import kube

pytestmark = pytest.mark.cluster
CACHE = Path(os.environ.get("LAKEHOUSE_CACHE") or Path.home() / ".cache" / "lakehouse") / "cluster"
STATE = CACHE / "state"


@pytest.fixture(autouse=True)
def no_cluster() -> Iterator[None]:
    kind = subprocess.run(
        ["bash", "-c", f'. "{kube.HERE}/env.sh"; echo $kind'], capture_output=True, text=True
    ).stdout.strip()
    if kind != "node":
        pytest.skip(f"{kind} makes the cluster here; how it ends is its own affair")
    if STATE.exists():
        pytest.skip("a cluster is up and kept; end it first: tests/cluster/down.sh")
    yield
    kube.script("down.sh")


def left() -> list[str]:
    """What there is of a node: processes that hold the lock, mounts, the cable."""
    holders = subprocess.run(["flock", "--nonblock", str(CACHE / "lock"), "true"])
    mounts = [line for line in Path("/proc/self/mountinfo").read_text().splitlines() if str(STATE) in line]
    cables = ["lakehouse0"] if Path("/sys/class/net/lakehouse0").exists() else []
    return mounts + cables + (["processes"] if holders.returncode else [])


def groups() -> list[Path]:
    return [*Path("/sys/fs/cgroup").glob("lakehouse-node"), *Path("/sys/fs/cgroup").glob("*/lakehouse-node")]


def pod_runs() -> bool:
    """A pod of the smallest image, whose name is looked up by another's words: Service, DNS and network in one."""
    kube.apply({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": kube.NAMESPACE}})
    kube.until(lambda: kube.found("serviceaccounts"), "the namespace's ServiceAccount")
    kube.apply(
        {
            "apiVersion": "v1",
            "kind": "Pod",
            "metadata": {"name": "asks"},
            "spec": {
                "restartPolicy": "OnFailure",
                "containers": [
                    {
                        "name": "asks",
                        "image": "lakehouse-pause:1",
                        "command": ["nslookup", "kubernetes.default.svc.cluster.local"],
                    }
                ],
            },
        }
    )
    done = kube.until(lambda: kube.found("pods", "--field-selector=status.phase=Succeeded"), "the pod that asks DNS")
    return len(done) == 1


def test_down_leaves_nothing() -> None:
    kube.script("up.sh")
    assert left()
    assert pod_runs()
    assert "10.96.0.1" in kube.kubectl("logs", "asks")
    kube.script("down.sh")
    assert (left(), groups(), STATE.exists()) == ([], [], False)


def test_one_kill_ends_all() -> None:
    kube.script("up.sh")
    assert pod_runs()
    os.kill(int((STATE / "pid").read_text()), signal.SIGKILL)
    kube.until(lambda: not left(), "the node to be gone")
    kube.script("up.sh")  # what was left in folders does not stand in the way
    assert pod_runs()


def test_killed_midway_up_leaves_nothing() -> None:
    with subprocess.Popen([str(kube.HERE / "up.sh")], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as starter:
        kube.until((STATE / "kubelet").exists, "the kubelet's folder")
        assert left()
        starter.kill()
    kube.until(lambda: not left(), "the half-made node to be gone")
