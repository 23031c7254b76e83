"""Redshift's SQL through the stand-in: what it answers, what it refuses, what it remembers of a table."""

from __future__ import annotations

from datetime import datetime
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
    ("SELECT DATE_TRUNC('month', day) FROM words WHERE k = 1", [(datetime(2024, 1, 1),)]),
    ("SELECT k FROM words QUALIFY ROW_NUMBER() OVER (PARTITION BY word ORDER BY k DESC) = 1 ORDER BY k", [(2,), (3,)]),
    ("SELECT k FROM words MINUS SELECT 1 ORDER BY 1", [(2,), (3,)]),
    ("SELECT 12.6::numeric, 1.25::decimal(10,1)", [(Decimal(13), Decimal("1.3"))]),
    (r"SELECT 'it''s', 'a\'b', 'a\\b'", [("it's", "a'b", r"a\b")]),
    ("SELECT count(*) FROM svv_external_schemas", [(0,)]),
    ("SELECT table_type FROM svv_tables WHERE table_name = 'words'", [("BASE TABLE",)]),
    ("SELECT type FROM pg_table_def WHERE tablename = 'words' AND \"column\" = 'day'", [("date",)]),
    ("SELECT character_maximum_length FROM svv_columns WHERE table_name = 'words' AND column_name = 'word'", [(10,)]),
]  # fmt: skip


@pytest.mark.parametrize(("query", "rows"), ANSWERS, ids=[a[0][7:47] for a in ANSWERS])
def test_answers(sql, query, rows):
    assert sql.execute(query.replace("%", "%%")).fetchall() == rows


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
    ("CREATE TABLE t (x int, FOREIGN KEY (x) REFERENCES words (k))", "no unique constraint"),
    ("ALTER TABLE words ADD COLUMN IF NOT EXISTS x int", "IF NOT EXISTS"),
    ("ALTER TABLE words ADD COLUMN x int, ADD COLUMN y int", "several changes"),
    ("ALTER TABLE words ADD COLUMN x int NOT NULL", "non-null default"),
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
    ("MERGE INTO words USING words AS s ON words.k = s.k WHEN MATCHED THEN DELETE", "not supported here"),
    ("TRUNCATE words", "not supported here"),
    ("CREATE TABLE t AS SELECT 1 AS x", "not supported here"),
    ("CREATE TABLE t (x int ENCODE raw)", "ENCODE|syntax error"),
    ("CREATE VIEW v AS SELECT 1 AS n WITH NO SCHEMA BINDING", "not supported here"),
    ("ALTER TABLE words ALTER COLUMN k TYPE bigint", "not supported here"),
    ("COPY words FROM STDIN", "FROM needs a value"),
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
        'CREATE TABLE parent (id bigint, "Name" varchar(3), n numeric, '
        "PRIMARY KEY (id), UNIQUE (name)) "
        "DISTSTYLE KEY DISTKEY (id) COMPOUND SORTKEY (id, name)"
    )
    sql.execute("CREATE TABLE child (id bigint REFERENCES parent (id), c char, t text) DISTSTYLE ALL SORTKEY AUTO")
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
        ("id", "bigint", "none", True, 1, True),
        ("n", "numeric(18,0)", "none", False, 0, False),
        ("name", "character varying(3)", "none", False, 2, False),
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
    sql.execute("ALTER TABLE changing ADD COLUMN w varchar(2)")
    sql.execute("ALTER TABLE changing RENAME COLUMN v TO vv")
    sql.execute("INSERT INTO changing (k, vv) VALUES (1, 'é')")
    for statement in ("UPDATE changing SET vv = 'éé'", "UPDATE changing SET w = 'éé'"):
        with pytest.raises(psycopg.Error, match="Value too long"):
            sql.execute(statement)
    with pytest.raises(psycopg.Error, match="sortkey column"):
        sql.execute("ALTER TABLE changing DROP COLUMN k")
    sql.execute("ALTER TABLE changing DROP COLUMN w")
    assert sql.execute("SELECT * FROM changing").fetchall() == [(1, "é")]


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
