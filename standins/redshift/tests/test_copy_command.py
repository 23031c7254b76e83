"""COPY into the stand-in: files in, rows out."""

from __future__ import annotations

import io
import json
import re
from datetime import date, datetime
from decimal import Decimal

import psycopg
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

EPOCH = datetime(1970, 1, 1)
ROLE = "IAM_ROLE 'arn:aws:iam::123456789012:role/loader'"
PARQUET = "FORMAT AS PARQUET MANIFEST"


def parquet(**columns: pa.Array) -> bytes:
    out = io.BytesIO()
    pq.write_table(pa.table(columns), out)
    return out.getvalue()


def manifest_of(bucket, folder: str, data: bytes) -> str:
    """The address of a manifest of one file."""
    url = bucket.put(f"{folder}/part-0.parquet", data)
    entries = [{"url": url, "mandatory": True, "meta": {"content_length": len(data)}}]
    return bucket.put(f"{folder}/manifest", json.dumps({"entries": entries}).encode())


@pytest.fixture
def table(sql, request):
    """An empty table of each test's own."""
    name = request.node.name.split("[")[0][:60]
    sql.execute(f"DROP TABLE IF EXISTS {name}")

    def create(columns: str) -> str:
        sql.execute(f"CREATE TABLE {name} ({columns})")
        return name

    return create


def test_parquet_by_a_manifest(driver, sql, bucket, table):
    name = table("id bigint, name varchar(65535), amount decimal(18,2), at timestamp, day date, utc timestamp")
    data = parquet(
        id=pa.array([1, 2]),
        name=pa.array(["😀" * 16000, ""]),
        amount=pa.array([Decimal("1.10"), None], pa.decimal128(18, 2)),
        at=pa.array([datetime(1899, 12, 31, 23, 59, 59, 999999), None], pa.timestamp("us")),
        day=pa.array([date(2024, 1, 1), date(1, 1, 1)]),
        utc=pa.array([0, 1], pa.timestamp("us", "UTC")),
    )
    manifest = manifest_of(bucket, "parquet", data)
    cursor = driver.cursor()
    cursor.execute(f"COPY {name} FROM '{manifest}' {ROLE} {PARQUET}")
    cursor.execute(f"SELECT * FROM {name} ORDER BY id")
    assert [tuple(row) for row in cursor.fetchall()] == [
        (1, "😀" * 16000, Decimal("1.10"), datetime(1899, 12, 31, 23, 59, 59, 999999), date(2024, 1, 1), EPOCH),
        (2, "", None, None, date(1, 1, 1), EPOCH.replace(microsecond=1)),
    ]
    cursor.execute("SELECT pg_last_copy_count(), pg_last_copy_id() > 0")
    assert tuple(cursor.fetchone()) == (2, True)
    driver.rollback()
    assert sql.execute(f"SELECT count(*) FROM {name}").fetchone() == (0,)


def test_a_bad_row_fails_the_load_and_is_told_after_the_rollback(driver, sql, bucket, table):
    name = table("id int, word varchar(3)")
    manifest = manifest_of(bucket, "bad", parquet(id=pa.array([1, 2], pa.int32()), word=pa.array(["abc", "éé"])))
    cursor = driver.cursor()
    cursor.execute(f"INSERT INTO {name} VALUES (0, 'x')")
    with pytest.raises(Exception, match="Spectrum Scan Error"):
        cursor.execute(f"COPY {name} FROM '{manifest}' {ROLE} {PARQUET}")
    with pytest.raises(Exception, match="current transaction is aborted"):
        cursor.execute("SELECT 1")
    driver.rollback()
    assert sql.execute(f"SELECT count(*) FROM {name}").fetchone() == (0,)
    told = "SELECT trim(filename), line_number, trim(colname), trim(raw_field_value), err_code"
    last = f"FROM stl_load_errors e JOIN svv_table_info i ON i.table_id = e.tbl WHERE i.\"table\" = '{name}'"
    assert sql.execute(f"{told} {last}").fetchall() == [(bucket.url("bad/part-0.parquet"), 2, "word", "éé", 1204)]
    detail = "SELECT line_number, trim(column_name), trim(error_message) FROM sys_load_error_detail d"
    shown = sql.execute(f"{detail} JOIN svv_table_info i ON i.table_id = d.table_id WHERE i.\"table\" = '{name}'")
    assert [(line, column) for line, column, _ in shown.fetchall()] == [(2, "word")]


