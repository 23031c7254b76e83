"""dim_dates: every day of the years that orders fall in."""

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from spark_app.tables.declare import GoldTable


def derive(sales: DataFrame) -> DataFrame:
    years = sales.agg(F.min("order_date").alias("first"), F.max("order_date").alias("last")).where("first IS NOT NULL")
    day = F.sequence(F.trunc("first", "year"), F.last_day(F.add_months(F.trunc("last", "year"), 11)))
    days = years.select(F.explode(day).alias("date"))
    return days.select(
        F.date_format("date", "yyyyMMdd").cast("int").alias("date_key"),
        "date",
        F.year("date").alias("year"),
        F.quarter("date").alias("quarter"),
        F.month("date").alias("month"),
        F.weekofyear("date").alias("week"),
        (F.weekday("date") + 1).alias("weekday"),
        (F.weekday("date") >= 5).alias("is_weekend"),
    )


TABLE = GoldTable("dim_dates", inputs={"sales": "gold.daily_sales"}, derive=derive)
