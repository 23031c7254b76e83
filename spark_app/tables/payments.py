"""Payments: one row a payment of an order, as it last stood."""

from spark_app.tables.declare import SilverTable

TABLE = SilverTable("payments", month_of="updated_at", amount="amount", tells_apart=("method", "amount"))
