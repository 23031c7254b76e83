"""The dump's tables as dated canonical rows: for each entity, which row was sent on which day."""

from __future__ import annotations

from dataclasses import dataclass

import duckdb


@dataclass(frozen=True)
class Drop:
    """One entity's dated rows: the table that holds them, its canonical columns, the order within a file."""

    entity: str
    columns: tuple[str, ...]
    order: tuple[str, ...]

    @property
    def table(self) -> str:
        return f"drop_{self.entity}"


def _names(text: str) -> tuple[str, ...]:
    return tuple(text.split())


DROPS = (
    Drop(
        "customers",
        _names("customer_id email name gender birth_date postal_code city state country created_at updated_at"),
        # Two orders of one second leave two rows of one key: the later order id is sent last, and so holds.
        _names("customer_id updated_at order_id"),
    ),
    Drop(
        "products",
        _names(
            "product_id name category brand unit_cost list_price weight_g length_cm height_cm width_cm photos"
            " updated_at"
        ),
        _names("product_id updated_at"),
    ),
    Drop(
        "orders",
        _names(
            "order_id customer_id status purchased_at approved_at shipped_at delivered_at"
            " estimated_delivery_at updated_at"
        ),
        _names("order_id updated_at"),
    ),
    Drop(
        "order_items",
        _names("order_id item_number product_id seller_id quantity unit_price freight_amount updated_at"),
        _names("order_id item_number updated_at"),
    ),
    Drop(
        "payments",
        _names("order_id payment_sequence method status installments amount paid_at updated_at"),
        ("order_id", "try_cast(payment_sequence AS INT)", "payment_sequence", "updated_at"),
    ),
    Drop(
        "reviews",
        _names("review_id order_id score title comment created_at answered_at updated_at"),
        _names("review_id order_id updated_at"),
    ),
)

# Times stay the dump's text (YYYY-MM-DD hh:mm:ss): its order is that of time, its first ten letters the day.
_ORDERS = """
CREATE TABLE orders AS
SELECT order_id, customer_unique_id AS customer_id, order_status AS status,
       order_purchase_timestamp AS purchased_at, order_approved_at AS approved_at,
       order_delivered_carrier_date AS shipped_at, order_delivered_customer_date AS delivered_at,
       order_estimated_delivery_date AS estimated_delivery_at,
       customer_zip_code_prefix AS postal_code, customer_city AS city, customer_state AS state,
       left(order_purchase_timestamp, 10) AS purchase_day
FROM raw_orders JOIN raw_customers USING (customer_id)
"""

# One row per order and day with an event: its latest time, the furthest stage known at its end. An event
# the dump puts before the purchase's day becomes known with the purchase: no order is sent before it exists.
_ORDER_DAYS = """
CREATE TABLE order_days AS
WITH stages AS (
    SELECT order_id, purchase_day, unnest([1, 2, 3, 4]) AS stage,
           unnest([purchased_at, approved_at, shipped_at, delivered_at]) AS happened_at
    FROM orders
), events AS (
    SELECT *, greatest(left(happened_at, 10), purchase_day) AS dt FROM stages WHERE happened_at IS NOT NULL
)
SELECT order_id, dt,
       max(happened_at) AS updated_at,
       max(max(stage)) OVER (PARTITION BY order_id ORDER BY dt) AS stage,
       dt = max(dt) OVER (PARTITION BY order_id) AS is_last
FROM events GROUP BY order_id, dt
"""

_DROP_ORDERS = """
CREATE TABLE drop_orders AS
SELECT dt, order_id, customer_id,
       CASE WHEN is_last THEN status
            ELSE ['created', 'approved', 'shipped', 'delivered'][stage] END AS status,
       purchased_at,
       CASE WHEN left(approved_at, 10) <= dt THEN approved_at END AS approved_at,
       CASE WHEN left(shipped_at, 10) <= dt THEN shipped_at END AS shipped_at,
       CASE WHEN left(delivered_at, 10) <= dt THEN delivered_at END AS delivered_at,
       estimated_delivery_at, updated_at
FROM order_days JOIN orders USING (order_id)
"""

