"""SQL of contracts, metrics, views and sources: what it names, and the same in DuckDB's words."""

from __future__ import annotations

import subprocess
import sys

import duckdb
import pytest

from spark_app.contracts.sql import columns_named, in_duckdb, plain_column, speaks_of, with_columns


@pytest.mark.parametrize(
    ("condition", "columns"),
    [
        ("items > 0 OR revenue = 0", ("items", "revenue")),
        ("status = 'a status, of course' OR Status IS NULL", ("status",)),
        ("year = year(date) AND week = weekofyear(date)", ("year", "date", "week")),
        ("regexp_like(country, '^[A-Z]{2}$')", ("country",)),
        ("day BETWEEN DATE '1900-01-01' AND _batch_date", ("day", "_batch_date")),
        ("CASE WHEN a THEN b ELSE NULL END = `c`", ("a", "b", "c")),
        (r"name <> 'it\'s a trap' AND other = 1", ("name", "other")),
        ("1 = 1", ()),
    ],
)
def test_columns_of_a_condition(condition, columns):
    assert columns_named(condition) == columns


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("a = (1", "a parenthesis is not closed"),
        ("a = 'x", "a quote or a comment does not close"),
        ("a b c", "not understood at"),
        ("SELECT 1", "expected one expression"),
        ("DROP TABLE x", "expected one expression"),
        ("a; b", "expected one expression"),
        ("", "expected one expression"),
    ],
)
def test_what_is_no_expression(text, why):
    with pytest.raises(ValueError, match=why):
        columns_named(text)


def test_columns_change_and_all_else_stays_as_it_was_written():
    sql = "CASE  WHEN o.status IN ('o.x', 'y')  THEN COALESCE(o.amount,0) || ', ' END -- o.note"
    assert with_columns(sql, lambda table, name: f'"{table}"."{name}"') == (
        'CASE  WHEN "o"."status" IN (\'o.x\', \'y\')  THEN COALESCE("o"."amount",0) || \', \' END -- o.note'
    )
    assert with_columns("b + t.a", lambda table, name: f"<{name}>" if table else None) == "b + <a>"


@pytest.mark.parametrize(
    ("sql", "column"), [(" o.status ", ("o", "status")), ("status", ("", "status")), ("o.status || ''", None)]
)
def test_a_plain_column(sql, column):
    assert plain_column(sql) == column


@pytest.mark.parametrize(
    ("condition", "holds"),
    [
        ("weekday(date '2023-12-31') = 6", True),
        ("weekday(date '2023-12-31') * 10 = 60", True),
        ("to_date(timestamp '2024-03-05 10:00:00') = date '2024-03-05'", True),
        (r"regexp_like('a1', '^[a-z]\\d$')", True),
        ("regexp_like('xay', 'a')", True),
        ("instr('a+b', '+') = 2", True),
        ("NOT 'x' IS NOT NULL OR 1 > 2", False),
        ("date_add(date '2024-02-28', 2) = date '2024-03-01'", True),
        ("coalesce(NULL, weekofyear(date '2023-12-31')) = 52", True),
        ("size(array(1, 2)) = 2", True),
        ("'it\\'s' = concat('it', '''', 's')", False),  # two texts side by side are one in Spark
    ],
)
def test_a_condition_of_spark_in_duckdb(condition, holds):
    with duckdb.connect() as connection:
        assert connection.execute(f"SELECT {in_duckdb(condition)}").fetchone() == (holds,)


@pytest.mark.parametrize(
    ("expression", "word", "speaks"),
    [
        ("upper(Total_Price)", "total_price", True),
        ("upper(total_price_2)", "total_price", False),
        ("concat('total_price', x)", "total_price", False),
        ("`注文番号` || ''", "注文番号", True),
        ("when + 1", "when", True),  # a column named like a word of SQL
    ],
)
def test_what_an_expression_speaks_of(expression, word, speaks):
    assert speaks_of(expression, word) is speaks


def test_sqlglot_is_imported_only_when_sql_is_read():
    """It takes as long as all else that contracts need: commands that read none go without."""
    program = (
        "import sys; import spark_app.contracts.load, spark_app.contracts.views, spark_app.cli; "
        "sys.exit('sqlglot' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0
