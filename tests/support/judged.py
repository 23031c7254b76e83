"""Bronze rows of payments, judged."""

from __future__ import annotations

from typing import Any

from pyspark.sql import DataFrame, SparkSession

from spark_app.contracts.load import load_contracts
from spark_app.contracts.sources import load_source
from spark_app.quality.rows import judge
from spark_app.shops.demo_rows import COLUMNS
from tests.support.files import GOOD
from tests.support.frames import frame

CONTRACTS = load_contracts()
PAYMENTS = CONTRACTS["silver.payments"]
SOURCE = load_source("canonical", CONTRACTS)
META = {"_source_file": "payments/dt=2024-03-01/a.csv", "_row_number": 1, "_batch_date": "2024-03-01"}


def judged(spark: SparkSession, *rows: dict[str, Any], **method: Any) -> DataFrame:
    """Bronze rows of payments, good but for what each names, judged; `method`: more of how its column is mapped."""
    texts = [*COLUMNS["payments"], "_extra", "_corrupt_record"]
    schema = ", ".join(f"{name} string" for name in texts)
    schema += ", _source_file string, _row_number bigint, _batch_date date"
    given = [{**GOOD["payments"], **META, **row} for row in rows]
    names = [*texts, *META]
    bronze = frame(spark, schema, [tuple(row.get(name) for name in names) for row in given])
    mapped = SOURCE.entities["payments"][0]
    columns = {**mapped.columns, "method": mapped.columns["method"].model_copy(update=method)}
    return judge(bronze, PAYMENTS, SOURCE, mapped.model_copy(update={"columns": columns}))
