"""Redshift's SQL through the stand-in: what it answers, what it refuses, what it remembers of a table."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

import psycopg
import pytest


@pytest.fixture(scope="module", autouse=True)
def words(redshift):
    """A small table that the queries below read."""
    with connected(redshift) as sql:
        sql.execute("DROP TABLE IF EXISTS words")
        sql.execute("CREATE TABLE words (k int, word varchar(10), day date)")
        sql.execute("INSERT INTO words VALUES (1, 'b', '2024-01-31'), (2, 'a', NULL), (3, 'b', '2023-12-31')")


def connected(redshift):
    return psycopg.connect(
        host=redshift.host,
        port=redshift.port,
        user=redshift.user,
        password=redshift.password,
        dbname="dev",
        autocommit=True,
    )


ANSWERS = [
    ("SELECT version() LIKE 'PostgreSQL 8.0.2 %Redshift 1.0%stand-in%'", [(True,)]),
    ("SELECT pg_catalog.version() LIKE '%stand-in%'", [(True,)]),
    ("SHOW TRANSACTION ISOLATION LEVEL", [("serializable",)]),
    ("SELECT TOP 1 k FROM words ORDER BY k DESC", [(3,)]),
    ('SELECT "K" FROM "WORDS" WHERE k = 1', [(1,)]),
    ("SELECT count(*) FROM (SELECT DISTINCT word FROM words)", [(2,)]),
    ("SELECT NVL(word, '?'), NVL2(day, 1, 0), DECODE(k, 2, 'two', '?') FROM words WHERE k = 2", [("a", 0, "two")]),
    ("SELECT DATEADD(month, 1, day) FROM words WHERE k = 1", [(datetime(2024, 2, 29),)]),
    ("SELECT DATEDIFF(year, '2023-12-31', '2024-01-01')", [(1,)]),
    ("SELECT DATEDIFF(day, day, '2024-03-01') FROM words WHERE k = 1", [(30,)]),
    ("SELECT DATEDIFF(hour, '2024-01-01 00:59', '2024-01-01 01:00')", [(1,)]),
    ("SELECT DATEDIFF(day, GETDATE(), SYSDATE)", [(0,)]),
    ("SELECT DATE_TRUNC('month', day) FROM words WHERE k = 1", [(datetime(2024, 1, 1),)]),
    ("SELECT LISTAGG(word, ',') WITHIN GROUP (ORDER BY k) FROM words", [("b,a,b",)]),
    ("SELECT LISTAGG(DISTINCT word) WITHIN GROUP (ORDER BY word) FROM words", [("ab",)]),
    ("SELECT APPROXIMATE COUNT(DISTINCT word), MEDIAN(k) FROM words", [(2, 2.0)]),
    ("SELECT k FROM words QUALIFY ROW_NUMBER() OVER (PARTITION BY word ORDER BY k DESC) = 1 ORDER BY k", [(2,), (3,)]),
    ("SELECT k FROM words MINUS SELECT 1 ORDER BY 1", [(2,), (3,)]),
    ("SELECT LAST_DAY(day), MONTHS_BETWEEN(day, '2023-12-31') FROM words WHERE k = 1", [(date(2024, 1, 31), 1.0)]),
    ("SELECT 12.6::numeric, 1.25::decimal(10,1)", [(Decimal(13), Decimal("1.3"))]),
    (r"SELECT 'it''s', 'a\'b', 'a\\b'", [("it's", "a'b", r"a\b")]),
    ("SELECT CONVERT_TIMEZONE('America/New_York', '2024-01-01 12:00')", [(datetime(2024, 1, 1, 7),)]),
    ("SELECT STRTOL('ff', 16), LEN('é'), REGEXP_SUBSTR('abc', 'b.'), CHARINDEX('c', 'abc')", [(255, 1, "bc", 3)]),
    ("SELECT JSON_EXTRACT_PATH_TEXT('{\"a\":{\"b\":1}}', 'a', 'b')", [("1",)]),
    ("SELECT slice FROM stv_slices ORDER BY 1", [(0,), (1,)]),
    ("SELECT count(*) FROM svv_external_schemas", [(0,)]),
    ("SELECT table_type FROM svv_tables WHERE table_name = 'words'", [("BASE TABLE",)]),
    ("SELECT type FROM pg_table_def WHERE tablename = 'words' AND \"column\" = 'day'", [("date",)]),
    ("SELECT character_maximum_length FROM svv_columns WHERE table_name = 'words' AND column_name = 'word'", [(10,)]),
]  # fmt: skip


@pytest.mark.parametrize(("query", "rows"), ANSWERS, ids=[a[0][7:47] for a in ANSWERS])
def test_answers(sql, query, rows):
    assert sql.execute(query.replace("%", "%%")).fetchall() == rows


WHENS = "WHEN MATCHED THEN DELETE WHEN NOT MATCHED THEN INSERT (k) VALUES (s.k)"
REFUSED = [
    ("INSERT INTO words VALUES (1, 'x') ON CONFLICT DO NOTHING", "ON CONFLICT"),
    ("DELETE FROM words WHERE k = 9 RETURNING k", "RETURNING"),
    ("DELETE FROM words AS w WHERE w.k = 9", "no alias here"),
    ("WITH a AS (SELECT 9 AS k) INSERT INTO words (k) SELECT k FROM a", "WITH before INSERT"),
    ("WITH a AS (DELETE FROM words WHERE k = 9) SELECT 1", "inside WITH|syntax error"),
    ("CREATE INDEX i ON words (k)", "CREATE INDEX"),
    ("CREATE TYPE t AS ENUM ('a')", "CREATE TYPE"),
    ("CREATE EXTENSION x", "CREATE EXTENSION"),
    ("CREATE TABLE t (x jsonb)", "no such type"),
    ("CREATE TABLE t (x uuid)", "no such type"),
    ("CREATE TABLE t (x text[])", "no such type"),
    ("CREATE TABLE t (x serial)", "no such type"),
    ("SELECT '1'::jsonb", "no such type"),
    ("CREATE TABLE t (x bytea)", "VARBYTE"),
    ("CREATE TABLE t (x int CHECK (x > 0))", "CHECK"),
    ("CREATE TABLE t (x varchar(65536))", "65535"),
    ("CREATE TABLE t (x timestamp(6))", "takes no size"),
    ("CREATE TABLE t (x decimal(39, 0))", "38"),
    ("CREATE TABLE t (tag int)", "reserved word"),
    ("CREATE TABLE snapshot (x int)", "reserved word"),
    ("SELECT tag FROM words", "reserved word"),
    ("CREATE TABLE t (x int) DISTKEY(y)", "does not exist"),
    ("CREATE TABLE t (x int) DISTSTYLE EVEN DISTKEY(x)", "DISTKEY"),
    ("CREATE TABLE t (x int ENCODE nonsense)", "compression encoding"),
    ("CREATE TABLE t (x int, FOREIGN KEY (x) REFERENCES words (k))", "no unique constraint"),
    ("CREATE TABLE IF NOT EXISTS t AS SELECT 1 AS x", "IF NOT EXISTS … AS"),
    ("ALTER TABLE words ADD COLUMN IF NOT EXISTS x int", "IF NOT EXISTS"),
    ("ALTER TABLE words ADD COLUMN x int, ADD COLUMN y int", "several changes"),
    ("ALTER TABLE words ADD COLUMN x int NOT NULL", "non-null default"),
    ("ALTER TABLE words ALTER COLUMN word TYPE varchar(5)", "only be enlarged"),
    ("ALTER TABLE words ALTER COLUMN k TYPE bigint", "only VARCHAR"),
    ("ALTER TABLE words APPEND FROM words", "APPEND is not supported here"),
    ("SELECT * FROM (VALUES (1)) AS v", "VALUES"),
    ("SELECT DISTINCT ON (k) k FROM words", "DISTINCT ON"),
    ("SELECT count(*) FILTER (WHERE k = 1) FROM words", "FILTER"),
    ("SELECT 1 FROM words WHERE k IS DISTINCT FROM 1", "IS DISTINCT FROM"),
    ("SELECT * FROM words, LATERAL (SELECT 1) AS x", "LATERAL"),
    ("SELECT * FROM words FOR UPDATE", "FOR UPDATE"),
    ("SELECT string_agg(word, ',') FROM words", "does not exist"),
    ("SELECT array_agg(word) FROM words", "does not exist"),
    ("INSERT INTO words (k) SELECT generate_series(1, 2)", "not supported on Redshift tables"),
    ("SAVEPOINT x", "SAVEPOINT"),
    ("COPY words FROM STDIN", "FROM needs a value"),
    (f"MERGE INTO words AS w USING words AS s ON w.k = s.k {WHENS}", "no alias here"),
    (f"MERGE INTO words USING (SELECT 1 AS k) AS s ON words.k = s.k {WHENS}", "from a query"),
    ("MERGE INTO words USING words AS s ON words.k = s.k WHEN MATCHED THEN DELETE", "without both"),
    ("CREATE MATERIALIZED VIEW v AS SELECT 1", "not supported here"),
    ("CREATE TABLE t (x super)", "not supported here"),
    ("SET enable_case_sensitive_identifier TO true", "not supported here"),
    ("SET nonsense TO 1", "unrecognized"),
    ("FROBNICATE", "unknown statement"),
]  # fmt: skip


@pytest.mark.parametrize(("statement", "reason"), REFUSED, ids=[r[0][:50] for r in REFUSED])
def test_refuses(sql, statement, reason):
    with pytest.raises(psycopg.Error, match=reason):
        sql.execute(statement)
    assert sql.execute("SELECT count(*) FROM words").fetchone() == (3,)


def test_keys_are_information_and_layout_is_remembered(sql):
    sql.execute("DROP TABLE IF EXISTS child")
    sql.execute("DROP TABLE IF EXISTS parent")
    sql.execute(
        'CREATE TABLE parent (id bigint ENCODE raw, "Name" varchar(3) ENCODE zstd, n numeric, '
        "PRIMARY KEY (id), UNIQUE (name)) "
        "DISTSTYLE KEY DISTKEY (id) COMPOUND SORTKEY (id, name)"
    )
    sql.execute(
        "CREATE TABLE child (id bigint REFERENCES parent (id), c char, t text) DISTSTYLE ALL SORTKEY AUTO ENCODE AUTO"
    )
    sql.execute("INSERT INTO parent VALUES (1, 'a', 1.5), (1, 'a', 2)")
    sql.execute("INSERT INTO child VALUES (99, 'x', 'no such parent')")
    assert sql.execute("SELECT n FROM parent ORDER BY n").fetchall() == [(2,), (2,)]
    info = 'SELECT diststyle, sortkey1, sortkey_num FROM svv_table_info WHERE "table" = %s'
    assert sql.execute(info, ["parent"]).fetchone() == ("KEY(id)", "id", 2)
    assert sql.execute(info, ["child"]).fetchone() == ("ALL", "AUTO(SORTKEY)", 0)
    told = sql.execute(
        'SELECT "column", type, encoding, distkey, sortkey, "notnull" FROM pg_table_def WHERE tablename = \'parent\''
    )
    assert sorted(told.fetchall()) == [
        ("id", "bigint", "raw", True, 1, True),
        ("n", "numeric(18,0)", "none", False, 0, False),
        ("name", "character varying(3)", "zstd", False, 2, False),
    ]
    with pytest.raises(psycopg.errors.DependentObjectsStillExist):
        sql.execute("DROP TABLE parent")
    sql.execute("DROP TABLE parent CASCADE")


LENGTHS = [
    ("INSERT INTO short VALUES ('éé')", "22001"),
    ("INSERT INTO short VALUES ('abcd')", "22001"),
    ("INSERT INTO short VALUES ('é')", ""),
    ("UPDATE short SET v = '😀'", "22001"),
    ("INSERT INTO short SELECT word || 'éé' FROM words", "22001"),
]


@pytest.mark.parametrize(("statement", "state"), LENGTHS)
def test_varchar_counts_bytes(sql, statement, state):
    sql.execute("DROP TABLE IF EXISTS short")
    sql.execute("CREATE TABLE short (v varchar(3))")
    sql.execute("INSERT INTO short VALUES ('abc')")
    if not state:
        sql.execute(statement)
        return
    with pytest.raises(psycopg.Error, match="Value too long for character type") as caught:
        sql.execute(statement)
    assert caught.value.sqlstate == state


def test_columns_change_and_lengths_go_with_them(sql):
    sql.execute("DROP TABLE IF EXISTS changing CASCADE")
    sql.execute("CREATE TABLE changing (k int, v varchar(3)) SORTKEY (k)")
    sql.execute("ALTER TABLE changing ADD COLUMN w varchar(2) DEFAULT 'x' ENCODE lzo")
    sql.execute("ALTER TABLE changing ALTER COLUMN v TYPE varchar(6)")
    sql.execute("ALTER TABLE changing RENAME COLUMN v TO vv")
    sql.execute("INSERT INTO changing (k, vv) VALUES (1, 'ééé')")
    for statement in ("UPDATE changing SET vv = 'éééé'", "UPDATE changing SET w = 'éé'"):
        with pytest.raises(psycopg.Error, match="Value too long"):
            sql.execute(statement)
    with pytest.raises(psycopg.Error, match="sortkey column"):
        sql.execute("ALTER TABLE changing DROP COLUMN k")
    sql.execute("ALTER TABLE changing DROP COLUMN w")
    sql.execute("CREATE TEMP TABLE copied (LIKE changing)")
    with pytest.raises(psycopg.Error, match="Value too long"):
        sql.execute("INSERT INTO copied VALUES (1, 'éééé')")
    assert sql.execute("SELECT * FROM changing").fetchall() == [(1, "ééé")]


def test_a_view_without_schema_binding_outlives_its_table(sql):
    sql.execute("DROP TABLE IF EXISTS fleeting CASCADE")
    sql.execute("CREATE TABLE fleeting (k int, v varchar(3))")
    sql.execute("CREATE OR REPLACE VIEW late AS SELECT k AS n FROM public.fleeting WITH NO SCHEMA BINDING")
    sql.execute("CREATE ROLE late_reader")
    sql.execute("GRANT SELECT ON late TO ROLE late_reader")
    sql.execute("ALTER TABLE fleeting ALTER COLUMN v TYPE varchar(9)")
    sql.execute("DROP TABLE fleeting")
    with pytest.raises(psycopg.errors.UndefinedTable):
        sql.execute("SELECT * FROM late")
    sql.execute("CREATE TABLE fleeting (k int)")
    sql.execute("INSERT INTO fleeting VALUES (7)")
    assert sql.execute("SELECT n FROM late").fetchall() == [(7,)]
    granted = (
        "SELECT identity_name FROM svv_relation_privileges WHERE relation_name = 'late' AND identity_type = 'role'"
    )
    assert sql.execute(granted).fetchall() == [("late_reader",)]
    sql.execute("DROP VIEW late")
    sql.execute("DROP TABLE fleeting")


def test_merge_in_both_forms(sql):
    sql.execute("CREATE TEMP TABLE target (k int, v varchar(5))")
    sql.execute("CREATE TEMP TABLE source (LIKE target)")
    sql.execute("INSERT INTO target VALUES (1, 'old'), (2, 'old')")
    sql.execute("INSERT INTO source VALUES (2, 'new'), (3, 'new')")
    sql.execute(
        "MERGE INTO target USING source AS s ON target.k = s.k WHEN MATCHED THEN UPDATE SET v = s.v "
        "WHEN NOT MATCHED THEN INSERT VALUES (s.k, s.v)"
    )
    merged = [(1, "old"), (2, "new"), (3, "new")]
    assert sql.execute("SELECT * FROM target ORDER BY k").fetchall() == merged
    sql.execute("INSERT INTO source VALUES (3, 'new')")
    sql.execute("MERGE INTO target USING source ON target.k = source.k REMOVE DUPLICATES")
    assert sql.execute("SELECT * FROM target ORDER BY k").fetchall() == merged
    sql.execute("DELETE FROM target USING source WHERE target.k = source.k")
    assert sql.execute("SELECT * FROM target").fetchall() == [(1, "old")]


def test_an_analyst_reads_what_was_granted(sql, redshift):
    for statement in (
        "CREATE SCHEMA marts",
        "CREATE ROLE readers",
        "CREATE USER ann PASSWORD 'Secret-1'",
        "GRANT ROLE readers TO ann",
        "GRANT USAGE ON SCHEMA marts TO ROLE readers",
        "ALTER DEFAULT PRIVILEGES IN SCHEMA marts GRANT SELECT ON TABLES TO ROLE readers",
        "CREATE TABLE marts.seen (k int)",
    ):
        sql.execute(statement)
    with psycopg.connect(
        host=redshift.host, port=redshift.port, user="ann", password="Secret-1", dbname="dev", autocommit=True
    ) as ann:
        assert ann.execute("SELECT count(*) FROM marts.seen").fetchone() == (0,)
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            ann.execute("INSERT INTO marts.seen VALUES (1)")
    sql.execute("DROP SCHEMA marts CASCADE")
