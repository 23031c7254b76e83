"""Orders: one row an order, as it last stood."""

from spark_app.tables.declare import SilverTable

TABLE = SilverTable("orders", month_of="purchased_at")
