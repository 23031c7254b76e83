"""UNLOAD from the stand-in: rows in, files out, and back by COPY."""

from __future__ import annotations

import gzip
import io
import json
import re
from datetime import date, datetime
from decimal import Decimal

import psycopg
import pyarrow.parquet as pq
import pytest

ROLE = "IAM_ROLE 'arn:aws:iam::123456789012:role/reader'"
ROWS = [
    (1, 'a"b|c\\d\n,e', Decimal("1.10"), date(1890, 1, 2), datetime(2024, 1, 1, 0, 0, 0, 1), True),
    (2, "", None, None, None, False),
    (3, None, Decimal("-2.00"), None, None, None),
]


@pytest.fixture
def sold(sql):
    sql.execute("DROP TABLE IF EXISTS sold")
    sql.execute(
        "CREATE TABLE sold (id int, word varchar(20), amount decimal(18,2), day date, at timestamp, flag boolean)"
    )
    with sql.cursor() as cursor:
        cursor.executemany("INSERT INTO sold VALUES (%s, %s, %s, %s, %s, %s)", ROWS)
    return "SELECT * FROM sold ORDER BY id"


FORMATS = [
    ("CSV GZIP", "CSV GZIP"),
    ("FORMAT AS CSV HEADER", "CSV IGNOREHEADER 1"),
    ("DELIMITER '|' ESCAPE ADDQUOTES NULL AS '@NULL@'", "DELIMITER '|' ESCAPE REMOVEQUOTES NULL AS '@NULL@'"),
    ("ESCAPE NULL AS '@NULL@' ALLOWOVERWRITE", "ESCAPE NULL AS '@NULL@'"),
    ("FORMAT PARQUET", "FORMAT AS PARQUET"),
    ("FORMAT JSON", "JSON 'auto'"),
]


@pytest.mark.parametrize(("out", "back"), FORMATS)
def test_there_and_back(sql, bucket, sold, out, back):
    target = bucket.url(f"unload/{re.sub('[^A-Z]', '-', out)}/")
    sql.execute(f"UNLOAD ('{sold}') TO '{target}' {ROLE} {out}")
    sql.execute("CREATE TEMP TABLE returned (LIKE sold)")
    sql.execute(f"COPY returned FROM '{target}' {ROLE} {back}")
    returned = sql.execute("SELECT * FROM returned ORDER BY id").fetchall()
    # CSV's empty field is an empty string to COPY, whatever it was to UNLOAD.
    expected = [(3, "", *ROWS[2][2:]) if "CSV" in out and row[0] == 3 else row for row in ROWS]
    assert returned == expected


def test_a_manifest_one_file_and_no_overwriting(sql, bucket, sold):
    target = bucket.url("once/part_")
    query = r"SELECT id, word FROM sold WHERE word = \'\' ORDER BY id"
    statement = f"UNLOAD ('{query}') TO '{target}' {ROLE} CSV GZIP MANIFEST PARALLEL OFF"
    sql.execute(statement)
    manifest = json.loads(bucket.get("once/part_manifest"))
    assert [entry["url"] for entry in manifest["entries"]] == [target + "000.gz"]
    assert gzip.decompress(bucket.get("once/part_000.gz")) == b'2,""\n'
    with pytest.raises(psycopg.Error, match="unload destination on S3 is not empty"):
        sql.execute(statement)
    sql.execute(statement + " ALLOWOVERWRITE")


def test_parquet_keeps_types(sql, bucket, sold):
    sql.execute(
        f"UNLOAD ('SELECT amount, day, at, flag, id FROM sold WHERE id = 1') TO '{bucket.url('typed/')}' {ROLE} PARQUET"
    )
    (key,) = bucket.keys("typed/")
    schema = pq.read_schema(io.BytesIO(bucket.get(key)))
    assert [str(kind) for kind in schema.types] == [
        "decimal128(18, 2)",
        "date32[day]",
        "timestamp[us]",
        "bool",
        "int32",
    ]


@pytest.mark.parametrize(
    ("statement", "reason"),
    [
        (f"UNLOAD ('SELECT 1 LIMIT 1') TO 's3://stack/no/' {ROLE}", "Limit clause is not supported"),
        (f"UNLOAD ('DELETE FROM sold') TO 's3://stack/no/' {ROLE}", "takes a query"),
        ("UNLOAD ('SELECT 1') TO 's3://stack/no/'", "needs IAM_ROLE"),
        (f"UNLOAD ('SELECT 1') TO 's3://stack/no/' {ROLE} PARTITION BY (a)", "not supported here"),
        (f"UNLOAD ('SELECT nope FROM sold') TO 's3://stack/no/' {ROLE}", "does not exist"),
    ],
)
def test_refuses(sql, sold, bucket, statement, reason):
    with pytest.raises(psycopg.Error, match=reason):
        sql.execute(statement)
    assert bucket.keys("no/") == []
