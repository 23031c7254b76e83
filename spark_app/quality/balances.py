"""Weighs the balances (`contracts/balances.py`) over what is about to be released."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from spark_app.contracts.balances import BALANCES, Balance, Side
from spark_app.lake import feed
from spark_app.lake.paths import Lake


@dataclass(frozen=True)
class Balanced:
    """What the two sums were."""

    balance: Balance
    left: Decimal
    right: Decimal


def weigh(lake: Lake, before: dict[str, int], now: dict[str, int]) -> list[Balanced]:
    """Each balance over what changed from `before` (versions of the last release; none: from nothing) to `now`.

    Sums that agreed then and changed alike agree now: so the work is that of the changes, not of the history.
    """
    return [Balanced(item, *(_sum(lake, side, before, now) for side in (item.left, item.right))) for item in BALANCES]


def _sum(lake: Lake, side: Side, before: dict[str, int], now: dict[str, int]) -> Decimal:
    part = f"({side.part})::DECIMAL(18,2)"
    if side.table in before:
        sql = f"SELECT sum(sign * {part}) FROM changed WHERE {side.where}"
        rows = feed.over_changes(lake, side.table, before[side.table], now[side.table], side.columns, sql)
    else:
        rows = feed.over_version(lake, side.table, now[side.table], f"SELECT sum({part}) FROM data WHERE {side.where}")
    return Decimal(rows[0][0] or 0) if rows else Decimal(0)
