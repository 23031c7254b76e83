"""Personal values as hashes: the same word each time, and none that can be looked up by who has not the key.

HMAC-SHA-256 by Spark's own functions, as a user-defined one would start Python workers. The key comes in as a row of
its own and not as a literal, for plans show literals, in Spark's UI and event logs.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from pyspark.sql import Column, DataFrame, SparkSession
from pyspark.sql import functions as F

_BLOCK = 64  # bytes SHA-256 works on at once
_INNER, _OUTER = "_inner_pad", "_outer_pad"
_ARROW = "spark.sql.execution.arrow.pyspark.enabled"


def hashed(rows: DataFrame, columns: Sequence[str], key: bytes | None) -> DataFrame:
    """These text columns as lower-case hexadecimal hashes of their lower-cased values; nothing stays nothing.

    Keyed with `key`; plain SHA-256 where that is None.
    """
    if key is None:
        return rows.withColumns({name: F.sha2(F.lower(name), 256) for name in columns})
    keyed = rows.crossJoin(F.broadcast(_pads(rows.sparkSession, key)))
    return keyed.withColumns({name: _hmac(name) for name in columns}).drop(_INNER, _OUTER)


def _hmac(column: str) -> Column:
    value = F.encode(F.lower(column), "UTF-8")
    inner = F.unhex(F.sha2(F.concat(F.col(_INNER), value), 256))
    return F.sha2(F.concat(F.col(_OUTER), inner), 256)


def _pads(spark: SparkSession, key: bytes) -> DataFrame:
    """One row: the key as HMAC's two pads."""
    import pandas as pd  # only where there is a key: it takes a while

    block = (hashlib.sha256(key).digest() if len(key) > _BLOCK else key).ljust(_BLOCK, b"\0")
    row = {_INNER: bytes(byte ^ 0x36 for byte in block), _OUTER: bytes(byte ^ 0x5C for byte in block)}
    before = spark.conf.get(_ARROW, "false")
    spark.conf.set(_ARROW, "true")  # the row is then part of the plan's data, and no Python worker has to be started
    try:
        return spark.createDataFrame(pd.DataFrame([row]), f"{_INNER} binary, {_OUTER} binary")
    finally:
        spark.conf.set(_ARROW, str(before))
