"""COPY into the stand-in: files in, rows out."""

from __future__ import annotations

import gzip
import io
import json
from datetime import date, datetime
from decimal import Decimal

import psycopg
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

ROLE = "IAM_ROLE 'arn:aws:iam::123456789012:role/loader'"


def parquet(**columns: pa.Array) -> bytes:
    out = io.BytesIO()
    pq.write_table(pa.table(columns), out)
    return out.getvalue()


@pytest.fixture
def table(sql, request):
    """An empty table of each test's own."""
    name = request.node.name.split("[")[0][:60]
    sql.execute(f"DROP TABLE IF EXISTS {name}")

    def create(columns: str) -> str:
        sql.execute(f"CREATE TABLE {name} ({columns})")
        return name

    return create


def test_csv_gzip_with_a_column_list(sql, bucket, table):
    name = table("id bigint not null, note varchar(20), paid decimal(18,2), day date, at timestamp, flag boolean")
    rows = 'id,note,paid,day,at\n1,"a ""b""\nc",1.239,1890-01-02,2024-02-29 12:34:56.123456\n2,,,,\n3,\\N,-0.5,,\n'
    bucket.put("csv/part-0.csv.gz", gzip.compress(rows.encode()))
    sql.execute(
        f"COPY {name} (id, note, paid, day, at) FROM '{bucket.url('csv/part')}' {ROLE} CSV GZIP IGNOREHEADER 1 "
        "TIMEFORMAT 'auto' DATEFORMAT 'auto' NULL AS '\\\\N' REGION 'us-east-1' STATUPDATE OFF COMPUPDATE OFF"
    )
    assert sql.execute(f"SELECT * FROM {name} ORDER BY id").fetchall() == [
        (1, 'a "b"\nc', Decimal("1.23"), date(1890, 1, 2), datetime(2024, 2, 29, 12, 34, 56, 123456), None),
        (2, "", None, None, None, None),
        (3, None, Decimal("-0.50"), None, None, None),
    ]
    assert sql.execute("SELECT pg_last_copy_count()").fetchone() == (3,)


def test_parquet_by_a_manifest(driver, sql, bucket, table):
    name = table("id bigint, name varchar(65535), amount decimal(18,2), at timestamp, day date")
    data = parquet(
        id=pa.array([1, 2]),
        name=pa.array(["😀" * 16000, ""]),
        amount=pa.array([Decimal("1.10"), None], pa.decimal128(18, 2)),
        at=pa.array([datetime(1899, 12, 31, 23, 59, 59, 999999), None], pa.timestamp("us")),
        day=pa.array([date(2024, 1, 1), date(1, 1, 1)]),
    )
    url = bucket.put("parquet/part-0.parquet", data)
    entries = [{"url": url, "mandatory": True, "meta": {"content_length": len(data)}}]
    manifest = bucket.put("parquet/manifest", json.dumps({"entries": entries}).encode())
    cursor = driver.cursor()
    cursor.execute(f"COPY {name} FROM '{manifest}' {ROLE} FORMAT AS PARQUET MANIFEST")
    cursor.execute(f"SELECT * FROM {name} ORDER BY id")
    assert [tuple(row) for row in cursor.fetchall()] == [
        (1, "😀" * 16000, Decimal("1.10"), datetime(1899, 12, 31, 23, 59, 59, 999999), date(2024, 1, 1)),
        (2, "", None, None, date(1, 1, 1)),
    ]
    driver.rollback()
    assert sql.execute(f"SELECT count(*) FROM {name}").fetchone() == (0,)


def test_a_bad_row_fails_the_load_and_is_told_after_the_rollback(driver, sql, bucket, table):
    name = table("id int, word varchar(3)")
    url = bucket.put("bad/a.csv", b"1,abc\n2,\xc3\xa9\xc3\xa9\n")
    cursor = driver.cursor()
    cursor.execute(f"INSERT INTO {name} VALUES (0, 'x')")
    with pytest.raises(Exception, match=r"Load into table .* failed\.  Check 'sys_load_error_detail' system table"):
        cursor.execute(f"COPY {name} FROM '{url}' {ROLE} CSV")
    with pytest.raises(Exception, match="current transaction is aborted"):
        cursor.execute("SELECT 1")
    driver.rollback()
    assert sql.execute(f"SELECT count(*) FROM {name}").fetchone() == (0,)
    told = "SELECT trim(filename), line_number, trim(colname), trim(raw_field_value), err_code, trim(err_reason)"
    last = f"FROM stl_load_errors e JOIN svv_table_info i ON i.table_id = e.tbl WHERE i.\"table\" = '{name}'"
    assert sql.execute(f"{told} {last}").fetchall() == [
        (url, 2, "word", "éé", 1204, "String length exceeds DDL length")
    ]


def test_maxerror_loads_the_rest(sql, bucket, table):
    name = table("id int not null, at timestamp")
    url = bucket.put("max/a.csv", b"1,2024-01-01 00:00:00\nx,\n3,nonsense\n,\n5,\n6\n7,,\n")
    with pytest.raises(psycopg.Error, match="failed"):
        sql.execute(f"COPY {name} FROM '{url}' {ROLE} CSV MAXERROR 4")
    sql.execute(f"COPY {name} FROM '{url}' {ROLE} CSV MAXERROR 5")
    assert sql.execute(f"SELECT id FROM {name} ORDER BY 1").fetchall() == [(1,), (5,)]
    query = sql.execute("SELECT pg_last_copy_id()").fetchone()[0]
    rows = sql.execute(
        "SELECT line_number, column_name, error_code FROM sys_load_error_detail WHERE query_id = %s ORDER BY 1", [query]
    )
    assert rows.fetchall() == [(2, "id", 1207), (3, "at", 1206), (4, "id", 1213), (6, "", 1214), (7, "", 1202)]
