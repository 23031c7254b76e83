"""What one would run instead on one machine: landing to the main gold tables by DuckDB's SQL alone.

    .venv/bin/python -m benchmarks.peer LANDING OUT

No bronze, quarantine, history of releases, checks, increments or warehouse: gold as Parquet, from all files at once.
It is the measure of what the data themselves cost; `lakehouse` does more, and is held against it.
"""

from __future__ import annotations

import csv
import sys
from pathlib import Path

from spark_app.runtime import duck

TEXT, TIME, MONEY, NUMBER = "VARCHAR", "TIMESTAMP", "DECIMAL(18,2)", "INTEGER"
TYPES = {
    "updated_at": TIME, "created_at": TIME, "answered_at": TIME, "purchased_at": TIME, "approved_at": TIME,
    "shipped_at": TIME, "delivered_at": TIME, "estimated_delivery_at": TIME, "paid_at": TIME, "birth_date": "DATE",
    "unit_price": MONEY, "freight_amount": MONEY, "amount": MONEY, "unit_cost": MONEY, "list_price": MONEY,
    "quantity": NUMBER, "item_number": NUMBER, "payment_sequence": NUMBER, "installments": NUMBER, "score": NUMBER,
}  # fmt: skip
KEYS = {
    "customers": "customer_id, updated_at",
    "products": "product_id, updated_at",
    "orders": "order_id",
    "order_items": "order_id, item_number",
    "payments": "order_id, payment_sequence",
    "reviews": "review_id, order_id",
}
LIVE = "order_status NOT IN ('canceled', 'unavailable')"
GOLD = {
    "dim_customers": """
        SELECT hash(customer_id, updated_at) AS customer_key, customer_id, sha256(lower(email)) AS email_hash, gender,
          year(birth_date) AS birth_year, postal_code, city, state, country, updated_at AS valid_from,
          lead(updated_at) OVER (PARTITION BY customer_id ORDER BY updated_at) AS valid_to
        FROM customers""",
    "dim_products": """
        SELECT hash(product_id, updated_at) AS product_key, product_id, name, category, brand, unit_cost, list_price,
          updated_at AS valid_from,
          lead(updated_at) OVER (PARTITION BY product_id ORDER BY updated_at) AS valid_to
        FROM products""",
    "fact_orders": """
        WITH lines AS (SELECT order_id, count(*) AS item_count, sum(quantity * unit_price) AS items_amount,
            sum(freight_amount) AS freight_amount FROM order_items GROUP BY 1),
          paid AS (SELECT order_id, sum(amount) FILTER (status = 'paid') AS paid_amount,
            sum(amount) FILTER (status = 'refunded') AS refunded_amount, min(status) AS payment_status
            FROM payments GROUP BY 1),
          liked AS (SELECT order_id, round(avg(score), 2) AS review_score FROM reviews GROUP BY 1)
        SELECT o.order_id, d.customer_key, o.customer_id, o.status AS order_status, o.purchased_at,
          o.purchased_at::DATE AS order_date, o.approved_at, o.shipped_at, o.delivered_at, o.estimated_delivery_at,
          coalesce(item_count, 0) AS item_count, coalesce(items_amount, 0) AS items_amount,
          coalesce(freight_amount, 0) AS freight_amount,
          coalesce(items_amount, 0) + coalesce(freight_amount, 0) AS order_amount,
          coalesce(paid_amount, 0) AS paid_amount, coalesce(refunded_amount, 0) AS refunded_amount, payment_status,
          row_number() OVER (PARTITION BY o.customer_id ORDER BY o.status IN ('canceled', 'unavailable'),
            o.purchased_at, o.order_id) = 1 AS is_first_order, review_score
        FROM orders o LEFT JOIN lines USING (order_id) LEFT JOIN paid USING (order_id) LEFT JOIN liked USING (order_id)
          ASOF LEFT JOIN dim_customers d ON o.customer_id = d.customer_id AND o.purchased_at >= d.valid_from""",
    "fact_order_items": """
        SELECT i.order_id, item_number, d.product_key, i.product_id, customer_key, seller_id, order_status, order_date,
          quantity, unit_price, i.freight_amount, quantity * unit_price AS item_amount
        FROM (SELECT l.*, o.customer_key, o.order_status, o.order_date,
            coalesce(o.purchased_at, l.updated_at) AS sold_at
            FROM order_items l LEFT JOIN fact_orders o USING (order_id)) i
          ASOF LEFT JOIN dim_products d ON i.product_id = d.product_id AND i.sold_at >= d.valid_from""",
    "fact_payments": """
        SELECT p.*, customer_key, order_date FROM payments p LEFT JOIN fact_orders o USING (order_id)""",
    "daily_sales": f"""
        SELECT order_date, count(*) AS orders, count(*) FILTER (NOT {LIVE}) AS canceled_orders,
          count(DISTINCT customer_id) AS customers,
          count(DISTINCT customer_id) FILTER (is_first_order) AS new_customers,
          sum(item_count) FILTER ({LIVE}) AS items, sum(order_amount) FILTER ({LIVE}) AS revenue
        FROM fact_orders GROUP BY 1""",
    "daily_payments": """
        SELECT order_date, method, status, count(*) AS payments, sum(amount) AS amount
        FROM fact_payments GROUP BY ALL""",
    "daily_customers": f"""
        SELECT order_date, country, state, gender, birth_year, count(*) AS orders,
          count(DISTINCT o.customer_id) AS customers, sum(order_amount) FILTER ({LIVE}) AS revenue
        FROM fact_orders o LEFT JOIN dim_customers d USING (customer_key) GROUP BY ALL""",
    "daily_products": f"""
        SELECT order_date, category, count(DISTINCT order_id) AS orders, count(*) FILTER ({LIVE}) AS items,
          sum(item_amount + freight_amount) FILTER ({LIVE}) AS revenue
        FROM fact_order_items LEFT JOIN dim_products USING (product_key) GROUP BY ALL""",
}


def run(landing: Path, out: Path) -> str:
    """Write the gold tables as Parquet; returns the revenue, to be held against ours."""
    connection = duck.connect()
    connection.execute("SET preserve_insertion_order = false")
    for entity, key in KEYS.items():
        with min(landing.glob(f"{entity}/dt=*/*.csv")).open(newline="") as first:
            header = next(csv.reader(first))
        types = ", ".join(f"'{name}': '{TYPES.get(name, TEXT)}'" for name in header)
        connection.execute(
            f"CREATE TABLE {entity} AS SELECT * FROM read_csv('{landing}/{entity}/dt=*/*.csv', header = true, "
            f"auto_detect = false, columns = {{{types}}}, delim = ',', quote = '\"', escape = '\"', "
            f"hive_partitioning = false, ignore_errors = true) "
            f"QUALIFY row_number() OVER (PARTITION BY {key} ORDER BY updated_at DESC) = 1"
        )
    out.mkdir(parents=True, exist_ok=True)
    for name, sql in GOLD.items():
        connection.execute(f"CREATE TABLE {name} AS {sql}")
        connection.execute(f"COPY {name} TO '{out / name}.parquet' (FORMAT PARQUET)")
    row = connection.execute("SELECT sum(revenue) FROM daily_sales").fetchone()
    return str(row[0]) if row else ""


def main() -> None:
    """The command line."""
    print(run(Path(sys.argv[1]), Path(sys.argv[2])))


if __name__ == "__main__":
    main()
