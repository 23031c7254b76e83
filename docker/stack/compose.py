"""The whole stack in containers: MinIO, the stand-in for Redshift, and a night of the image over replayed days.

    PYTHONPATH=. python docker/stack/compose.py [--olist DIR]     what `make stack` runs where a Docker engine answers

Days are Olist's where its files are (DIR, $OLIST_DIR, or shared/data/olist beside the project), else the demo shop's.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import TypeVar

import object_store
import psycopg
from botocore.exceptions import BotoCoreError, ClientError

from spark_app.cli.demo import START
from spark_app.lake.objects import writable
from spark_app.lake.s3 import client
from spark_app.runtime.settings import S3Settings
from spark_app.shops import demo, olist

ROOT = Path(__file__).resolve().parents[2]
BUCKET = "lakehouse"
FILE = ROOT / "docker" / "compose.yaml"
PASSWORD = "Standin-1"  # of docker/compose.yaml
# Two busy months: long enough to see every table filled, short enough for a laptop.
OLIST_DAYS = (date(2017, 1, 1), date(2017, 2, 28))
T = TypeVar("T")


def command() -> list[str] | None:
    """`docker compose` or `docker-compose`, whichever is there; None where no engine answers."""
    if shutil.which("docker") is None or not _succeeds("docker", "info"):
        return None
    for words in (["docker", "compose"], ["docker-compose"]):
        if shutil.which(words[0]) and _succeeds(*words, "version"):
            return words
    return None


def compose(*arguments: str, project: str = "lakehouse", environment: Mapping[str, str] | None = None) -> list[str]:
    """The command line of a compose command on docker/compose.yaml, run with `environment` besides our own."""
    words = command()
    if words is None:
        sys.exit("no Docker engine with compose answers; docker/engine.sh start brings one up on Debian, as root")
    os.environ.update(environment or {})
    return [*words, "--project-name", project, "--file", str(FILE), *arguments]


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


def make_bucket(s3: S3Settings) -> None:
    """Wait for the store, then make the bucket where it is missing."""
    store = client(s3)
    found = wait_for(store.list_buckets)["Buckets"]
    if BUCKET not in [bucket["Name"] for bucket in found]:
        store.create_bucket(Bucket=BUCKET)


def land(s3: S3Settings, dump: Path | None) -> tuple[date, date]:
    """Replay Olist's days, or else the demo shop's, into the bucket; the first and the last of them."""
    with writable(f"s3a://{BUCKET}/landing", s3) as folder:
        if dump is None:
            made = demo.generate(str(folder), START, 60)
            return START, START + timedelta(days=made.days - 1)
        olist.replay(dump, str(folder), *OLIST_DAYS)
        return OLIST_DAYS


def main() -> None:
    """Bring it up, run the image over the days, say how to look at what came of it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    beside = ROOT.parent / "shared" / "data" / "olist"
    parser.add_argument("--olist", type=Path, default=Path(os.environ.get("OLIST_DIR") or beside))
    dump = parser.parse_args().olist
    subprocess.run(compose("up", "--detach", "minio", "redshift"), check=True)
    store = object_store.ObjectStore("minio (image)", "http://127.0.0.1:9000")
    os.environ.update(store.environment)
    s3 = S3Settings(endpoint=store.endpoint, region="us-east-1", path_style=True, log_table=None)
    make_bucket(s3)
    wait_for(lambda: psycopg.connect(f"host=127.0.0.1 port=5439 user=awsuser dbname=dev password={PASSWORD}").close())
    found = (dump / "olist_orders_dataset.csv").is_file()
    print(f"landing: {'Olist, replayed' if found else f'the demo shop (no Olist dump in {dump})'}", flush=True)
    first, last = land(s3, dump if found else None)
    job = ["run", "--rm", "job", "run", "--env", "compose", "--from", str(first), "--to", str(last)]
    done = subprocess.run(compose(*job))
    if done.returncode:
        sys.exit(done.returncode)
    again = " ".join([*(command() or []), "--file docker/compose.yaml"])
    print(f"""
The warehouse, a stand-in for Redshift (not Redshift): 127.0.0.1:5439, database dev, user awsuser, password {PASSWORD}
  PGPASSWORD={PASSWORD} psql -h 127.0.0.1 -p 5439 -U awsuser dev -c 'SELECT * FROM analytics.sales_daily LIMIT 5'
The lake: {store.endpoint}, bucket {BUCKET}
  {again} run --rm job lakehouse status --env compose
Another night:  {again} run --rm job run --env compose --date {last + timedelta(days=1)}
The end of it:  {again} down --volumes""")


def _succeeds(*words: str) -> bool:
    return subprocess.run(words, capture_output=True).returncode == 0


if __name__ == "__main__":
    main()
