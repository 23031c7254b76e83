"""How many rows the Olist dump must leave in silver and the dimensions, and how much of it is odd."""

from __future__ import annotations

from pathlib import Path

from tests.olist.dump_sql import Rows, query


def dimension_counts(source: Path) -> Rows:
    """(figure, rows) of the dimensions, their unknown members left out.

    A customer has a version per change of postal code, city or state from one purchase to the next; of two
    purchases in one second the one of the later order_id holds, as in the replay. A sold product has one.
    """
    return query(
        source,
        """
        WITH addresses AS (
            SELECT customer_unique_id, order_purchase_timestamp AS since,
                   arg_max((customer_zip_code_prefix, customer_city, customer_state), order_id) AS address
            FROM csv_orders JOIN csv_customers USING (customer_id) GROUP BY ALL
        ), changes AS (
            SELECT customer_unique_id AS customer_id,
                   address IS DISTINCT FROM lag(address) OVER customer AS is_new
            FROM addresses WINDOW customer AS (PARTITION BY customer_unique_id ORDER BY since)
        )
        SELECT 'customers', count(DISTINCT customer_id) FROM changes
        UNION ALL SELECT 'customer versions', count(*) FILTER (is_new) FROM changes
        UNION ALL SELECT 'products', count(DISTINCT product_id)
            FROM csv_products SEMI JOIN items USING (product_id)
        """,
    )


def silver_counts(source: Path) -> Rows:
    """(entity, rows silver holds at the end): one per key, payments by not_defined quarantined."""
    return query(
        source,
        """
        SELECT 'customers', count(DISTINCT (customer_id, purchased_at)) FROM orders
        UNION ALL SELECT 'products', count(DISTINCT product_id)
            FROM csv_products SEMI JOIN items USING (product_id)
        UNION ALL SELECT 'orders', count(*) FROM orders
        UNION ALL SELECT 'order_items', count(*) FROM items
        UNION ALL SELECT 'payments', count(*) FROM payments WHERE payment_method <> 'not_defined'
        UNION ALL SELECT 'reviews', count(DISTINCT (review_id, order_id)) FROM csv_reviews
        """,
    )


def oddities(source: Path) -> dict[str, int]:
    """Known dirt of the dump, by name: how many rows (orders, ids, ...) are odd in that way.

    payments_unlike_order: orders with items and payments whose sums differ by a cent or more.
    times_out_of_order: orders where one of purchase, approval, hand-over, delivery precedes one before it.
    """
    found = query(
        source,
        """
        WITH paid AS (SELECT order_id, sum(amount) AS amount FROM payments GROUP BY order_id)
        SELECT 'orders_without_items', count(*) FROM orders ANTI JOIN items USING (order_id)
        UNION ALL SELECT 'orders_without_payments', count(*) FROM orders ANTI JOIN payments USING (order_id)
        UNION ALL SELECT 'repeated_review_ids', count(*)
            FROM (SELECT 1 FROM csv_reviews GROUP BY review_id HAVING count(*) > 1)
        UNION ALL SELECT 'reviews_with_newlines', count(*) FROM csv_reviews
            WHERE contains(review_comment_title, chr(10)) OR contains(review_comment_message, chr(10))
        UNION ALL SELECT 'products_without_category', count(*) FROM products WHERE category IS NULL
        UNION ALL SELECT 'products_untranslated', count(*) FROM products WHERE is_untranslated
        UNION ALL SELECT 'categories_untranslated', count(DISTINCT category)
            FROM products WHERE is_untranslated
        UNION ALL SELECT 'payments_unlike_order', count(*) FROM order_sums JOIN paid USING (order_id)
            WHERE item_count > 0 AND amount <> order_amount
        UNION ALL SELECT 'payments_of_zero', count(*) FROM payments WHERE amount = 0
        UNION ALL SELECT 'times_out_of_order', count(*) FROM orders
            WHERE approved_at < purchased_at OR shipped_at < greatest(purchased_at, approved_at)
               OR delivered_at < greatest(purchased_at, approved_at, shipped_at)
        UNION ALL SELECT 'delivered_without_time', count(*) FROM orders
            WHERE order_status = 'delivered' AND delivered_at IS NULL
        UNION ALL SELECT 'postal_codes_with_leading_zero', count(*) FROM csv_customers
            WHERE customer_zip_code_prefix LIKE '0%'
        """,
    )
    return dict(found)
