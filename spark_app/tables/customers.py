"""Customers: everything the shop has said of each person, change by change."""

from spark_app.tables.declare import SilverTable

TABLE = SilverTable("customers", month_of="updated_at")
