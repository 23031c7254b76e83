"""Exchange rates: what one unit of a currency was worth from a day on, in the currency that gold reports in."""

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from spark_app.tables.declare import SilverTable


def clean(rows: DataFrame) -> DataFrame:
    return rows.withColumn("currency", F.upper("currency"))


TABLE = SilverTable("exchange_rates", month_of="rate_date", clean=clean)
