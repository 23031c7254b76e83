"""Days as silver counted them, with what lies in quarantine and in the ledger, for what an audit says of them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pyarrow as pa
from deltalake import write_deltalake

from spark_app.audits.landed import check_landed_days
from spark_app.contracts.load import load_contracts
from spark_app.contracts.table import Contract, Threshold
from spark_app.lake.completed import ALL_OVER
from spark_app.quality.profile import Finding
from spark_app.runs.context import Context
from tests.support.ops_rows import put

CONTRACTS = load_contracts()
DAY = date(2024, 3, 6)


def counted(context: Context, entity: str, landed: int, quarantined: int, **more: Any) -> None:
    """A day as silver counted it; of money, where rows stand for some, 10 a row unless said otherwise."""
    row: dict[str, Any] = {
        "entity": entity,
        "dataset": entity,
        "batch_date": DAY,
        "silver_version": 1,
        "balanced": True,
    }
    row |= {"rows_landed": landed, "rows_quarantined": quarantined, "rows_accepted": landed - quarantined}
    price = 10 if entity in ("order_items", "payments") else 0
    row |= {"amount_landed": Decimal(price * landed), "amount_quarantined": Decimal(price * quarantined)}
    put(context.table("ops.reconciliation"), [{**row, "reconciled_at": datetime.now(UTC), **more}])


def set_aside(
    context: Context, entity: str, rule: str, column: str | None, rows: int = 1, *, row_number: int = 1
) -> None:
    found = None if column else "x,y"
    reason = {"rule": rule, "column": column, "found": found, "expected": "a value", "dimension": "completeness"}
    file = f"{entity}/dt={DAY}/a.csv"
    base = {"entity": entity, "dataset": entity, "batch_date": DAY, "source_file": file, "reasons": [reason]}
    all_ = [{**base, "row_number": row_number + n, "quarantined_at": datetime.now(UTC)} for n in range(rows)]
    write_deltalake(context.table("silver.quarantine").path, pa.Table.from_pylist(all_), mode="append")


def landed(context: Context, dataset: str, **row: Any) -> None:
    base = {"dataset": dataset, "batch_date": DAY, "file": f"{dataset}/dt={DAY}/a.csv", "size": 100}
    put(context.table("ops.ingested_files"), [{**base, "status": "ingested", "bronze_version": 1, **row}])


def failed(context: Context) -> list[tuple[str, str]]:
    return [
        (one.table, one.rule) for one in check_landed_days(context, None, ALL_OVER) if not one.passed and one.withholds
    ]


def one(context: Context, table: str, rule: str) -> Finding:
    (found,) = [each for each in check_landed_days(context, None, ALL_OVER) if (each.table, each.rule) == (table, rule)]
    return found


def with_bound(context: Context, entity: str, bounds: Mapping[str, Threshold | None]) -> Context:
    """The context with the entity's rules bounded otherwise; None: without the rule."""
    contract = CONTRACTS[f"silver.{entity}"]
    fields = {name: getattr(contract, name) for name in Contract.__dataclass_fields__}
    rules = []
    for rule in contract.rules:
        bound = bounds.get(rule.name, rule.threshold)
        if rule.name not in bounds or bound is not None:
            rules.append(type(rule)(**{**rule.__dict__, "threshold": bound}))
    changed = Contract(**{**fields, "rules": tuple(rules)})
    return Context(context.settings, {**CONTRACTS, contract.qualified: changed}, context.source, context.record)
