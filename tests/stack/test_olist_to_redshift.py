"""Replayed Olist days from a bucket to the warehouse and back as rows: the lake in MinIO, Redshift's stand-in, both
loaders. What analysts read equals the figures worked out from the raw files by SQL alone.

The connector's half needs its jar: SPARK_REDSHIFT_JAR, or Maven coordinates that resolve.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import object_store
import psycopg
import pytest
import yaml
from redshift_standin import Standin, start

from spark_app.lake.objects import list_folder
from spark_app.lake.s3 import client
from spark_app.runtime.errors import LakehouseError
from spark_app.runtime.jars import connector_jars
from spark_app.runtime.settings import S3Settings, conf_dir
from tests.olist import figures

pytestmark = pytest.mark.stack
BUCKET = "shop"
LOADERS = ("copy", "connector")


@dataclass(frozen=True)
class Stack:
    """A lake in a bucket, a warehouse for each loader, and the folder of settings that says so."""

    store: object_store.ObjectStore
    warehouses: dict[str, Standin]
    conf: Path
    s3: S3Settings

    def lakehouse(self, *words: str, loader: str = "copy") -> subprocess.CompletedProcess[str]:
        environment = {
            **os.environ,
            **self.store.environment,
            "LAKEHOUSE_CONF": str(self.conf),
            "LAKEHOUSE_REDSHIFT_PASSWORD": self.warehouses[loader].password,
        }
        command = [sys.executable, "-m", "spark_app.cli", *words, "--env", loader]
        return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=1200)

    def rows(self, loader: str, sql: str) -> list[tuple[Any, ...]]:
        house = self.warehouses[loader]
        with psycopg.connect(
            host=house.host, port=house.port, user=house.user, password=house.password, dbname=house.database
        ) as connection:
            return connection.execute(sql).fetchall()


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    folder = tmp_path_factory.mktemp("stack")
    with object_store.running(folder / "data") as store, pytest.MonkeyPatch.context() as patch:
        for name, value in store.environment.items():
            patch.setenv(name, value)
        s3 = S3Settings(endpoint=store.endpoint, region="us-east-1", path_style=True, log_table=None)
        client(s3).create_bucket(Bucket=BUCKET)
        with start(s3_endpoint=store.endpoint) as first, start(s3_endpoint=store.endpoint) as second:
            warehouses = dict(zip(LOADERS, (first, second), strict=True))
            yield Stack(store, warehouses, _settings(folder, store, warehouses), s3)


def _settings(folder: Path, store: object_store.ObjectStore, warehouses: dict[str, Standin]) -> Path:
    """An environment for each loader; both have one lake."""
    conf = folder / "conf"
    shutil.copytree(conf_dir(), conf)
    for loader, house in warehouses.items():
        found: dict[str, Any] = yaml.safe_load((conf / "minio.yaml").read_text())
        found |= {"landing": f"s3a://{BUCKET}/landing", "lake": f"s3a://{BUCKET}/lake", "home": str(folder)}
        found |= {"warehouse": "redshift", "reports": f"s3a://{BUCKET}/reports"}
        found["s3"]["endpoint"] = store.endpoint
        found["redshift"] = {
            "host": house.host,
            "port": house.port,
            "user": house.user,
            "database": house.database,
            "iam_role": "arn:aws:iam::123456789012:role/redshift-reads-temp",
            "temp": f"s3a://{BUCKET}/tmp/{loader}",
            "loader": loader,
            "ssl": False,
        }
        (conf / f"{loader}.yaml").write_text(yaml.safe_dump(found))
    return conf


@pytest.fixture(scope="module")
def loaded(stack: Stack, olist_dir: Path) -> Stack:
    """All of Olist in two runs: a first load and then the changes of what came after Black Friday 2017."""
    replayed = stack.lakehouse("replay", "olist", "--from", str(olist_dir), "--landing", f"s3a://{BUCKET}/landing")
    assert replayed.returncode == 0, replayed.stderr
    for first, last in (("2016-09-01", "2017-11-24"), ("2017-11-25", "2018-12-31")):
        done = stack.lakehouse("run", "--from", first, "--to", last, "--json")
        assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
        assert json.loads(done.stdout)["exit_code"] == 0
    return stack


@pytest.fixture(scope="module")
def by_connector(loaded: Stack) -> Stack:
    from pyspark import __version__

    try:
        connector_jars(__version__)
    except LakehouseError as error:
        pytest.skip(f"Spark's Redshift connector is not to be had here, so its loader is not tested: {error.message}")
    done = loaded.lakehouse("run", "--layers", "publish", "--json", loader="connector")
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    return loaded


def test_daily_sales_row_for_row(loaded: Stack, olist_dir: Path) -> None:
    found = loaded.rows("copy", "SELECT * FROM analytics.daily_sales ORDER BY order_date")
    assert found == figures.daily_sales(olist_dir)


def test_orders_by_status_and_revenue_to_the_cent(loaded: Stack, olist_dir: Path) -> None:
    sql = "SELECT order_status, count(*) FROM analytics.fact_orders GROUP BY order_status ORDER BY order_status"
    assert loaded.rows("copy", sql) == figures.orders_by_status(olist_dir)
    assert loaded.rows("copy", "SELECT sum(revenue) FROM analytics.daily_sales") == [(Decimal("535113.99"),)]


def test_the_second_run_loaded_changes_only(loaded: Stack) -> None:
    assert loaded.rows("copy", "SELECT count(*), max(release_id) FROM etl.releases") == [(2, 2)]


def test_nothing_is_left_in_the_temp_prefix_nor_in_etl(loaded: Stack) -> None:
    assert list_folder(f"s3a://{BUCKET}/tmp/copy", loaded.s3) == []
    sql = "SELECT table_name FROM information_schema.tables WHERE table_schema = 'etl' AND table_name LIKE 'stage%'"
    assert loaded.rows("copy", sql) == []


def test_data_docs_are_in_the_bucket(loaded: Stack) -> None:
    assert "index.html" in [entry.name for entry in list_folder(f"s3a://{BUCKET}/reports/quality", loaded.s3)]


def test_the_same_release_again_is_left_alone(loaded: Stack) -> None:
    done = loaded.lakehouse("run", "--layers", "publish", "--json")
    assert (done.returncode, json.loads(done.stdout)["message"]) == (0, "nothing new")


def test_the_connector_loads_the_same_rows(by_connector: Stack) -> None:
    names = [row[0] for row in by_connector.rows("copy", "SELECT DISTINCT tablename FROM pg_table_def")]
    tables = by_connector.rows(
        "copy", "SELECT table_name FROM svv_tables WHERE table_schema = 'analytics' AND table_type = 'BASE TABLE'"
    )
    assert len(tables) == 15, names
    for (name,) in tables:
        columns = [
            row[0]
            for row in by_connector.rows(
                "copy", f"SELECT column_name FROM svv_columns WHERE table_schema='analytics' AND table_name='{name}'"
            )
        ]
        order = ", ".join(f'"{column}"' for column in columns)
        sql = f'SELECT {order} FROM analytics."{name}" ORDER BY {order}'
        assert by_connector.rows("connector", sql) == by_connector.rows("copy", sql), name


def test_no_secret_reaches_what_a_run_writes(by_connector: Stack) -> None:
    """Output of a failing load by the connector, whose statements carry user, password and role."""
    house = by_connector.warehouses["connector"]
    done = by_connector.lakehouse("releases", "rollback", "1", loader="connector")
    said = done.stdout + done.stderr
    assert done.returncode == 0, said[-3000:]
    for secret in (house.password, by_connector.store.environment["AWS_SECRET_ACCESS_KEY"]):
        assert secret not in said
