"""dim_customers: versions of people, personal data reduced or hashed."""

import hashlib

import pytest
from pyspark.sql import SparkSession

from spark_app.tables.dim_customers import derive
from tests.support.frames import assert_rows, frame

pytestmark = pytest.mark.core

CUSTOMERS = (
    "customer_id string, email string, name string, gender string, birth_date date, postal_code string, "
    "city string, state string, country string, updated_at timestamp"
)
EXPECTED = (
    "customer_id string, email_hash string, gender string, birth_year int, postal_code string, city string, "
    "valid_to timestamp"
)


def test_personal_data_is_reduced_and_a_new_name_is_no_new_version(spark: SparkSession) -> None:
    customers = [
        ("c", "Ann@Example.com", "Ann Lee", "female", "1990-12-31", "02134", "Boston", "MA", "US", "2024-01-01"),
        ("c", "ann@example.com", "Ann Poe", "female", "1990-01-01", "02134", "Boston", "MA", "US", "2024-01-02"),
        ("c", "ann@example.com", "Ann Poe", "female", "1990-01-01", "02139", "Boston", "MA", "US", "2024-01-03"),
    ]
    email = hashlib.sha256(b"ann@example.com").hexdigest()
    expected = [
        ("c", email, "female", 1990, "02134", "Boston", "2024-01-03"),
        ("c", email, "female", 1990, "02139", "Boston", None),
        ("unknown", None, None, None, None, None, None),
    ]
    found = derive(frame(spark, CUSTOMERS, customers))
    assert_rows(found, EXPECTED, expected)
    assert not {"email", "name", "birth_date"} & set(found.columns)
