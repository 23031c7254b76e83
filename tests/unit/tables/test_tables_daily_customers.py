"""daily_customers: a day's customers by where they live and who they are."""

import pytest
from pyspark.sql import SparkSession

from spark_app.tables import daily_customers
from tests.support.frames import assert_rows, frame

pytestmark = pytest.mark.core
DAY = "2024-01-05"


@pytest.mark.parametrize(
    ("born", "band"),
    [
        (2024, "under 18"), (2007, "under 18"), (2006, "18-24"), (2000, "18-24"), (1999, "25-34"), (1990, "25-34"),
        (1989, "35-44"), (1979, "45-54"), (1970, "45-54"), (1969, "55-64"), (1960, "55-64"), (1959, "65+"),
        (1900, "65+"), (None, "unknown"),
    ],
)  # fmt: skip
def test_age_bands(spark: SparkSession, born: int | None, band: str) -> None:
    rows = frame(spark, "order_date date, birth_year int", [(DAY, born)])
    assert_rows(rows.select(daily_customers.age_band().alias("band")), "band string", [(band,)])


def test_a_day_of_customers(spark: SparkSession) -> None:
    schema = (
        "order_date date, customer_key bigint, customer_id string, order_status string, "
        "items_amount decimal(18,2), is_first_order boolean, discount_amount decimal(18,2), "
        "freight_amount decimal(18,2)"
    )
    orders = [
        (DAY, 1, "a", "created", "1.00", True, "0.50", "0.50"), (DAY, 1, "a", "created", "2.00", False, "0", "0"),
        (DAY, 2, "b", "canceled", "4.00", False, "0", "0"), (DAY, -1, "?", "created", "8.00", True, "0", "0"),
    ]  # fmt: skip
    customers = [(1, "BR", "SP", "female", 1990), (2, "BR", "SP", "female", 1990), (-1, None, None, None, None)]
    people = frame(spark, "customer_key bigint, country string, state string, gender string, birth_year int", customers)
    expected = (
        "order_date date, country string, state string, gender string, age_band string, orders bigint, "
        "customers bigint, new_customers bigint, revenue decimal(18,2)"
    )
    assert_rows(daily_customers.derive(frame(spark, schema, orders), people), expected, [
        (DAY, "BR", "SP", "female", "25-34", 3, 2, 1, "3.00"),
        (DAY, "unknown", "unknown", "unknown", "unknown", 1, 1, 1, "8.00"),
    ])  # fmt: skip
