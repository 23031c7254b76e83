"""Rows a failed audit's message shows for example: enough to find them, nothing that may be of a person."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pyarrow as pa
import pytest
from deltalake import write_deltalake

from spark_app.audits.examples import rows_to_show
from spark_app.contracts.bounds import NONE_BROKEN
from spark_app.contracts.load import load_contracts
from spark_app.lake import log
from spark_app.lake.paths import Lake
from spark_app.quality.profile import Finding
from tests.support.small_lakes import Gold

CONTRACTS = load_contracts()


def finding(table: str, kind: str, rule: str = "") -> Finding:
    """A failed rule of the table: of that kind, or of that name."""
    name = rule or next(one.name for one in CONTRACTS[table].rules if one.kind == kind)
    return Finding(table, name, "accuracy", "error", 10, 1, 1.0, NONE_BROKEN, "e")


@pytest.mark.parametrize(
    ("column", "found", "said"),
    [
        ("country", "Narnia", "Narnia"),
        ("country", None, "nothing"),
        ("gender", "robot", "a value that is not shown"),
        ("email", "ana@example.org", "a value that is not shown"),
        (None, "C1,Ana Souza,ana@example.org", "a value that is not shown"),  # a torn row, whole
    ],
)
def test_of_quarantined_rows_only_what_is_of_nobody(tmp_path: Path, column: str, found: str, said: str) -> None:
    lake = Lake(str(tmp_path / "lake"))
    reason = {"rule": "r", "column": column, "found": found, "expected": "better", "dimension": "accuracy"}
    row: dict[str, Any] = {"entity": "customers", "source_file": "/l/customers/dt=2024-03-01/a.csv", "row_number": 7}
    table = pa.Table.from_pylist([{**row, "reasons": [reason], "quarantined_at": datetime.now(UTC)}])
    write_deltalake(lake.table("silver.quarantine").path, table)
    context: Any = SimpleNamespace(contracts=CONTRACTS, lake=lake, table=lake.table)
    assert rows_to_show(context, [finding("silver.customers", "quarantined")], {}, None) == [
        f"    for example in silver.customers: dt=2024-03-01/a.csv row 7, r: found {said}, expected better"
    ]


@pytest.mark.parametrize(
    ("table", "rule", "rows", "said"),
    [
        (
            "gold.daily_sales",
            "revenue is not negative",
            [
                {"order_date": date(2024, 3, 1), "revenue": Decimal(5)},
                {"order_date": date(2024, 3, 2), "revenue": Decimal(-7)},
            ],
            "order_date 2024-03-02, revenue -7.00",
        ),
        (
            "gold.dim_customers",
            "plausible birth year",
            [{"customer_key": 1, "birth_year": 1990}, {"customer_key": 2, "birth_year": 1066}],
            "customer_key 2",  # the year is of a person
        ),
    ],
)
def test_of_gold_the_key_and_what_the_rule_reads(
    tmp_path: Path, table: str, rule: str, rows: list[dict[str, Any]], said: str
) -> None:
    gold = Gold(tmp_path)
    gold.write(gold.add(CONTRACTS[table]), rows)
    context: Any = SimpleNamespace(contracts=CONTRACTS, lake=gold.lake, table=gold.lake.table)
    versions = {table: log.version_of(gold.lake.table(table)) or 0}
    assert rows_to_show(context, [finding(table, "row", rule)], versions, None) == [
        f"    for example in {table}: {said}"
    ]
