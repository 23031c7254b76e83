"""A value out of another dataset by key, as it was known when the row landed."""

from __future__ import annotations

from pyspark.sql import Column, DataFrame, Window
from pyspark.sql import functions as F

from spark_app.contracts.blanks import BLANKS
from spark_app.contracts.mapping import Lookup, Source
from spark_app.lake.csv_files import CORRUPT
from spark_app.lake.file_order import in_natural_order

FOUND = "_lookup_"  # before the name of the column that the value is for


def looked_up(rows: DataFrame, column: str, by: Lookup, source: Source, dataset: str, other: DataFrame) -> DataFrame:
    """Bronze rows of `dataset` with `_lookup_<column>`: what the other dataset's bronze says of the row's key.

    Of several drops the last one up to the row's own batch date counts; where there is none yet, the first after it.
    Of several rows of a drop the last one.
    """
    theirs, mine = source.datasets[by.dataset].names, source.datasets[dataset].names
    key, value = _held(theirs[by.match or by.by]), _held(theirs[by.column])
    place = F.struct(in_natural_order(F.col("_source_file")), "_source_file", "_row_number")
    sound = other.where(F.col(CORRUPT).isNull()).select(
        key.alias("_key"), value.alias("_value"), F.col("_batch_date").alias("_day"), place.alias("_place")
    )
    said = sound.where("_key IS NOT NULL").groupBy("_key", "_day").agg(F.max_by("_value", "_place").alias("_value"))
    in_order = Window.partitionBy("_key").orderBy("_day")
    versions = said.select(
        "_key",
        F.col("_value").alias(f"{FOUND}{column}"),
        F.when(F.row_number().over(in_order) > 1, F.col("_day")).alias("_from"),
        F.lead("_day").over(in_order).alias("_to"),
    )
    day = F.col("_batch_date")
    held = (F.col("_from").isNull() | (day >= F.col("_from"))) & (F.col("_to").isNull() | (day < F.col("_to")))
    joined = rows.join(versions, (_held(mine[by.by]) == F.col("_key")) & held, "left")
    return joined.drop("_key", "_from", "_to")


def _held(name: str) -> Column:
    value = F.btrim(F.col(f"`{name}`"), F.lit(BLANKS))
    return F.when(value != "", value)
