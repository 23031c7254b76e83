"""COPY into the stand-in: files in, rows out."""

from __future__ import annotations

import gzip
import io
import json
import re
from datetime import date, datetime
from decimal import Decimal

import fastavro
import psycopg
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

EPOCH = datetime(1970, 1, 1)
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
    name = table("id bigint, name varchar(65535), amount decimal(18,2), at timestamp, day date, utc timestamp")
    data = parquet(
        id=pa.array([1, 2]),
        name=pa.array(["😀" * 16000, ""]),
        amount=pa.array([Decimal("1.10"), None], pa.decimal128(18, 2)),
        at=pa.array([datetime(1899, 12, 31, 23, 59, 59, 999999), None], pa.timestamp("us")),
        day=pa.array([date(2024, 1, 1), date(1, 1, 1)]),
        utc=pa.array([0, 1], pa.timestamp("us", "UTC")),
    )
    url = bucket.put("parquet/part-0.parquet", data)
    entries = [{"url": url, "mandatory": True, "meta": {"content_length": len(data)}}]
    manifest = bucket.put("parquet/manifest", json.dumps({"entries": entries}).encode())
    cursor = driver.cursor()
    cursor.execute(f"COPY {name} FROM '{manifest}' {ROLE} FORMAT AS PARQUET MANIFEST")
    cursor.execute(f"SELECT * FROM {name} ORDER BY id")
    assert [tuple(row) for row in cursor.fetchall()] == [
        (1, "😀" * 16000, Decimal("1.10"), datetime(1899, 12, 31, 23, 59, 59, 999999), date(2024, 1, 1), EPOCH),
        (2, "", None, None, date(1, 1, 1), EPOCH.replace(microsecond=1)),
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


def test_avro_by_name_without_logical_types(sql, bucket, table):
    name = table("id bigint, word varchar(20), amount decimal(18,2), at timestamp, flag boolean, extra int")
    fields = [
        {"name": "word", "type": ["null", "string"]},
        {"name": "id", "type": "long"},
        {"name": "amount", "type": "string"},
        {"name": "at", "type": ["string", "null"]},
        {"name": "flag", "type": "boolean"},
        {"name": "elsewhere", "type": "string"},
    ]
    rows = [
        {"word": "a\\N\tb", "id": 1, "amount": "-1.005", "at": "2024-01-01 00:00:00.000001", "flag": True},
        {"word": None, "id": 2, "amount": "7", "at": None, "flag": False},
    ]
    out = io.BytesIO()
    fastavro.writer(out, {"type": "record", "name": "r", "fields": fields}, [{**row, "elsewhere": "x"} for row in rows])
    url = bucket.put("avro/part.avro", out.getvalue())
    sql.execute(f"COPY {name} FROM '{url}' {ROLE} FORMAT AS AVRO 'auto' TIMEFORMAT 'auto'")
    assert sql.execute(f"SELECT * FROM {name} ORDER BY id").fetchall() == [
        (1, "a\\N\tb", Decimal("-1.00"), datetime(2024, 1, 1, 0, 0, 0, 1), True, None),
        (2, None, Decimal(7), None, False, None),
    ]


def test_avro_dates_are_the_numbers_they_are_stored_as(sql, bucket, table):
    name = table("day date, days int")
    fields = [{"name": n, "type": {"type": "int", "logicalType": "date"}} for n in ("day", "days")]
    out = io.BytesIO()
    fastavro.writer(
        out, {"type": "record", "name": "r", "fields": fields}, [{"day": date(2024, 1, 1), "days": date(1970, 1, 3)}]
    )
    url = bucket.put("avro/date.avro", out.getvalue())
    with pytest.raises(psycopg.Error, match="Load into table"):
        sql.execute(f"COPY {name} FROM '{url}' {ROLE} AVRO 'auto'")
    sql.execute(f"COPY {name} (days) FROM '{url}' {ROLE} AVRO 'auto'")
    assert sql.execute(f"SELECT days FROM {name}").fetchall() == [(2,)]


def test_json_lines_by_name(sql, bucket, table):
    name = table("id int, word varchar(10), amount decimal(20,10), day date")
    rows = '{"id": 1, "word": "é", "amount": 0.1234567890}\n{"word": null, "id": 2, "day": "2024-01-01", "x": {"y": 1}}'
    url = bucket.put("json/rows.json", rows.encode())
    sql.execute(f"COPY {name} FROM '{url}' {ROLE} FORMAT JSON 'auto'")
    assert sql.execute(f"SELECT * FROM {name} ORDER BY id").fetchall() == [
        (1, "é", Decimal("0.1234567890"), None),
        (2, None, None, date(2024, 1, 1)),
    ]


CSV_VALUES = [
    ("v varchar(9)", "''", "", ""),
    ("v varchar(9)", "''", "EMPTYASNULL", None),
    ("v varchar(9)", "'  '", "BLANKSASNULL", None),
    ("v varchar(9)", "@NULL@", "NULL AS '@NULL@'", None),
    ("v varchar(9)", "'@NULL@'", "NULL AS '@NULL@'", None),
    ("v varchar(3)", "éé", "TRUNCATECOLUMNS", "é"),
    ("v varchar(9)", "\xff", "ACCEPTINVCHARS '?'", "?"),
    ("v int", "", "", None),
    ("v int", "-7", "", -7),
    ("v decimal(5,2)", "1.999", "", Decimal("1.99")),
    ("v decimal(5,2)", "1.999", "ROUNDEC", Decimal("2.00")),
    ("v boolean", "F", "", False),
    ("v double precision", "1e-3", "", 0.001),
    ("v date", "01/31/2024", "DATEFORMAT 'MM/DD/YYYY'", date(2024, 1, 31)),
    ("v date", "20240131", "DATEFORMAT 'auto'", date(2024, 1, 31)),
    ("v timestamp", "2024-01-31T01:02:03.4Z", "TIMEFORMAT 'auto'", datetime(2024, 1, 31, 1, 2, 3, 400000)),
    ("v timestamp", "2024-01-31 01:02:03+02", "TIMEFORMAT 'auto'", datetime(2024, 1, 30, 23, 2, 3)),
    ("v timestamp", "1700000000000", "TIMEFORMAT 'epochmillisecs'", datetime(2023, 11, 14, 22, 13, 20)),
]


@pytest.mark.parametrize(("column", "field", "options", "value"), CSV_VALUES)
def test_a_field_of_csv(sql, bucket, table, column, field, options, value):
    name = table(f"{column}, line int")
    data = field.replace("'", '"').encode("utf-8") if field != "\xff" else b"\xff"
    url = bucket.put("field.csv", data + b",1\n")
    sql.execute(f"COPY {name} FROM '{url}' {ROLE} CSV {options}")
    assert sql.execute(f"SELECT v FROM {name}").fetchall() == [(value,)]


BAD_FIELDS = [
    ("v int", "1.0", 1207),
    ("v smallint", "32768", 1207),
    ("v decimal(5,2)", "1000", 1208),
    ("v decimal(5,2)", "NaN", 1207),
    ("v boolean", "maybe", 1210),
    ("v date", "yesterday", 1205),
    ("v timestamp", "now", 1206),
    ("v varchar(3)", "éé", 1204),
    ("v varchar(9)", "\xff", 1220),
    ("v char(9)", "é", 1220),
    ("v int not null", "", 1213),
]


@pytest.mark.parametrize(("column", "field", "code"), BAD_FIELDS)
def test_a_bad_field_of_csv(sql, bucket, table, column, field, code):
    name = table(f"{column}, line int")
    url = bucket.put("bad-field.csv", (b"\xff" if field == "\xff" else field.encode()) + b",1\n")
    sql.execute(f"COPY {name} FROM '{url}' {ROLE} CSV MAXERROR 1")
    told = sql.execute("SELECT error_code FROM sys_load_error_detail WHERE query_id = pg_last_copy_id()")
    assert told.fetchall() == [(code,)]
    assert sql.execute(f"SELECT * FROM {name}").fetchall() == []


PARQUET = [
    ("a bigint", pa.array([1], pa.int32()), "incompatible Parquet schema for column"),
    ("a int", pa.array([1], pa.int64()), "incompatible Parquet schema for column"),
    ("a decimal(18,2)", pa.array([Decimal("1.0")], pa.decimal128(18, 1)), "incompatible Parquet schema"),
    ("a varchar(9)", pa.array([1], pa.int32()), "incompatible Parquet schema"),
    ("a varchar(3)", pa.array(["éé"]), "longer than the length defined in the table. Table: 3, Data: 4"),
    ("a int not null", pa.array([None], pa.int32()), "Missing data for not-null field"),
    ("a int, b int", pa.array([1], pa.int32()), "Unmatched number of columns"),
]


@pytest.mark.parametrize(("columns", "values", "reason"), PARQUET)
def test_parquet_that_does_not_fit(sql, bucket, table, columns, values, reason):
    name = table(columns)
    url = bucket.put("misfit.parquet", parquet(a=values))
    with pytest.raises(psycopg.Error, match="Spectrum Scan Error") as caught:
        sql.execute(f"COPY {name} FROM '{url}' {ROLE} FORMAT AS PARQUET")
    assert reason in caught.value.diag.message_detail


NOT_LOADED = [
    ("'s3://standin/nowhere/'", "CSV", "The specified S3 prefix 'nowhere/' does not exist"),
    ("'s3://standin/nowhere/manifest'", "CSV MANIFEST", "The specified S3 prefix 'nowhere/manifest' does not exist"),
    ("'s3://nobucket/x'", "CSV", "NoSuchBucket"),
    ("'s3://standin/one.csv'", "CSV GZIP", "not in gzip format"),
    ("'s3://standin/one.csv'", "CSV MANIFEST", "Invalid manifest file"),
    ("'s3://standin/lost.manifest'", "CSV MANIFEST", "mandatory file that is not there"),
    ("'s3://standin/bare.manifest'", "PARQUET MANIFEST", "meta.content_length"),
    ("'s3://standin/one.csv'", "PARQUET REGION 'us-east-1'", "REGION argument is not supported for PARQUET based COPY"),
    ("'s3://standin/one.csv'", "PARQUET MAXERROR 3", "MAXERROR argument is not supported for PARQUET based COPY"),
    ("'s3://standin/one.csv'", "CSV FIXEDWIDTH 'a:1'", "not supported here"),
    ("'s3://standin/one.csv'", "JSON 's3://stack/paths'", "not supported here"),
]


@pytest.mark.parametrize(("source", "options", "reason"), NOT_LOADED)
def test_what_cannot_be_loaded(sql, bucket, table, source, options, reason):
    name = table("a int")
    url = bucket.put("one.csv", b"1\n")
    bucket.put("lost.manifest", b'{"entries": [{"url": "s3://standin/gone.csv", "mandatory": true}]}')
    bucket.put("bare.manifest", json.dumps({"entries": [{"url": url, "mandatory": True}]}).encode())
    with pytest.raises(psycopg.Error, match=re.escape(reason)):
        sql.execute(f"COPY {name} FROM {source} {ROLE} {options}")
    assert sql.execute(f"SELECT * FROM {name}").fetchall() == []


SECRET = "wJalrXUtnFEMI-K7MDENG"
WITH_SECRETS = [
    f"COPY {{}} FROM 's3://standin/one.csv' CREDENTIALS 'aws_access_key_id=AKIA;aws_secret_access_key={SECRET}' CSV",
    f"COPY {{}} FROM 's3://standin/nowhere' ACCESS_KEY_ID 'AKIA' SECRET_ACCESS_KEY '{SECRET}' CSV",
    f"COPY {{}} FROM 's3://standin/one.csv' CREDENTIALS 'aws_secret_access_key={SECRET}' NONSENSE '{SECRET}' CSV",
    f"COPY {{}} FROM 's3://standin/one.csv' CREDENTIALS 'aws_secret_access_key={SECRET}' '{SECRET}' CSV",
    f"COPY nowhere FROM 's3://standin/one.csv' SECRET_ACCESS_KEY '{SECRET}' CSV",
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
