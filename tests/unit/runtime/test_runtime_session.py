"""What a session is told of S3, nothing on a local lake and on S3 what the settings say; and what it leaves behind."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from pyspark.sql import SparkSession

import spark_app
from spark_app.contracts.load import load_contracts
from spark_app.contracts.sources import load_source
from spark_app.lake.ops import SCHEMAS
from spark_app.runtime.jars import delta_coordinates, s3_coordinates
from spark_app.runtime.session import PLANS, RESULTS, _steady, s3_conf, sibling
from spark_app.runtime.settings import Settings, SparkSettings

S3 = {"environment": "test", "landing": "s3a://b/landing", "lake": "s3a://b/lake"}


def conf(**more: object) -> dict[str, str]:
    return s3_conf(Settings.model_validate({**S3, **more}))


def test_a_lake_or_a_landing_in_s3_is_on_s3() -> None:
    assert not Settings(environment="test").on_s3
    for name in ("landing", "lake"):
        for scheme in ("s3", "s3a", "s3n"):
            assert Settings.model_validate({"environment": "test", name: f"{scheme}://b/x"}).on_s3


def test_aws_itself_needs_no_address_and_never_a_key() -> None:
    found = conf()
    chain = "com.amazonaws.auth.DefaultAWSCredentialsProviderChain"
    assert found["spark.hadoop.fs.s3a.aws.credentials.provider"] == chain
    assert not [key for key in found if "endpoint" in key or "key" in key]


def test_minio_has_an_address_without_tls() -> None:
    found = conf(s3={"endpoint": "http://127.0.0.1:9000", "region": "us-east-1", "path_style": True})
    assert found["spark.hadoop.fs.s3a.endpoint"] == "http://127.0.0.1:9000"
    assert found["spark.hadoop.fs.s3a.connection.ssl.enabled"] == "false"
    assert found["spark.hadoop.fs.s3a.endpoint.region"] == "us-east-1"
    assert found["spark.hadoop.fs.s3a.path.style.access"] == "true"


def test_a_session_of_our_own_reads_s3_as_s3a_and_a_platform_s_does_not() -> None:
    assert "spark.hadoop.fs.s3.impl" in conf(spark={"master": "local[1]"})
    assert "spark.hadoop.fs.s3.impl" not in conf()


def test_several_writers_share_a_log_table() -> None:
    found = conf(s3={"log_table": "delta_log", "region": "eu-west-1"})
    assert found["spark.delta.logStore.s3a.impl"] == "io.delta.storage.S3DynamoDBLogStore"
    assert found["spark.io.delta.storage.S3DynamoDBLogStore.ddb.tableName"] == "delta_log"
    assert found["spark.io.delta.storage.S3DynamoDBLogStore.ddb.region"] == "eu-west-1"


@pytest.mark.parametrize(
    ("spark", "jars"),
    [("3.5.6", ["hadoop-aws:3.3.4"]), ("4.0.1", ["hadoop-aws:3.4.1"])],
)
def test_s3a_fits_the_hadoop_of_the_spark(spark: str, jars: list[str]) -> None:
    assert [name.partition(":")[2] for name in s3_coordinates(spark)] == jars
    delta = delta_coordinates(spark)[0].rpartition(":")[2]
    assert f"io.delta:delta-storage-s3-dynamodb:{delta}" in s3_coordinates(spark, dynamodb=True)


def test_a_session_gives_the_same_results_and_plans_whatever_its_platform_says(spark: SparkSession) -> None:
    """Without it, planning ten corrected rows of a day took half an hour (`test_any_order_of_arrival`)."""
    found = spark.newSession()
    found.conf.set("spark.sql.constraintPropagation.enabled", "true")
    found.conf.set("spark.sql.session.timeZone", "Asia/Tokyo")
    for own in (_steady(found), sibling(found, SparkSettings(), landed_bytes=0)):
        assert {name: own.conf.get(name) for name in {**RESULTS, **PLANS}} == {**RESULTS, **PLANS}
    assert PLANS["spark.sql.constraintPropagation.enabled"] == "false"


def test_delta_keeps_all_tables_of_a_lake_in_mind_and_not_all_of_a_hundred_lakes(spark: SparkSession) -> None:
    """Without a bound a session that saw sixty lakes held 3.5 GB of logs; a third of its time was collections."""
    of_a_lake = len(load_contracts()) + len(load_source("olist", load_contracts()).datasets) + len(SCHEMAS)
    assert of_a_lake < int(spark.conf.get("spark.databricks.delta.delta.log.cacheSize")) <= 2 * of_a_lake


def test_a_shuffle_has_as_many_tasks_as_pay(spark: SparkSession) -> None:
    cores, megabyte = min(spark.sparkContext.defaultParallelism, 4), 1024**2
    settings = SparkSettings(bytes_per_partition=32 * megabyte)
    for landed, partitions in {0: 1, 900_000: 1, 2 * megabyte: cores, 1_000 * megabyte: 32}.items():
        own = sibling(spark, settings, landed_bytes=landed)
        assert own.conf.get("spark.sql.shuffle.partitions") == str(partitions)


def test_an_expression_reads_nothing_of_the_machine(spark: SparkSession) -> None:
    own = sibling(spark, SparkSettings(), landed_bytes=0)
    [row] = own.range(1).selectExpr("'${env:PATH}' AS found").collect()
    assert row.found == "${env:PATH}"


STARTED = """
import sys
from spark_app.runtime.session import session
from spark_app.runtime.settings import load_settings
spark = session(load_settings("local"))
spark.sql("SELECT 1 AS one").write.format("delta").save(sys.argv[1])
print(spark.read.format("delta").load(sys.argv[1]).count(), "row")
"""


def test_a_session_says_nothing_and_leaves_nothing_where_it_was_started(tmp_path: Path) -> None:
    here = tmp_path / "fresh clone"
    here.mkdir()
    environment = {**os.environ, "PYTHONPATH": str(Path(spark_app.__file__).parents[1])}
    words = [sys.executable, "-c", STARTED, str(tmp_path / "a table")]
    done = subprocess.run(words, cwd=here, env=environment, capture_output=True, text=True)
    assert done.stdout == "1 row\n", done.stderr[-2000:]
    assert done.stderr == ""
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a table", "fresh clone"]
    assert list(here.iterdir()) == []
