"""The whole stack in containers: MinIO, the stand-in for Redshift, and a night of the image over replayed days.

    python docker/stack/compose.py [--olist DIR]     what `make stack` runs where a Docker engine answers
    python docker/stack/compose.py --down            remove its containers, network and data

MINIO_PORT and REDSHIFT_PORT choose other ports of this machine than 9000 and 5439.
Days are Olist's where its files are (DIR, $OLIST_DIR, or shared/data/olist beside the project), else the demo shop's.
"""

from __future__ import annotations

import argparse
import os
import shlex
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import TypeVar

# Not by PYTHONPATH, which docker-compose, a Python program too, would inherit.
sys.path.append(str(Path(__file__).resolve().parents[2]))

import object_store
import psycopg
from botocore.exceptions import BotoCoreError, ClientError

from spark_app.cli.demo import START
from spark_app.lake.objects import writable
from spark_app.lake.s3 import client
from spark_app.runtime.settings import S3Settings
from spark_app.shops import demo, olist

ROOT = Path(__file__).resolve().parents[2]
BUCKET = PROJECT = "lakehouse"
FILE = ROOT / "docker" / "compose.yaml"
PASSWORD, SALT = "Standin-1", "a-salt-that-is-no-secret"  # of docker/compose.yaml
# Two busy months: long enough to see every table filled, short enough for a laptop.
OLIST_DAYS = (date(2017, 1, 1), date(2017, 2, 28))
TOTALS = "SELECT count(*), sum(orders), sum(revenue) FROM analytics.daily_sales"
T = TypeVar("T")


def compose(*arguments: str, project: str = PROJECT) -> list[str]:
    """The command line of a compose command on docker/compose.yaml."""
    found = subprocess.run([str(ROOT / "docker" / "engine.sh"), "compose"], capture_output=True, text=True)
    if found.returncode:
        sys.exit("no Docker engine with compose answers; docker/engine.sh start brings one up on Debian, as root")
    return [*found.stdout.split(), "--project-name", project, "--file", str(FILE), *arguments]


def address(service: str, port: int, project: str = PROJECT) -> str:
    """Where this machine reaches a container's port: host:port."""
    asked = subprocess.run(compose("port", service, str(port), project=project), capture_output=True, text=True)
    if not asked.stdout.strip():
        sys.exit(f"{service} is not up: {asked.stderr.strip()}")
    return asked.stdout.strip()


def warehouse(project: str = PROJECT) -> str:
    """How psycopg reaches the stand-in for Redshift, once that answers."""
    host, _, port = address("redshift", 5439, project).rpartition(":")
    found = f"host={host} port={port} user=awsuser dbname=dev password={PASSWORD}"
    wait_for(lambda: psycopg.connect(found).close())
    return found


def store(project: str = PROJECT) -> object_store.ObjectStore:
    """MinIO, once it answers; its bucket is there and its credentials are in our environment."""
    found = object_store.ObjectStore("minio (image)", "http://" + address("minio", 9000, project))
    os.environ.update(found.environment)
    reached = client(s3_of(found))
    buckets = wait_for(reached.list_buckets)["Buckets"]
    if BUCKET not in [bucket["Name"] for bucket in buckets]:
        reached.create_bucket(Bucket=BUCKET)
    return found


def s3_of(store: object_store.ObjectStore) -> S3Settings:
    """How this machine's side of the project reaches the store."""
    return S3Settings(endpoint=store.endpoint, region="us-east-1", path_style=True, log_table=None)


def wait_for(answer: Callable[[], T], seconds: float = 120) -> T:
    """What `answer` gives once it no longer fails to connect; the last failure after `seconds`."""
    deadline = time.monotonic() + seconds
    while True:
        try:
            return answer()
        except (BotoCoreError, ClientError, psycopg.OperationalError):
            if time.monotonic() > deadline:
                raise
            time.sleep(0.2)


def land(s3: S3Settings, dump: Path | None) -> tuple[date, date]:
    """Replay Olist's days, or else the demo shop's, into the bucket; the first and the last of them."""
    with writable(f"s3a://{BUCKET}/landing", s3) as folder:
        if dump is None:
            made = demo.generate(str(folder), START, 60)
            return START, START + timedelta(days=made.days - 1)
        olist.replay(dump, str(folder), *OLIST_DAYS)
        return OLIST_DAYS


def night(first: date, last: date) -> None:
    """The image's night over these days; its exit code is ours where it fails."""
    job = ["run", "--rm", "job", "run", "--env", "compose", "--from", str(first), "--to", str(last)]
    done = subprocess.run(compose(*job))
    if done.returncode:
        sys.exit(done.returncode)


def farewell(found: object_store.ObjectStore, reached: str, last: date) -> None:
    """What the warehouse says now, and how to go on."""
    with psycopg.connect(reached) as connection:
        days, orders, revenue = connection.execute(TOTALS).fetchone() or (0, 0, 0)
    again = shlex.join(compose()).replace(f"{ROOT}/", "")
    exports = {**found.environment, "LAKEHOUSE_REDSHIFT_PASSWORD": PASSWORD, "LAKEHOUSE_EMAIL_SALT": SALT}
    print(f"""
analytics.daily_sales: {days} days, {orders:,} orders, revenue {revenue:,}
object store: {found.kind} at {found.endpoint}, bucket {BUCKET}
warehouse: a stand-in for Amazon Redshift (not Redshift): {reached}

From here, by the image:
  {again} run --rm job lakehouse status --env compose
  {again} run --rm job run --env compose --date {last + timedelta(days=1)}
From here, without it (./lakehouse status --env minio):""")
    for name, value in exports.items():
        print(f"  export {name}={value}")
    print("The end of it, its data too:  make stack-down")


def main() -> None:
    """Bring it up, run the image over the days, say how to look at what came of it; or take it down."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    beside = ROOT.parent / "shared" / "data" / "olist"
    parser.add_argument("--olist", type=Path, default=Path(os.environ.get("OLIST_DIR") or beside))
    parser.add_argument("--down", action="store_true")
    asked = parser.parse_args()
    if asked.down:
        sys.exit(subprocess.run(compose("down", "--volumes", "--timeout", "5")).returncode)
    subprocess.run(compose("up", "--detach", "minio", "redshift"), check=True)
    objects, reached = store(), warehouse()
    found = (asked.olist / "olist_orders_dataset.csv").is_file()
    print(f"landing: {'Olist, replayed' if found else f'the demo shop (no Olist dump in {asked.olist})'}", flush=True)
    first, last = land(s3_of(objects), asked.olist if found else None)
    night(first, last)
    farewell(objects, reached, last)


if __name__ == "__main__":
    main()
