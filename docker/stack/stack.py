"""The whole stack as plain processes, until Ctrl-C: an object store and the stand-in for Redshift.

    python docker/stack/stack.py [--data DIR]     what `make stack` runs

Prints what runs and the environment that `lakehouse run --env minio` needs, to be pasted into another shell.
"""

from __future__ import annotations

import argparse
import os
import signal
import sys
import threading
from pathlib import Path

sys.path += [str(Path(__file__).resolve().parent), str(Path(__file__).resolve().parents[2] / "standins" / "redshift")]

import object_store
from redshift_standin import start

BUCKET = "lakehouse"


def main() -> None:
    """Start both, say so, wait, stop both."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=Path(".lakehouse/stack"), help="kept between runs")
    data = parser.parse_args().data.absolute()
    enough = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: enough.set())
    data.mkdir(parents=True, exist_ok=True)
    with object_store.running(data / "objects", port=9000) as store:
        _make_bucket(store)
        with start(data=data / "redshift", port=5439, s3_endpoint=store.endpoint) as redshift:
            print(f"object store: {store.kind} at {store.endpoint}, bucket {BUCKET}")
            print(f"warehouse: a stand-in for Amazon Redshift (not Redshift) on {redshift.host} port {redshift.port}\n")
            for name, value in _needed(store, redshift.password).items():
                print(f"export {name}={value}")
            print("\n./lakehouse demo --env minio          (Ctrl-C here stops the stack; its data stay)", flush=True)
            enough.wait()


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
