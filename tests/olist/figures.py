"""What the warehouse must say about the Olist dump, worked out from its raw CSVs by SQL alone.

Nothing here uses the replay or the pipeline. Every function takes the dump's directory and returns rows;
money is exact Decimal with two digits, days are `date`. "Live" is: neither canceled nor unavailable.
"""

from __future__ import annotations

from pathlib import Path

from tests.olist.dump_sql import Rows, query

# What fact_orders returns, in this order.
FACT_ORDERS_COLUMNS = (
    "order_id",
    "customer_id",
    "order_status",
    "order_date",
    "item_count",
    "items_amount",
    "freight_amount",
    "order_amount",
    "paid_amount",
    "refunded_amount",
    "payment_status",
    "is_first_order",
    "is_late",
    "is_incomplete",
    "review_score",
)


def orders_by_status(source: Path) -> Rows:
    """(order_status, orders)."""
    return query(source, "SELECT order_status, count(*) FROM orders GROUP BY ALL ORDER BY ALL")


def revenue_by_month(source: Path) -> Rows:
    """(first day of the purchase month, live orders, revenue); months without a live order are absent."""
    return query(
        source,
        """
        SELECT date_trunc('month', order_date)::DATE, count(*), sum(order_amount)::DECIMAL(18,2)
        FROM order_sums WHERE is_live GROUP BY ALL ORDER BY ALL
        """,
    )


def daily_sales(source: Path) -> Rows:
    """The table daily_sales, columns as in gold, one row per day with an order.

    A customer is returning on a day with a live order of theirs, unless it is the day of their first one.
    average_order_value is rounded half up to two digits; without a live order it is NULL.
    late_deliveries counts orders of any status delivered on a day after the estimated one.
    incomplete_orders counts those with a payment by not_defined, which silver quarantines.
    The dump has no discounts, refunds, taxes or costs, and each of its lines is one piece.
    """
    return query(
        source,
        """
        WITH days AS (
            SELECT order_date, count(*) AS orders, count(*) FILTER (NOT is_live) AS canceled_orders,
                   count(*) FILTER (is_live) AS live_orders,
                   count(DISTINCT customer_id) AS customers,
                   count(*) FILTER (is_first_order) AS new_customers,
                   count(DISTINCT customer_id) FILTER (is_live) AS live_customers,
                   coalesce(sum(item_count) FILTER (is_live), 0)::BIGINT AS items,
                   coalesce(sum(items_amount) FILTER (is_live), 0)::DECIMAL(18,2) AS items_amount,
                   coalesce(sum(freight_amount) FILTER (is_live), 0)::DECIMAL(18,2) AS freight_amount,
                   coalesce(sum(order_amount) FILTER (is_live), 0)::DECIMAL(18,2) AS revenue,
                   count(*) FILTER (delivered_at::DATE > estimated_delivery_at::DATE) AS late_deliveries,
                   count(*) FILTER (order_id IN (SELECT order_id FROM payments WHERE payment_method = 'not_defined'))
                       AS incomplete_orders
            FROM order_sums GROUP BY order_date
        )
        SELECT order_date, orders, canceled_orders, customers, new_customers,
               live_customers - new_customers AS returning_customers, items, items::DECIMAL(18,3) AS units,
               items_amount, freight_amount, revenue,
               -- Half up in whole cents: floor(cents / n + 1/2) = (2 * cents + n) // (2 * n), exact.
               (((2 * (revenue * 100)::BIGINT + live_orders) // nullif(2 * live_orders, 0))::DECIMAL(16,0)
                   * 0.01::DECIMAL(2,2))::DECIMAL(18,2) AS average_order_value,
               late_deliveries, items_amount AS gross_sales, 0::DECIMAL(18,2) AS discounts,
               0::DECIMAL(18,2) AS returns, items_amount AS net_sales, freight_amount AS shipping,
               0::DECIMAL(18,2) AS taxes, revenue AS total_sales, 0::DECIMAL(18,2) AS cost_of_goods,
               items_amount AS gross_margin, CASE WHEN items_amount > 0 THEN 0::DECIMAL(9,4) END AS cost_coverage,
               incomplete_orders
        FROM days ORDER BY order_date
        """,
    )


