"""landed_days: every day of the shop, and whether it has landed: a day that has not is not a day without orders."""

from spark_app.tables.declare import LandedTable

TABLE = LandedTable("landed_days")