MISFITS = [
    ("a bigint", pa.array([1], pa.int32()), "incompatible Parquet schema for column"),
    ("a int", pa.array([1], pa.int64()), "incompatible Parquet schema for column"),
    ("a decimal(18,2)", pa.array([Decimal("1.0")], pa.decimal128(18, 1)), "incompatible Parquet schema"),
    ("a varchar(9)", pa.array([1], pa.int32()), "incompatible Parquet schema"),
    ("a varchar(3)", pa.array(["éé"]), "longer than the length defined in the table. Table: 3, Data: 4"),
    ("a int not null", pa.array([None], pa.int32()), "Missing data for not-null field"),
    ("a int, b int", pa.array([1], pa.int32()), "Unmatched number of columns"),
]


@pytest.mark.parametrize(("columns", "values", "reason"), MISFITS)
def test_parquet_that_does_not_fit(sql, bucket, table, columns, values, reason):
    name = table(columns)
    manifest = manifest_of(bucket, "misfit", parquet(a=values))
    with pytest.raises(psycopg.Error, match="Spectrum Scan Error") as caught:
        sql.execute(f"COPY {name} FROM '{manifest}' {ROLE} {PARQUET}")
    assert reason in caught.value.diag.message_detail


NOT_LOADED = [
    ("'s3://standin/nowhere/manifest'", PARQUET, "The specified S3 prefix 'nowhere/manifest' does not exist"),
    ("'s3://nobucket/x'", PARQUET, "NoSuchBucket"),
    ("'s3://standin/one.csv'", PARQUET, "Invalid manifest file"),
    ("'s3://standin/lost.manifest'", PARQUET, "mandatory file that is not there"),
    ("'s3://standin/bare.manifest'", PARQUET, "meta.content_length"),
    ("'s3://standin/short.manifest'", PARQUET, "not as the manifest has it"),
    ("'s3://standin/one.csv'", "CSV", "not supported here"),
    ("'s3://standin/one.csv'", "FORMAT AS AVRO 'auto'", "not supported here"),
    ("'s3://standin/one.csv'", "FORMAT AS PARQUET", "not supported here"),
    ("'s3://standin/one.csv'", f"{PARQUET} REGION 'us-east-1'", "not supported here"),
    ("'s3://standin/one.csv'", f"{PARQUET} MAXERROR 3", "not supported here"),
]


@pytest.mark.parametrize(("source", "options", "reason"), NOT_LOADED)
def test_what_cannot_be_loaded(sql, bucket, table, source, options, reason):
    name = table("a int")
    url = bucket.put("one.csv", b"1\n")
    bare = {"url": url, "mandatory": True}
    for key, entry in {
        "lost.manifest": {**bare, "url": "s3://standin/gone.parquet", "meta": {"content_length": 1}},
        "bare.manifest": bare,
        "short.manifest": {**bare, "meta": {"content_length": 1}},
    }.items():
        bucket.put(key, json.dumps({"entries": [entry]}).encode())
    with pytest.raises(psycopg.Error, match=re.escape(reason)):
        sql.execute(f"COPY {name} FROM {source} {ROLE} {options}")
    assert sql.execute(f"SELECT * FROM {name}").fetchall() == []


SECRET = "wJalrXUtnFEMI-K7MDENG"
WITH_SECRETS = [
    f"COPY {{}} FROM 's3://standin/one.csv' CREDENTIALS 'aws_secret_access_key={SECRET}' {PARQUET}",
    f"COPY {{}} FROM 's3://standin/nowhere' ACCESS_KEY_ID 'AKIA' SECRET_ACCESS_KEY '{SECRET}' {PARQUET}",
    f"COPY {{}} FROM 's3://standin/one.csv' CREDENTIALS 'aws_secret_access_key={SECRET}' NONSENSE '{SECRET}'",
    f"COPY {{}} FROM 's3://standin/one.csv' CREDENTIALS 'aws_secret_access_key={SECRET}' '{SECRET}'",
    f"COPY nowhere FROM 's3://standin/one.csv' CREDENTIALS '{SECRET}' {PARQUET}",
    f"UNLOAD ('SELECT 1') TO 's3://standin/x/' SECRET_ACCESS_KEY '{SECRET}'",
]


@pytest.mark.parametrize("statement", WITH_SECRETS)
def test_credentials_are_never_told(redshift, sql, bucket, table, statement):
    name = table("a int")
    bucket.put("one.csv", b"1\n")
    told = []
    sql.add_notice_handler(lambda notice: told.append(f"{notice.message_primary} {notice.message_detail}"))
    try:
        sql.execute(statement.format(name))
    except psycopg.Error as error:
        told.append(f"{error} {error.diag.message_detail} {error.diag.context}")
    assert told
    assert SECRET not in " ".join(told)
    assert SECRET not in (redshift.postgres.data / "postgres.log").read_text()
