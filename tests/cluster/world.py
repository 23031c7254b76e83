"""What a run needs around it, inside the cluster: a bucket with landed days, a warehouse; and what both then hold."""

from __future__ import annotations

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import boto3
import psycopg
import pyarrow as pa

from tests.cluster import kube

BUCKET = "lakehouse"
_KEYS = {"aws_access_key_id": "lakehouse", "aws_secret_access_key": "lakehouse-secret"}  # manifests/secrets.yaml


def deploy() -> None:
    """The namespace of the tests anew: MinIO and the stand-in for Redshift, ready, with an empty bucket.

    Nothing runs in it that the strictest Pod Security level forbids: not the chart, nor what stands beside it.
    """
    kube.kubectl("delete", "namespace", kube.NAMESPACE, "--ignore-not-found", "--wait")
    restricted = {"pod-security.kubernetes.io/enforce": "restricted"}
    kube.apply({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": kube.NAMESPACE, "labels": restricted}})
    kube.until(lambda: kube.found("serviceaccounts"), "the namespace's ServiceAccount")
    for name in ("secrets", "minio", "redshift"):
        kube.kubectl("apply", "-f", str(kube.HERE / "manifests" / f"{name}.yaml"))
    for name in ("minio", "redshift"):
        kube.kubectl("rollout", "status", f"deployment/{name}", "--timeout=180s")
    with bucket() as store:
        store.create_bucket(Bucket=BUCKET)


@contextmanager
def bucket() -> Iterator[Any]:
    """A client of MinIO's, by way of a port of this machine."""
    with kube.port_of("minio", 9000) as port:
        yield boto3.client("s3", endpoint_url=f"http://127.0.0.1:{port}", region_name="us-east-1", **_KEYS)


def land(folder: Path) -> int:
    """Copy a local landing folder into the bucket's; the number of files."""
    files = [path for path in folder.rglob("*") if path.is_file()]
    with bucket() as store, ThreadPoolExecutor(8) as pool:
        keys = (f"landing/{path.relative_to(folder).as_posix()}" for path in files)
        list(pool.map(lambda path, key: store.upload_file(str(path), BUCKET, key), files, keys))
    return len(files)


def keys(prefix: str) -> list[str]:
    """Names of the objects under a prefix, a thousand at most."""
    with bucket() as store:
        return [one["Key"] for one in store.list_objects_v2(Bucket=BUCKET, Prefix=prefix).get("Contents", [])]


def storage_options(port: int) -> dict[str, str]:
    """What delta-rs is told to read the bucket's lake, by way of a port of this machine."""
    keys = {name.upper(): value for name, value in _KEYS.items()}
    return {**keys, "AWS_ENDPOINT_URL": f"http://127.0.0.1:{port}", "AWS_REGION": "us-east-1", "AWS_ALLOW_HTTP": "true"}


def rows(sql: str) -> list[tuple[Any, ...]]:
    """What the warehouse answers."""
    with (
        kube.port_of("redshift", 5439) as port,
        psycopg.connect(
            host="127.0.0.1", port=port, user="awsuser", password="Standin-1", dbname="dev", prepare_threshold=None
        ) as warehouse,
    ):
        return warehouse.execute(sql).fetchall()  # type: ignore[call-overload,no-any-return]


def first_spark_job() -> float:
    """When the first Spark job of the newest event log was submitted, in seconds since 1970."""
    with bucket() as store:
        logs = store.list_objects_v2(Bucket=BUCKET, Prefix="spark-events/eventlog_v2").get("Contents", [])
        first = max((one for one in logs if "/events_1_" in one["Key"]), key=lambda one: one["LastModified"])
        packed = store.get_object(Bucket=BUCKET, Key=first["Key"])["Body"].read()
    with pa.CompressedInputStream(pa.BufferReader(packed), "zstd") as stream:
        events = (json.loads(line) for line in stream.read().splitlines())
        return next(event["Submission Time"] for event in events if event["Event"] == "SparkListenerJobStart") / 1000
