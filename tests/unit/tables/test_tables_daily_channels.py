"""daily_channels: where a day's orders were placed, and what was given back of them."""

import pytest
from pyspark.sql import SparkSession

from spark_app.tables.daily_channels import derive, touched
from tests.support.frames import assert_rows
from tests.support.table_rows import rows_of

pytestmark = pytest.mark.core
DAY, LATER = "2024-01-05", "2024-02-01"


def order(name: str, status: str = "created", **more: object) -> dict[str, object]:
    usual = {"order_id": name, "customer_id": "c", "order_date": DAY, "order_status": status}
    return {**usual, "units": "2", "items_amount": "10.00", "discount_amount": "1.00", **more}


def test_a_day_of_channels(spark: SparkSession) -> None:
    orders = [
        order("o1", channel="web"), order("o2", "canceled", channel="web"),
        order("o3", channel="till", store_id="s1"), order("o4"),
    ]  # fmt: skip
    back = [{"order_id": name, "refund_date": LATER, "amount": "3.00"} for name in ("o1", "o2", "o4", "unseen")]
    facts = rows_of(spark, "gold.fact_orders", *orders)
    schema = (
        "order_date date, channel string, store_id string, orders bigint, customers bigint, units decimal(18,3), "
        "gross_sales decimal(18,2), discounts decimal(18,2), returns decimal(18,2), net_sales decimal(18,2)"
    )
    assert_rows(derive(facts, rows_of(spark, "gold.fact_refunds", *back), facts), schema, [
        (DAY, "web", "unknown", 2, 1, "2", "10.00", "1.00", "0.00", "9.00"),
        (DAY, "till", "s1", 1, 1, "2", "10.00", "1.00", "0.00", "9.00"),
        (DAY, "unknown", "unknown", 1, 1, "2", "10.00", "1.00", "0.00", "9.00"),
        (LATER, "web", "unknown", 0, 0, "0", "0.00", "0.00", "3.00", "-3.00"),
        (LATER, "unknown", "unknown", 0, 0, "0", "0.00", "0.00", "3.00", "-3.00"),
    ])  # fmt: skip


def test_an_order_that_moves_to_another_channel_touches_the_days_of_its_refunds(spark: SparkSession) -> None:
    refunds = rows_of(spark, "gold.fact_refunds", {"order_id": "o1", "refund_date": LATER})
    none = rows_of(spark, "gold.fact_refunds")
    found = touched(rows_of(spark, "gold.fact_orders", order("o1")), none, refunds)
    assert sorted({str(row[0]) for row in found.collect()}) == [DAY, LATER]
