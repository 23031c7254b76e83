"""Opening the public Olist dump: nine CSV files become text tables, after checks a replay relies on."""

from __future__ import annotations

import csv
from pathlib import Path

import duckdb

from spark_app.runtime import duck
from spark_app.runtime.errors import UsageError


class ReplayError(UsageError):
    """The dump cannot be replayed: the message names the file, what was found and what was expected."""


# table -> (file, columns it must have). The two misspelt product columns are the dump's own.
_DUMP = (
    (
        "raw_customers",
        "olist_customers_dataset.csv",
        "customer_id customer_unique_id customer_zip_code_prefix customer_city customer_state",
    ),
    (
        "raw_geolocation",
        "olist_geolocation_dataset.csv",
        "geolocation_zip_code_prefix geolocation_lat geolocation_lng geolocation_city geolocation_state",
    ),
    (
        "raw_items",
        "olist_order_items_dataset.csv",
        "order_id order_item_id product_id seller_id shipping_limit_date price freight_value",
    ),
    (
        "raw_payments",
        "olist_order_payments_dataset.csv",
        "order_id payment_sequential payment_type payment_installments payment_value",
    ),
    (
        "raw_reviews",
        "olist_order_reviews_dataset.csv",
        "review_id order_id review_score review_comment_title review_comment_message "
        "review_creation_date review_answer_timestamp",
    ),
    (
        "raw_orders",
        "olist_orders_dataset.csv",
        "order_id customer_id order_status order_purchase_timestamp order_approved_at "
        "order_delivered_carrier_date order_delivered_customer_date order_estimated_delivery_date",
    ),
    (
        "raw_products",
        "olist_products_dataset.csv",
        "product_id product_category_name product_name_lenght product_description_lenght "
        "product_photos_qty product_weight_g product_length_cm product_height_cm product_width_cm",
    ),
    (
        "raw_sellers",
        "olist_sellers_dataset.csv",
        "seller_id seller_zip_code_prefix seller_city seller_state",
    ),
    (
        "raw_categories",
        "product_category_name_translation.csv",
        "product_category_name product_category_name_english",
    ),
)
FILES = {table: (file, tuple(columns.split())) for table, file, columns in _DUMP}

# No canonical entity comes of these two: their headers are checked, their rows (a million) not read.
_NOT_READ = {"raw_geolocation", "raw_sellers"}

# Times that date a drop; an empty one leaves a row without a day.
_DATING = {("raw_orders", "order_purchase_timestamp"), ("raw_reviews", "review_creation_date")}
_TIMES = _DATING | {
    ("raw_orders", "order_approved_at"),
    ("raw_orders", "order_delivered_carrier_date"),
    ("raw_orders", "order_delivered_customer_date"),
    ("raw_orders", "order_estimated_delivery_date"),
    ("raw_reviews", "review_answer_timestamp"),
}

# (table, column, table it points to): rows that get their day, or their customer, from another file.
_REFERENCES = (
    ("raw_orders", "customer_id", "raw_customers"),
    ("raw_items", "order_id", "raw_orders"),
    ("raw_payments", "order_id", "raw_orders"),
)


def open_dump(source: Path) -> duckdb.DuckDBPyConnection:
    """An in-memory database with the dump's tables `raw_*`, every column text as it stands, empty = NULL.

    Raises ReplayError where a file or column is missing, a time is no `YYYY-MM-DD hh:mm:ss`, or an order,
    item or payment points to a row the dump lacks.
    """
    headers = {table: _header(source / name, columns) for table, (name, columns) in FILES.items()}
    dump = duck.connect()
    try:
        for table in FILES.keys() - _NOT_READ:
            _load(dump, table, source / FILES[table][0], headers[table])
        for table, column in sorted(_TIMES):
            _check_times(dump, table, column)
        for table, column, target in _REFERENCES:
            _check_reference(dump, table, column, target)
    except BaseException:
        dump.close()
        raise
    return dump


def _header(file: Path, expected: tuple[str, ...]) -> list[str]:
    """The file's column names in its own order."""
    if not file.is_file():
        raise ReplayError(f"{file.name} is missing from {file.parent}: a replay needs all nine files of the dump.")
    try:
        with file.open(encoding="utf-8-sig", newline="") as lines:
            found = next(csv.reader(lines), [])
    except UnicodeDecodeError as error:
        raise ReplayError(f"{file.name} is not UTF-8: {error}.") from error
    missing = [column for column in expected if column not in found]
    if missing:
        raise ReplayError(
            f"{file.name} lacks the column(s) {', '.join(missing)}: expected {', '.join(expected)};"
            f" found {', '.join(found) or 'an empty file'}."
        )
    return found


def _load(dump: duckdb.DuckDBPyConnection, table: str, file: Path, header: list[str]) -> None:
    # The format is stated, not guessed: a guess from the first rows may take a comment's newline for a row.
    columns = "{" + ", ".join(f"{_text(name)}: 'VARCHAR'" for name in header) + "}"
    try:
        dump.execute(
            f"CREATE TABLE {table} AS SELECT * FROM read_csv({_text(str(file))}, columns={columns},"
            " auto_detect=false, header=true, delim=',', quote='\"', escape='\"', nullstr='', parallel=false)"
        )
    except duckdb.Error as error:
        raise ReplayError(f"{file.name} cannot be read as CSV with the columns of its header: {error}") from error


def _text(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"


def _check_times(dump: duckdb.DuckDBPyConnection, table: str, column: str) -> None:
    # Days and the order of events are read off the text, which is right for this one pattern only.
    pattern = r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d"
    readable = f"regexp_full_match({column}, '{pattern}') AND try_cast({column} AS TIMESTAMP) IS NOT NULL"
    empty_allowed = (table, column) not in _DATING
    found = dump.execute(
        f"SELECT count(*), min({column}) FROM {table}"
        f" WHERE NOT CASE WHEN {column} IS NULL THEN {empty_allowed} ELSE {readable} END"
    ).fetchone()
    if found and found[0]:
        raise ReplayError(
            f"{FILES[table][0]}: {found[0]} row(s) have a {column} that is no YYYY-MM-DD hh:mm:ss,"
            f" for instance {found[1] or ''!r}."
        )


def _check_reference(dump: duckdb.DuckDBPyConnection, table: str, column: str, target: str) -> None:
    found = dump.execute(f"SELECT count(*), min({column}) FROM {table} ANTI JOIN {target} USING ({column})").fetchone()
    if found and found[0]:
        raise ReplayError(
            f"{FILES[table][0]}: {found[0]} row(s) have a {column} that {FILES[target][0]} lacks,"
            f" for instance {found[1] or ''!r}."
        )
