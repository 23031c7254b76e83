"""What a rule found, as rows of `ops.quality_results`."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from pyspark.sql import Row

from spark_app.contracts.table import Contract
from spark_app.quality.counts import counted_rules


def silver_results(run_id: str, contract: Contract, counts: Sequence[Row], now: datetime) -> list[dict[str, Any]]:
    """One row a rule of an entity, over the days this run took in."""
    landed = sum(int(row["landed"]) - int(row["passed_over"]) for row in counts)
    expected = {rule.name: rule.expected for rule in contract.rules}
    rows = []
    for index, (name, dimension, severity) in enumerate(counted_rules(contract)):
        broken = sum(int(row[f"r{index}"]) for row in counts)
        rows.append(
            {
                "run_id": run_id,
                "candidate": None,  # of no release yet: an audit takes it up
                "table_name": contract.qualified,
                "rule": name,
                "dimension": dimension,
                "severity": severity,
                "rows_checked": landed,
                "rows_broken": broken,
                "observed": float(broken),
                "expected": expected.get(name, ""),
                "cause": None,  # the quarantine has every reason
                "passed": broken == 0,
                "effect": "none" if broken == 0 else "quarantined" if severity == "error" else "warned",
                "checked_at": now,
            }
        )
    return rows
