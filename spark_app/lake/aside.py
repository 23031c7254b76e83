"""What is set aside: rows that cannot be used, and the money they stand for, by entity.

From `ops.reconciliation` and the quarantine: nothing is counted again.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from spark_app.contracts.table import QUARANTINE
from spark_app.lake import feed, ops
from spark_app.lake.paths import Lake


@dataclass(frozen=True)
class Aside:
    """An entity's rows set aside from `first` to `last`. `files`: files that cannot be read at all, rows not known.

    `amount` is what is known; `unpriced` rows (unreadable files are among them) say no money that could be counted.
    """

    entity: str
    rows: int
    files: int
    amount: Decimal
    unpriced: int
    first: date
    last: date

    @property
    def has_money(self) -> bool:
        return bool(self.amount or self.unpriced)


def count_set_aside(
    lake: Lake, *, since: date = date.min, until: date = date.max, days: Mapping[str, Collection[date]] | None = None
) -> list[Aside]:
    """Entities that have rows in quarantine, by name: of batch dates from `since` to `until`, or `days` alone."""
    counted = [
        row for row in _counted(lake, since, until) if days is None or row["batch_date"] in days.get(row["entity"], ())
    ]
    if not counted:
        return []
    files = _files(lake)
    found = []
    for entity in sorted({row["entity"] for row in counted}):
        mine = [row for row in counted if row["entity"] == entity]
        whole = sum(files.get((entity, row["batch_date"]), 0) for row in mine)
        found.append(
            Aside(
                entity,
                max(sum(row["rows"] for row in mine) - whole, 0),
                whole,
                sum((row["amount"] for row in mine), Decimal(0)),
                sum(row["unpriced"] for row in mine),
                min(row["batch_date"] for row in mine),
                max(row["batch_date"] for row in mine),
            )
        )
    return found


def _counted(lake: Lake, since: date, until: date) -> list[dict[str, Any]]:
    # Of a day reconciled again the newest holds.
    sql = (
        "SELECT entity, batch_date, sum(rows_quarantined)::BIGINT AS rows, "
        "coalesce(sum(amount_quarantined), 0) AS amount, coalesce(sum(rows_unpriced), 0)::BIGINT AS unpriced "
        "FROM (SELECT * FROM ops_rows WHERE batch_date BETWEEN ? AND ? "
        "QUALIFY row_number() OVER (PARTITION BY entity, dataset, batch_date "
        "ORDER BY silver_version DESC, reconciled_at DESC) = 1) "
        "GROUP BY ALL HAVING rows > 0"
    )
    return ops.select(lake.table("ops.reconciliation"), sql, (since, until))


def _files(lake: Lake) -> dict[tuple[str, date], int]:
    sql = "SELECT entity, batch_date, count(*) FROM data WHERE row_number = 0 GROUP BY ALL"
    rows = feed.over_version(lake.table(QUARANTINE), None, sql)
    return {(entity, day): int(files) for entity, day, files in rows}