_DROP_CUSTOMERS = """
CREATE TABLE drop_customers AS
SELECT purchase_day AS dt, order_id, customer_id, NULL AS email, NULL AS name, NULL AS gender,
       NULL AS birth_date, postal_code, city, state, 'BR' AS country,
       min(purchased_at) OVER (PARTITION BY customer_id) AS created_at, purchased_at AS updated_at
FROM orders
"""

_DROP_PRODUCTS = """
CREATE TABLE drop_products AS
WITH first_sold AS (
    SELECT product_id, min(purchased_at) AS updated_at
    FROM raw_items JOIN orders USING (order_id) GROUP BY product_id
), english AS (
    SELECT product_category_name, min(product_category_name_english) AS category
    FROM raw_categories GROUP BY product_category_name
)
SELECT left(updated_at, 10) AS dt, product_id, NULL AS name,
       coalesce(category, product_category_name) AS category,
       NULL AS brand, NULL AS unit_cost, NULL AS list_price, product_weight_g AS weight_g,
       product_length_cm AS length_cm, product_height_cm AS height_cm, product_width_cm AS width_cm,
       product_photos_qty AS photos, updated_at
FROM raw_products JOIN first_sold USING (product_id) LEFT JOIN english USING (product_category_name)
"""

_DROP_ORDER_ITEMS = """
CREATE TABLE drop_order_items AS
SELECT purchase_day AS dt, order_id, order_item_id AS item_number, product_id, seller_id, '1' AS quantity,
       price AS unit_price, freight_value AS freight_amount, purchased_at AS updated_at
FROM raw_items JOIN orders USING (order_id)
"""

# A payment speaks on the days of purchase, approval and (canceled, unavailable) the order's last row; where
# these are one day, only the state at that day's end is sent.
_DROP_PAYMENTS = """
CREATE TABLE drop_payments AS
WITH states AS (
    SELECT order_id, purchase_day AS dt, 1 AS step, 'pending' AS status, purchased_at AS updated_at
    FROM orders
    UNION ALL
    SELECT order_id, greatest(left(approved_at, 10), purchase_day), 2, 'paid',
           greatest(approved_at, purchased_at)
    FROM orders WHERE approved_at IS NOT NULL
    UNION ALL
    SELECT order_id, dt, 3, CASE WHEN approved_at IS NULL THEN 'voided' ELSE 'refunded' END, updated_at
    FROM orders JOIN order_days USING (order_id)
    WHERE is_last AND orders.status IN ('canceled', 'unavailable')
), by_day AS (
    SELECT * FROM states QUALIFY step = max(step) OVER (PARTITION BY order_id, dt)
)
SELECT dt, order_id, payment_sequential AS payment_sequence, payment_type AS method, by_day.status,
       payment_installments AS installments, payment_value AS amount,
       CASE WHEN step > 1 THEN approved_at END AS paid_at, by_day.updated_at
FROM raw_payments JOIN orders USING (order_id) JOIN by_day USING (order_id)
"""

_DROP_REVIEWS = """
CREATE TABLE drop_reviews AS
SELECT left(review_creation_date, 10) AS dt, review_id, order_id, review_score AS score,
       review_comment_title AS title, review_comment_message AS comment,
       review_creation_date AS created_at, review_answer_timestamp AS answered_at,
       coalesce(review_answer_timestamp, review_creation_date) AS updated_at
FROM raw_reviews
"""

_STEPS = (
    _ORDERS,
    _ORDER_DAYS,
    _DROP_ORDERS,
    _DROP_CUSTOMERS,
    _DROP_PRODUCTS,
    _DROP_ORDER_ITEMS,
    _DROP_PAYMENTS,
    _DROP_REVIEWS,
)


def build_drops(dump: duckdb.DuckDBPyConnection) -> None:
    """From the `raw_*` tables of `open_dump`, make a table `drop_<entity>` for each of DROPS.

    Columns: `dt` (the day of the drop, YYYY-MM-DD), then the entity's canonical ones, all text.
    """
    for step in _STEPS:
        dump.execute(step)
