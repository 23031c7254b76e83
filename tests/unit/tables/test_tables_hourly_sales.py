"""hourly_sales: a day's orders by the hour of the shop's clock."""

import pytest
from pyspark.sql import SparkSession

from spark_app.runtime.reporting import Reporting
from spark_app.tables import hourly_sales
from tests.support.frames import assert_rows, frame

pytestmark = pytest.mark.core
ORDERS = (
    "order_date date, purchased_at timestamp, order_status string, items_amount decimal(18,2), "
    "discount_amount decimal(18,2), freight_amount decimal(18,2)"
)
HOURS = (
    "order_date date, order_hour int, orders bigint, canceled_orders bigint, gross_sales decimal(18,2), "
    "discounts decimal(18,2), revenue decimal(18,2)"
)
DAY = "2024-01-05"


def test_an_hour_counts_all_orders_and_sums_live_ones(spark: SparkSession) -> None:
    orders = [
        (DAY, f"{DAY} 14:00:00", "delivered", "10.00", "1.00", "2.00"),
        (DAY, f"{DAY} 14:59:59", "canceled", "99.00", "9.00", "9.00"),
        (DAY, f"{DAY} 15:00:00", "unavailable", "5.00", "0.00", "0.00"),
        ("2024-01-06", "2024-01-06 14:00:00", "created", "3.00", "0.00", "0.50"),
    ]
    assert_rows(
        hourly_sales.derive(frame(spark, ORDERS, orders), Reporting()),
        HOURS,
        [
            (DAY, 14, 2, 1, "10.00", "1.00", "11.00"),
            (DAY, 15, 1, 1, "0.00", "0.00", "0.00"),
            ("2024-01-06", 14, 1, 0, "3.00", "0.00", "3.50"),
        ],
    )


@pytest.mark.parametrize(
    ("purchased_at", "zone", "hour"),
    [
        ("2024-01-05 03:30:00", "America/Sao_Paulo", 0),
        ("2024-01-05 18:45:00", "Asia/Kolkata", 0),
        ("2024-10-27 00:30:00", "Europe/Berlin", 2),
        ("2024-10-27 01:30:00", "Europe/Berlin", 2),
        ("2024-03-31 01:00:00", "Europe/Berlin", 3),
    ],
)
def test_hours_are_those_of_the_shop(spark: SparkSession, purchased_at: str, zone: str, hour: int) -> None:
    rows = [(DAY, purchased_at, "delivered", "1.00", "0.00", "0.00")]
    found = hourly_sales.derive(frame(spark, ORDERS, rows), Reporting(timezone=zone))
    assert [row.order_hour for row in found.collect()] == [hour]


def test_a_changed_order_restates_its_day(spark: SparkSession) -> None:
    changed = frame(spark, ORDERS, [(DAY, f"{DAY} 14:00:00", "canceled", "1.00", "0.00", "0.00")])
    assert_rows(hourly_sales.touched(changed), "order_date date", [(DAY,)])
