"""Files that are no readable CSV are kept apart as a whole, with the reason; the rest of the day goes on."""

from __future__ import annotations

import pytest

from spark_app.shops.demo_rows import COLUMNS
from tests.badinput.dirt import FILE_NAMES, FILES, LINE_ENDS, NAMES, Dirty
from tests.support.files import lake_rows, ops_rows

UNREADABLE = {
    "binary.csv": "binary data",
    "blank.csv": "the file is empty; expected a header row",
    "bom-only.csv": "the file is empty; expected a header row",
    "duplicate.csv": "the header names 'order_id' twice; expected each column once",
    "empty.csv": "the file is empty; expected a header row",
    "empty.csv.gz": "the file is empty; expected a header row",
    "headerless.csv": "the first row names no known column; found 'headerless, c, created",
    "noise.csv": "the header is not UTF-8 text",
    "not-gzip.csv.gz": "not a whole gzip file",
    "packed.csv": "gzip data; expected a name that ends in .csv.gz",
    "padded.csv.gz": "not a whole gzip file (bytes behind its end that are not packed)",
    "semicolons.csv": "the first row names no known column; found 'order_id;customer_id;status",
    "truncated.csv.gz": "not a whole gzip file",
    "utf-16-no-mark.csv": "UTF-16 text; expected UTF-8",
    "utf-16.csv": "UTF-16 text; expected UTF-8",
    "wide.csv": f"the header has {5_000 + len(COLUMNS['orders']):,} columns; expected at most 2,000",
    "workbook.csv": "a zip archive or an Excel workbook; expected CSV text",
}


@pytest.mark.parametrize("file", UNREADABLE)
def test_an_unreadable_file_is_one_quarantined_row_that_says_why(dirty: Dirty, file: str) -> None:
    (row,) = dirty.of("orders", FILES, file)
    (reason,) = row["reasons"]
    assert row["row_number"] == 0
    assert reason["found"].startswith(UNREADABLE[file])
    assert reason["expected"] == "a readable CSV file"
    warnings = [text for text in dirty.outcome.record.warnings if f"orders/dt={FILES}/{file}: " in text]
    assert len(warnings) == 1
    assert UNREADABLE[file] in warnings[0]


def test_the_ledger_tells_rejected_files_from_read_ones(dirty: Dirty) -> None:
    sql = f"SELECT file, status FROM ops_rows WHERE dataset = 'orders' AND batch_date = '{FILES}'"
    found = {file.rpartition("/")[2]: status for file, status in ops_rows(dirty.home, "ingested_files", sql)}
    read = dict.fromkeys(["a-good.csv", "header-only.csv", "without-status.csv", "SHOUTED.CSV"], "ingested")
    assert found == read | dict.fromkeys(UNREADABLE, "rejected")


def test_the_rest_of_the_day_goes_on(dirty: Dirty) -> None:
    sql = f"SELECT order_id FROM data WHERE _batch_date = '{FILES}' ORDER BY 1"
    assert lake_rows(dirty.home, "silver.orders", sql) == [("good",), ("shouted",)]


def test_a_file_without_a_required_column_says_so_row_by_row(dirty: Dirty) -> None:
    (row,) = dirty.of("orders", FILES, "without-status.csv")
    assert row["row_number"] == 1
    assert row["reasons"] == [
        {
            "rule": "status is present",
            "column": "status",
            "found": None,
            "expected": "a value",
            "dimension": "completeness",
        }
    ]


def test_what_nothing_will_read_is_named(dirty: Dirty) -> None:
    warnings = dirty.outcome.record.warnings
    known = "customers, exchange_rates, order_items, orders, payments, products, refunds, reviews"
    assert f"landing/ordres: unknown dataset; expected one of {known}" in warnings
    assert "landing/orders/dt=2017-02-31: expected a folder dt=YYYY-MM-DD with a real date" in warnings
    ending = "expected a file that ends in .csv, .tsv, .jsonl, .ndjson, .json, .parquet, .xlsx or .zip"
    assert f"orders/dt={FILES}/notes.txt: not read; {ending}" in warnings
    assert not [text for text in warnings if "_SUCCESS" in text]


@pytest.mark.parametrize("name", [name for name in FILE_NAMES if ":" not in name])
def test_file_names_may_be_odd(dirty: Dirty, name: str) -> None:
    sql = "SELECT _source_file, _row_number FROM data WHERE product_id = '{}'"
    expected = [(f"products/dt={NAMES}/{name}", 1)]
    assert lake_rows(dirty.home, "silver.products", sql.format(name)) == expected


def test_a_file_spark_cannot_open_for_its_name_is_quarantined(dirty: Dirty) -> None:
    (row,) = dirty.of("products", NAMES, "12:30.csv")
    assert row["reasons"][0]["found"].startswith("a colon in the file's name")


@pytest.mark.parametrize("name", ["shouted", "reordered", "extra"])
def test_columns_are_bound_by_header(dirty: Dirty, name: str) -> None:
    category = None if name == "reordered" else "toys"
    sql = f"SELECT category FROM data WHERE product_id = '{name}'"
    assert lake_rows(dirty.home, "silver.products", sql) == [(category,)]


def test_unknown_columns_are_kept_in_bronze(dirty: Dirty) -> None:
    sql = "SELECT _extra FROM data WHERE _extra IS NOT NULL"
    ((extra,),) = lake_rows(dirty.home, "bronze.products", sql)
    assert extra == '{"colour":"red","x":"1","x":"2"}'


@pytest.mark.parametrize("ends", ["lf", "crlf", "cr", "crlf-then-lf", "lf-then-crlf", "no-last-end"])
def test_lines_may_end_in_any_way(dirty: Dirty, ends: str) -> None:
    sql = f"SELECT customer_id, city, country FROM data WHERE customer_id LIKE '{ends}-_' ORDER BY 1"
    expected = [(f"{ends}-{n}", "a\nb", "BR") for n in (1, 2)]
    assert lake_rows(dirty.home, "silver.customers", sql) == expected


def test_line_ends_may_change_far_down_the_file(dirty: Dirty) -> None:
    sql = "SELECT count(*) FROM data WHERE customer_id LIKE 'late-%'"
    assert lake_rows(dirty.home, "silver.customers", sql) == [(2010,)]


@pytest.mark.parametrize("name", ["bom", "blank-first", "quoted-header"])
def test_headers_may_be_dressed_up(dirty: Dirty, name: str) -> None:
    sql = f"SELECT country FROM data WHERE customer_id = '{name}'"
    assert lake_rows(dirty.home, "silver.customers", sql) == [("BR",)]


def test_nothing_of_these_days_was_torn_by_its_line_ends(dirty: Dirty) -> None:
    assert [row for row in dirty.quarantine if str(row["batch_date"]) == LINE_ENDS] == []
