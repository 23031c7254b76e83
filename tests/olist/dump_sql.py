"""The raw CSVs of the Olist dump as SQL views, read without any of the project's code."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import duckdb

Rows = list[tuple[Any, ...]]

# The dump with types, in the canonical entities' names.
_BASE = """
CREATE VIEW orders AS
SELECT order_id, customer_unique_id AS customer_id, order_status,
       order_purchase_timestamp::TIMESTAMP AS purchased_at, order_approved_at::TIMESTAMP AS approved_at,
       order_delivered_carrier_date::TIMESTAMP AS shipped_at,
       order_delivered_customer_date::TIMESTAMP AS delivered_at,
       order_estimated_delivery_date::TIMESTAMP AS estimated_delivery_at,
       order_purchase_timestamp::DATE AS order_date,
       order_status NOT IN ('canceled', 'unavailable') AS is_live
FROM csv_orders JOIN csv_customers USING (customer_id);

CREATE VIEW items AS
SELECT order_id, product_id, price::DECIMAL(18,2) AS price, freight_value::DECIMAL(18,2) AS freight
FROM csv_items;

CREATE VIEW payments AS
SELECT order_id, payment_sequential::INT AS payment_sequence, payment_type AS payment_method,
       payment_value::DECIMAL(18,2) AS amount,
       CASE WHEN NOT is_live AND approved_at IS NULL THEN 'voided'
            WHEN NOT is_live THEN 'refunded'
            WHEN approved_at IS NULL THEN 'pending'
            ELSE 'paid' END AS payment_status
FROM csv_payments JOIN orders USING (order_id);

CREATE VIEW products AS
SELECT product_id, coalesce(product_category_name_english, product_category_name) AS category,
       product_category_name IS NOT NULL AND product_category_name_english IS NULL AS is_untranslated
FROM csv_products LEFT JOIN csv_categories USING (product_category_name);

CREATE TABLE order_sums AS
WITH item_sums AS (
    SELECT order_id, count(*) AS item_count, sum(price) AS items_amount, sum(freight) AS freight_amount
    FROM items GROUP BY order_id
), first_orders AS (
    SELECT arg_min(order_id, (purchased_at, order_id)) AS order_id
    FROM orders WHERE is_live GROUP BY customer_id
)
SELECT orders.*, coalesce(item_count, 0) AS item_count,
       coalesce(items_amount, 0)::DECIMAL(18,2) AS items_amount,
       coalesce(freight_amount, 0)::DECIMAL(18,2) AS freight_amount,
       (coalesce(items_amount, 0) + coalesce(freight_amount, 0))::DECIMAL(18,2) AS order_amount,
       first_orders.order_id IS NOT NULL AS is_first_order
FROM orders LEFT JOIN item_sums USING (order_id) LEFT JOIN first_orders USING (order_id);
"""

_FILES = {
    "csv_customers": "olist_customers_dataset.csv",
    "csv_items": "olist_order_items_dataset.csv",
    "csv_payments": "olist_order_payments_dataset.csv",
    "csv_reviews": "olist_order_reviews_dataset.csv",
    "csv_orders": "olist_orders_dataset.csv",
    "csv_products": "olist_products_dataset.csv",
    "csv_categories": "product_category_name_translation.csv",
}


def query(source: Path, sql: str) -> Rows:
    """Rows of `sql` over the dump: tables csv_* (text), orders, items, payments, products, order_sums."""
    return _opened(source).execute(sql).fetchall()


@cache
def _opened(source: Path) -> duckdb.DuckDBPyConnection:
    dump = duckdb.connect()
    for table, file in _FILES.items():
        dump.read_csv(
            str(source / file), all_varchar=True, header=True, delimiter=",", quotechar='"', na_values=""
        ).create(table)
    dump.execute(_BASE)
    return dump
