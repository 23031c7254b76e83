"""The connector's ways to stage rows for Redshift, compared: time, bytes, and whether the values come through.

    .venv/bin/python -m benchmarks.tempformats [--rows 200000] [--repeat 3]

Needs the connector's jar ($SPARK_REDSHIFT_JAR), and for AVRO Spark's own module of it:
PYSPARK_SUBMIT_ARGS="--packages org.apache.spark:spark-avro_2.12:3.5.6 pyspark-shell". Writes fact-like rows with hard
values among them into the stand-in for Redshift (standins/redshift) over an object store of this machine. So the times
are those of Spark's writing and of the stand-in's COPY, not of Redshift: what they show is what the formats change, and
their own cost. Asserts nothing.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import tempfile
import time
from pathlib import Path

from pyspark.sql import SparkSession

ROOT = Path(__file__).resolve().parent.parent
sys.path += [str(ROOT / "docker" / "stack"), str(ROOT / "standins" / "redshift")]

FORMATS = ("PARQUET", "AVRO", "CSV", "CSV GZIP")
DDL = "id BIGINT, words VARCHAR(65535), at TIMESTAMP, cents DECIMAL(18,2), day DATE"
ROWS = """
SELECT id,
       CASE id WHEN 0 THEN '' WHEN 1 THEN NULL WHEN 2 THEN '@NULL@' WHEN 3 THEN 'a "b" \\\\ c\nd' WHEN 4 THEN '😀'
               ELSE concat('order ', id) END AS words,
       CASE id WHEN 0 THEN TIMESTAMP '1899-12-31 23:59:59.999999' ELSE timestamp_micros(id * 1000003) END AS at,
       cast(id / 100 AS DECIMAL(18,2)) AS cents,
       CASE id WHEN 0 THEN DATE '1899-12-31' ELSE date_add(DATE '2024-01-01', cast(id % 365 AS INT)) END AS day
FROM range({rows})
"""
HARD = 5  # the first rows are the ones with hard values


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=200_000)
    parser.add_argument("--repeat", type=int, default=3)
    asked = parser.parse_args()
    import object_store
    from redshift_standin import start

    with tempfile.TemporaryDirectory() as folder, object_store.running(Path(folder) / "objects") as store:
        os.environ |= {**store.environment, "AWS_REGION": "us-east-1"}
        with start(s3_endpoint=store.endpoint) as redshift:
            _measure(asked.rows, asked.repeat, store.endpoint, redshift)


def _measure(rows: int, repeat: int, endpoint: str, redshift: object) -> None:
    import boto3

    from spark_app.runtime.session import session
    from spark_app.runtime.settings import Settings

    client = boto3.client("s3", endpoint_url=endpoint)
    client.create_bucket(Bucket="bench")
    settings = Settings.model_validate(
        {
            "environment": "benchmark",
            "lake": "s3a://bench/lake",
            "s3": {"endpoint": endpoint, "region": "us-east-1", "path_style": True},
            "redshift": {"host": "127.0.0.1", "temp": "s3a://bench/temp", "loader": "connector"},
            "spark": {"master": "local[2]", "driver_memory": "3g", "light_compiler": True},
        }
    )
    spark = session(settings)
    spark.conf.set("spark.sql.avro.compression.codec", "deflate")  # the stand-in unpacks no snappy within Avro
    frame = spark.sql(ROWS.replace("{rows}", str(rows))).repartition(2).persist()
    expected = {row["id"]: tuple(row) for row in frame.where(f"id < {HARD} OR id = {rows - 1}").collect()}
    print(f"{rows:,} rows; median of {repeat} after one to warm up")
    for kind in FORMATS:
        taken = []
        for number in range(repeat + 1):
            _prepare(redshift)
            begun = time.monotonic()
            said = _write(spark, frame, kind, redshift)
            if number:
                taken.append(time.monotonic() - begun)
            if said:
                break
        found = {} if said else _read(redshift, rows)
        wrong = [f"{name}: {found.get(name)}" for name, row in expected.items() if found.get(name) != row]
        size = sum(item["Size"] for item in client.list_objects_v2(Bucket="bench").get("Contents", []))
        result = f"refused: {said}" if said else f"{statistics.median(taken):.1f} s"
        print(f"{kind:9} {result}  {size / 1e6:.1f} MB  {'all values exact' if not wrong else 'CHANGED ' + str(wrong)}")
        for item in client.list_objects_v2(Bucket="bench").get("Contents", []):
            client.delete_object(Bucket="bench", Key=item["Key"])


def _connect(redshift: object):
    import redshift_connector

    names = ("host", "port", "user", "password", "database")
    return redshift_connector.connect(**{name: getattr(redshift, name) for name in names}, ssl=False)


def _prepare(redshift: object) -> None:
    with _connect(redshift) as connection, connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS public.bench")
        cursor.execute(f"CREATE TABLE public.bench ({DDL})")
        connection.commit()


def _write(spark: SparkSession, frame, kind: str, redshift: object) -> str:
    url = f"jdbc:redshift://{redshift.host}:{redshift.port}/{redshift.database}?ssl=false"
    options = {"url": url, "user": redshift.user, "password": redshift.password, "dbtable": "public.bench"}
    options |= {"tempdir": f"s3a://bench/temp/{kind.replace(' ', '-')}", "tempformat": kind, "copyretrycount": "1"}
    options |= {"aws_iam_role": "arn:aws:iam::000000000000:role/any", "include_column_list": "true"}
    try:
        frame.write.format("io.github.spark_redshift_community.spark.redshift").options(**options).mode("append").save()
    except Exception as error:
        causes = [line.strip() for line in str(error).splitlines() if "Caused by:" in line]
        return (causes or str(error).strip().splitlines())[-1][:300]
    return ""


def _read(redshift: object, rows: int) -> dict[int, tuple[object, ...]]:
    with _connect(redshift) as connection, connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM public.bench WHERE id < {HARD} OR id = {rows - 1}")
        return {row[0]: tuple(row) for row in cursor.fetchall()}


if __name__ == "__main__":
    main()
