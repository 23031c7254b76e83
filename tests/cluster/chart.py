"""The chart as its users use it: helm, and runs of the nightly over days of one's choice."""

from __future__ import annotations

import json
import subprocess

from tests.cluster import kube

ROOT = kube.HERE.parents[1]
CHART = ROOT / "helm" / "lakehouse"
RELEASE = "lakehouse"
DRIVERS = "app.kubernetes.io/component=driver"
EXECUTORS = "app.kubernetes.io/component=executor"
# Every kind that the chart or Spark may make.
KINDS = (
    "pods,jobs,cronjobs,configmaps,services,persistentvolumeclaims,secrets,serviceaccounts,roles,rolebindings,"
    "networkpolicies,poddisruptionbudgets,deployments"
)


def helm(*words: str) -> str:
    """Standard output of helm against the tests' cluster."""
    command = [str(kube.HERE / "with.sh"), str(ROOT / "tools" / "helm.sh"), "--namespace", kube.NAMESPACE, *words]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, f"helm {' '.join(words)}: {done.stdout}{done.stderr}\n{kube.state()}"
    return done.stdout


def install(*words: str) -> None:
    """Install the release or change it: the chart's values for a small cluster, and what tests of it want besides."""
    values = ["-f", str(CHART / "ci" / "local-values.yaml"), "-f", str(kube.HERE / "values.yaml")]
    helm("upgrade", "--install", RELEASE, str(CHART), "--wait", "--timeout", "120s", *values, *words)


def start(name: str, *arguments: str) -> str:
    """A Job of the nightly's making, its run with further arguments (`--from D --to D`); its name."""
    made = kube.kubectl("create", "job", name, f"--from=cronjob/{RELEASE}-nightly", "--dry-run=client", "--output=json")
    job = json.loads(made)
    job["spec"]["template"]["spec"]["containers"][0]["args"] += arguments
    kube.apply(job)
    return name


def logs(job: str) -> str:
    """What all the drivers of a job said, those that can still be asked."""
    return kube.kubectl("logs", "-l", f"batch.kubernetes.io/job-name={job}", "--tail=-1", "--prefix", checked=False)


def objects() -> set[str]:
    """Kind and name of everything in the namespace, without what Kubernetes itself puts there."""
    every = {f"{one['kind']}/{one['metadata']['name']}" for one in kube.found(KINDS)}
    return every - {"ConfigMap/kube-root-ca.crt", "ServiceAccount/default"}
