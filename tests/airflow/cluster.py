"""The tests' cluster with MinIO, a warehouse and the chart (tests/cluster), and how Airflow gets into it."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import yaml

from tests.airflow.shop import PROJECT, PYTHON
from tests.cluster import chart, kube

NAME = "cluster"  # of the environment, as the chart's values for small clusters have it
ROLE = PROJECT / "docs" / "kubernetes" / "airflow-role.yaml"
kube.NAMESPACE = "lakehouse-airflow"  # beside that of tests/cluster
OWN = "airflow"  # the namespace of Airflow's own service account
RELEASE = f"app.kubernetes.io/name=lakehouse,app.kubernetes.io/instance={chart.RELEASE}"


def make() -> None:
    """A fresh namespace with all a run needs, and what lets Airflow's service account in."""
    world("deploy()")
    chart.install("--set", "eventLog.dir=")
    for words in (["namespace", OWN], ["serviceaccount", "airflow-worker", "--namespace", OWN]):
        kube.kubectl("create", *words, checked=False)  # of a cluster that was kept they are there
    kube.kubectl("apply", "-f", str(ROLE))


def connection() -> dict[str, Any]:
    """Airflow's connection of the cluster: as the service account that the documented role is bound to."""
    config = json.loads(kube.kubectl("config", "view", "--raw", "--minify", "-o", "json"))
    token = kube.kubectl("create", "token", "airflow-worker", "--namespace", OWN, "--duration=2h").strip()
    config["users"] = [{"name": config["contexts"][0]["context"]["user"], "user": {"token": token}}]
    return {"conn_type": "kubernetes", "extra": {"in_cluster": False, "kube_config": json.dumps(config)}}


def server() -> str:
    """The API server's host, which no proxy of this machine leads to."""
    config = json.loads(kube.kubectl("config", "view", "--minify", "-o", "json"))
    return str(config["clusters"][0]["cluster"]["server"]).removeprefix("https://").rpartition(":")[0]


def settings(conf: Path, **airflow: Any) -> None:
    """Write Airflow's copy of the environment's settings; pods read the chart's own."""
    if not conf.is_dir():
        shutil.copytree(PROJECT / "conf", conf)
    small = {"cpu": "500m", "memory": "3Gi"}
    plain = {"AWS_REGION": "us-east-1", "AWS_ENDPOINT_URL_S3": "http://minio:9000", "AWS_EC2_METADATA_DISABLED": "true"}
    kubernetes = {
        "image": "lakehouse:dev",
        "namespace": kube.NAMESPACE,
        "connection": "tests_cluster",
        "secrets": ["lakehouse-aws", "lakehouse-redshift", "lakehouse-email"],
        "env": plain,
        "default_resources": small,
        **airflow.pop("kubernetes", {}),
    }
    section = {"runners": ["kubernetes"], "kubernetes": kubernetes, **airflow}
    (conf / f"{NAME}.yaml").write_text(yaml.safe_dump({"airflow": section}))


def world(call: str) -> Any:
    """What a function of tests/cluster/world.py gives, by the project's own Python: it needs packages of that."""
    script = "import json; from pathlib import Path; from tests.cluster import kube, world; "
    script += f"kube.NAMESPACE = {kube.NAMESPACE!r}; found = world.{call}; print(json.dumps(found, default=str))"
    done = subprocess.run([str(PYTHON), "-c", script], cwd=PROJECT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return json.loads(done.stdout.splitlines()[-1])
