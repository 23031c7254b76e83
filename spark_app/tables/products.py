"""Products: everything the shop has said of each article, change by change."""

from spark_app.tables.declare import SilverTable

TABLE = SilverTable("products", month_of="updated_at")
