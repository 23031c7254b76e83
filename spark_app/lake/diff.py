"""What a table holds against what it should hold: only the difference is merged, and so only that is loaded."""

from __future__ import annotations

from collections.abc import Sequence

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from spark_app.contracts.spark_sql import name
from spark_app.lake.writes import OP, REMOVE, WRITE

WAS_MONTH = "_was_month"


def difference(should: DataFrame, holds: DataFrame, key: Sequence[str], month: str | None) -> DataFrame:
    """Rows to write or remove so that `holds` becomes `should`, matched by `key`.

    The columns of `should`, `_op` (write, remove) and, where there is a `month`, `_was_month`: where the row lies now.
    """
    values = [column for column in should.columns if column not in key]
    new = should.select(*key, F.struct(*values).alias("_new"))
    old = holds.select(*key, F.struct(*values).alias("_old"))
    differ = new.join(old, list(key), "full").where(~F.col("_new").eqNullSafe(F.col("_old")))
    columns = [name(column) if column in key else f"_new.{name(column)}" for column in should.columns]
    op = f"CASE WHEN _new IS NULL THEN '{REMOVE}' ELSE '{WRITE}' END AS {OP}"
    return differ.selectExpr(*columns, op, *([f"_old.{name(month)} AS {WAS_MONTH}"] if month else []))


CLAUSES = (
    f"WHEN MATCHED AND s.{OP} = '{REMOVE}' THEN DELETE "
    "WHEN MATCHED THEN UPDATE SET {set} "
    f"WHEN NOT MATCHED AND s.{OP} = '{WRITE}' THEN INSERT {{insert}}"
)
