"""dim_customers: versions of people, personal data reduced or hashed."""

import hashlib
import hmac

import pytest
from pyspark.sql import SparkSession

from spark_app.tables.dim_customers import TABLE, derive
from spark_app.tables.hashes import hashed
from tests.support.frames import assert_rows, frame

pytestmark = pytest.mark.core

CUSTOMERS = (
    "customer_id string, email string, name string, gender string, birth_date date, postal_code string, "
    "city string, state string, country string, gone_at timestamp, updated_at timestamp"
)
EXPECTED = (
    "customer_id string, email_hash string, gender string, birth_year int, postal_code string, city string, "
    "valid_to timestamp"
)


def test_personal_data_is_reduced_and_a_new_name_is_no_new_version(spark: SparkSession) -> None:
    customers = [
        ("c", "Ann@Example.com", "Ann Lee", "female", "1990-12-31", "02134", "Boston", "MA", "US", None, "2024-01-01"),
        ("c", "ann@example.com", "Ann Poe", "female", "1990-01-01", "02134", "Boston", "MA", "US", None, "2024-01-02"),
        ("c", "ann@example.com", "Ann Poe", "female", "1990-01-01", "02139", "Boston", "MA", "US", None, "2024-01-03"),
    ]
    email = hashlib.sha256(b"ann@example.com").hexdigest()
    expected = [
        ("c", email, "female", 1990, "02134", "Boston", "2024-01-03"),
        ("c", email, "female", 1990, "02139", "Boston", None),
        ("unknown", None, None, None, None, None, None),
    ]
    found = derive(hashed(frame(spark, CUSTOMERS, customers), TABLE.hashed["customers"], None))
    assert_rows(found, EXPECTED, expected)
    assert not {"email", "name", "birth_date"} & set(found.columns)


@pytest.mark.parametrize("key", [b"sixteen letters!", b"x" * 64, b"a key longer than SHA-256's block " * 3])
def test_an_address_is_hashed_with_the_secret_key(spark: SparkSession, key: bytes) -> None:
    rows = spark.sql("SELECT * FROM VALUES ('c', 'Ann@Exämple.com'), ('d', NULL), ('e', '') AS t(customer_id, email)")
    found = hashed(rows, ("email",), key)
    assert found.columns == ["customer_id", "email"]
    assert {row.customer_id: row.email for row in found.collect()} == {
        "c": hmac.new(key, "ann@exämple.com".encode(), hashlib.sha256).hexdigest(),
        "d": None,
        "e": hmac.new(key, b"", hashlib.sha256).hexdigest(),
    }


def test_no_plan_shows_the_key(spark: SparkSession, capfd: pytest.CaptureFixture[str]) -> None:
    key = b"SECRETSECRETSECRETSECRET"
    inner = bytes(byte ^ 0x36 for byte in key)
    hashed(spark.sql("SELECT 'a@b.c' AS email"), ("email",), key).explain("extended")
    said = capfd.readouterr().out
    assert "Physical Plan" in said
    for shown in (key.decode(), key.hex(), inner.decode("latin-1"), inner.hex()):
        assert shown.upper() not in said.upper()
