"""Rows in, rows out: small frames from tuples, and frames compared with tuples."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any, cast

from chispa import assert_df_equality
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F
from pyspark.sql.types import DecimalType, StructType, TimestampType, _parse_datatype_string

Rows = Sequence[tuple[Any, ...]]


def frame(spark: SparkSession, schema: str, rows: Rows) -> DataFrame:
    """A frame of these rows. Times, days and money may be given as text."""
    wanted = cast(StructType, _parse_datatype_string(schema))
    texts = ", ".join(f"`{field.name}` {_given(field.dataType)}" for field in wanted.fields)
    given = [tuple(str(value) if isinstance(value, Decimal) else value for value in row) for row in rows]
    return spark.createDataFrame(given, texts).select(
        *[F.col(field.name).cast(field.dataType).alias(field.name) for field in wanted.fields]
    )


def assert_rows(found: DataFrame, schema: str, rows: Rows) -> None:
    """The named columns of `found` hold exactly these rows, in any order, in these types."""
    expected = frame(found.sparkSession, schema, rows)
    assert_df_equality(found.select(*expected.columns), expected, ignore_row_order=True, ignore_nullable=True)


def _given(kind: Any) -> str:
    as_text = isinstance(kind, TimestampType | DecimalType) or kind.simpleString() == "date"
    return "string" if as_text else kind.simpleString()


def nothing_cached(spark: SparkSession) -> bool:
    """Whether no frame is persisted, of whatever session."""
    return bool(spark._jsparkSession.sharedState().cacheManager().isEmpty())
