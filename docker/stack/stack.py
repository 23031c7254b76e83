"""The whole stack as plain processes, until Ctrl-C: an object store and the stand-in for Redshift.

    python docker/stack/stack.py [--data DIR] [--kafka]     what `make stack` runs

Prints what runs and the environment that `lakehouse run --env minio` needs, to be pasted into another shell. With
`--kafka` (`make stack STACK_ARGS=--kafka`) also a Kafka, and the settings that `lakehouse watch` takes its events by.
"""

from __future__ import annotations

import argparse
import os
import signal
import sys
import threading
from contextlib import ExitStack
from pathlib import Path

sys.path += [str(Path(__file__).resolve().parent), str(Path(__file__).resolve().parents[2] / "standins" / "redshift")]

import object_store
from broker import running_broker
from redshift_standin import start

from spark_app.shops.demo_rows import COLUMNS

BUCKET = "lakehouse"


def main() -> None:
    """Start both, say so, wait, stop both."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=Path(".lakehouse/stack"), help="kept between runs")
    parser.add_argument("--kafka", action="store_true", help="a broker too, for `lakehouse watch` and `demo --live`")
    asked = parser.parse_args()
    data = asked.data.absolute()
    enough = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: enough.set())
    data.mkdir(parents=True, exist_ok=True)
    with ExitStack() as running:
        store = running.enter_context(object_store.running(data / "objects", port=9000))
        _make_bucket(store)
        redshift = running.enter_context(start(data=data / "redshift", port=5439, s3_endpoint=store.endpoint))
        print(f"object store: {store.kind} at {store.endpoint}, bucket {BUCKET}")
        print(f"warehouse: a stand-in for Amazon Redshift (not Redshift) on {redshift.host} port {redshift.port}\n")
        for name, value in _needed(store, redshift.password).items():
            print(f"export {name}={value}")
        if asked.kafka:
            print(_kafka(running.enter_context(running_broker(data / "kafka", 9092)).servers))
        print("\n./lakehouse demo --env minio          (Ctrl-C here stops the stack; its data stay)", flush=True)
        enough.wait()


def _kafka(servers: str) -> str:
    """The settings of an environment that takes the demo shop's events; what sells and what takes them."""
    topics = ", ".join(f"shop.{entity}: {entity}" for entity in COLUMNS)
    return (
        f"\n# Kafka. In conf/minio.yaml:\nkafka: {{servers: {servers}, topics: {{{topics}}}}}\n\n"
        "./lakehouse demo --live --env minio   and   ./lakehouse watch --env minio --every 30s"
    )


def _needed(store: object_store.ObjectStore, password: str) -> dict[str, str]:
    salt = "a-salt-that-is-no-secret"  # of e-mail hashes, as docker/compose.yaml has it
    return {**store.environment, "LAKEHOUSE_REDSHIFT_PASSWORD": password, "LAKEHOUSE_EMAIL_SALT": salt}


def _make_bucket(store: object_store.ObjectStore) -> None:
    os.environ.update(store.environment)
    import boto3

    client = boto3.client("s3", endpoint_url=store.endpoint)
    if BUCKET not in [found["Name"] for found in client.list_buckets()["Buckets"]]:
        client.create_bucket(Bucket=BUCKET)


if __name__ == "__main__":
    main()
