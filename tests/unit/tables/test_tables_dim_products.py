"""dim_products: versions of articles."""

import pytest
from pyspark.sql import SparkSession

from spark_app.tables.dim_products import derive
from tests.support.frames import assert_rows, frame

pytestmark = pytest.mark.core

PRODUCTS = (
    "product_id string, name string, category string, brand string, unit_cost decimal(18,2), "
    "list_price decimal(18,2), weight_g int, length_cm int, height_cm int, width_cm int, photos int, "
    "gone_at timestamp, updated_at timestamp"
)


def test_a_new_price_is_a_version_and_a_new_photo_is_none(spark: SparkSession) -> None:
    products = [
        ("p", "Cup", "kitchen", "A", "1.00", "2.50", 100, 10, 9, 8, 1, None, "2024-01-01"),
        ("p", "Cup", "kitchen", "A", "1.00", "2.50", 100, 10, 9, 8, 2, None, "2024-01-02"),
        ("p", "Cup", "kitchen", "A", "1.00", "2.75", 100, 10, 9, 8, 2, None, "2024-01-03"),
    ]
    expected = [
        ("p", "2.50", 720, "1900-01-01", "2024-01-03"),
        ("p", "2.75", 720, "2024-01-03", None),
        ("unknown", None, None, "1900-01-01", None),
    ]
    schema = "product_id string, list_price decimal(18,2), volume_cm3 bigint, valid_from timestamp, valid_to timestamp"
    assert_rows(derive(frame(spark, PRODUCTS, products)), schema, expected)


@pytest.mark.parametrize(
    ("sides", "volume"), [((10, 9, None), None), ((2_000_000, 2_000_000, 1), 4_000_000_000_000), ((0, 1, 1), 0)]
)
def test_volume(spark: SparkSession, sides: tuple[int | None, ...], volume: int | None) -> None:
    product = ("p", None, None, None, None, None, None, *sides, None, None, "2024-01-01")
    found = derive(frame(spark, PRODUCTS, [product])).where("product_id = 'p'")
    assert_rows(found, "volume_cm3 bigint", [(volume,)])
