"""Texts and names that Spark reads back as they were."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pyspark.sql import SparkSession

from spark_app.contracts.spark_sql import name, text

pytestmark = pytest.mark.core
ODD = ["", "it's", "a\\b", "\\'", "'; --", "%_", "`", "ключ", "price ($)", "\n", '"', "\\u0041", "${x}"]


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(value=st.one_of(st.sampled_from(ODD), st.text(max_size=20)))
def test_a_text_is_read_back(spark: SparkSession, value: str) -> None:
    if any("\ud800" <= one <= "\udfff" for one in value):
        return  # no characters
    [row] = spark.range(1).selectExpr(f"{text(value)} AS found").collect()
    assert row.found == value


def test_nothing_is_a_null_of_text(spark: SparkSession) -> None:
    found = spark.range(1).selectExpr(f"{text(None)} AS found")
    assert found.dtypes == [("found", "string")]
    assert found.collect()[0].found is None


@pytest.mark.parametrize("column", [one for one in ODD if one])
def test_a_name_is_read_back(spark: SparkSession, column: str) -> None:
    assert spark.range(1).selectExpr(f"1 AS {name(column)}").columns == [column]
