"""Reviews: one row a review and order; one review may speak of several orders."""

from spark_app.tables.declare import SilverTable

TABLE = SilverTable("reviews", month_of="updated_at", tells_apart=("created_at",))