def payments_by_method_and_status(source: Path, usable_only: bool = True) -> Rows:
    """(payment_method, final payment_status, payments, amount); `usable_only` leaves out not_defined."""
    return query(
        source,
        f"""
        SELECT payment_method, payment_status, count(*), sum(amount)::DECIMAL(18,2)
        FROM payments WHERE {_usable(usable_only)} GROUP BY ALL ORDER BY ALL
        """,
    )


def _usable(usable_only: bool) -> str:
    return "payment_method <> 'not_defined'" if usable_only else "true"


def customers(source: Path) -> Rows:
    """One row (customers, customers with two orders or more, those with two live orders or more)."""
    return query(
        source,
        """
        SELECT count(*), count(*) FILTER (orders >= 2), count(*) FILTER (live_orders >= 2)
        FROM (SELECT count(*) AS orders, count(*) FILTER (is_live) AS live_orders
              FROM orders GROUP BY customer_id)
        """,
    )


def customers_by_month(source: Path) -> Rows:
    """(month, new, returning): customers with a live order that month; new where it holds their first."""
    return query(
        source,
        """
        WITH live AS (
            SELECT customer_id, date_trunc('month', order_date)::DATE AS month,
                   bool_or(is_first_order) AS is_new
            FROM order_sums WHERE is_live GROUP BY ALL
        )
        SELECT month, count(*) FILTER (is_new), count(*) FILTER (NOT is_new)
        FROM live GROUP BY ALL ORDER BY ALL
        """,
    )


def reviews_by_score(source: Path) -> Rows:
    """(score, reviews)."""
    return query(source, "SELECT review_score::INT, count(*) FROM csv_reviews GROUP BY ALL ORDER BY ALL")


def review_score_per_order(source: Path) -> Rows:
    """(order_id, mean score), orders with a review only."""
    return query(
        source,
        "SELECT order_id, avg(review_score::INT) FROM csv_reviews GROUP BY ALL ORDER BY ALL",
    )


def sales_by_category(source: Path) -> Rows:
    """(category, orders, items, items_amount, revenue with freight) of live orders; NULL category last."""
    return query(
        source,
        """
        SELECT category, count(DISTINCT order_id), count(*), sum(price)::DECIMAL(18,2),
               sum(price + freight)::DECIMAL(18,2)
        FROM items JOIN orders USING (order_id) LEFT JOIN products USING (product_id)
        WHERE is_live GROUP BY category ORDER BY category NULLS LAST
        """,
    )


def fact_orders(source: Path, usable_only: bool = True) -> Rows:
    """One row per order, by order_id, with the columns of FACT_ORDERS_COLUMNS.

    `usable_only` leaves out payments by not_defined, which silver quarantines. payment_status is 'none' for
    an order without payments; the rules for differing payments never apply, the replay pays an order whole.
    is_late is NULL while the delivery or its estimate is unknown; review_score is NULL without reviews; is_incomplete
    is true where a payment is by not_defined.
    """
    return query(
        source,
        f"""
        WITH paid AS (
            SELECT order_id, any_value(payment_status) AS payment_status,
                   sum(amount) FILTER (payment_status = 'paid') AS paid_amount,
                   sum(amount) FILTER (payment_status = 'refunded') AS refunded_amount
            FROM payments WHERE {_usable(usable_only)} GROUP BY order_id
        ), scores AS (
            SELECT order_id, avg(review_score::INT) AS review_score FROM csv_reviews GROUP BY order_id
        )
        SELECT order_id, customer_id, order_status, order_date, item_count, items_amount, freight_amount,
               order_amount, coalesce(paid_amount, 0)::DECIMAL(18,2) AS paid_amount,
               coalesce(refunded_amount, 0)::DECIMAL(18,2) AS refunded_amount,
               coalesce(payment_status, 'none') AS payment_status, is_first_order,
               delivered_at::DATE > estimated_delivery_at::DATE AS is_late,
               order_id IN (SELECT order_id FROM payments WHERE payment_method = 'not_defined') AS is_incomplete,
               review_score
        FROM order_sums LEFT JOIN paid USING (order_id) LEFT JOIN scores USING (order_id) ORDER BY order_id
        """,
    )
