"""Weighs the balances (`contracts/balances.py`) over what is about to be released."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from spark_app.contracts.balances import BALANCES, Balance, Side
from spark_app.lake import feed, log
from spark_app.lake.paths import Lake, Table

RATES = "silver.exchange_rates"
_NOTHING = Decimal(0)


@dataclass(frozen=True)
class Balanced:
    """What the two sums were."""

    balance: Balance
    left: Decimal
    right: Decimal


def weigh(lake: Lake, before: dict[str, int], now: dict[str, int]) -> list[Balanced]:
    """Each balance over what changed from `before` (versions of the last release; none: from nothing) to `now`.

    Sums that agreed then and changed alike agree now: so the work is that of the changes, not of the history. Where a
    table was not there then, or had not all the columns, nothing was weighed that could have agreed: all is weighed
    from nothing.
    """
    several = RATES in now and log.row_count(lake.table(RATES), now[RATES]) > 0
    weighed = [item for item in BALANCES if not (several and item.one_currency)]
    sides: dict[str, list[Side]] = {}
    for side in dict.fromkeys(side for item in weighed for side in item.sides):
        sides.setdefault(side.table, []).append(side)
    if any(
        table not in before or _came_later(lake.table(table), asked, before[table]) for table, asked in sides.items()
    ):
        before = {}
    sums: dict[Side, Decimal] = {}
    for table, asked in sides.items():
        sums |= _sums(lake.table(table), asked, before, now)
    return [
        Balanced(item, *(sum((sums[side] for side in one), _NOTHING) for one in (item.left, item.right)))
        for item in weighed
    ]


def _columns(sides: Sequence[Side]) -> set[str]:
    return {column for side in sides for column in side.columns}


def _came_later(table: Table, sides: Sequence[Side], before: int) -> bool:
    """Whether columns that are summed came after version `before`; they come with the whole table derived anew."""
    if log.derived_anew(table, before) is None:
        return False
    then = log.open_table(table, before)
    return then is not None and not _columns(sides) <= {field.name for field in then.schema().fields}


def _sums(table: Table, sides: Sequence[Side], before: dict[str, int], now: dict[str, int]) -> dict[Side, Decimal]:
    """All sums over one table, whose rows are read once."""
    columns = sorted(_columns(sides))
    sign = "sign * " if table.name in before else ""
    asked = [f"sum({sign}({side.part})::DECIMAL(18,2)) FILTER (WHERE {side.where})" for side in sides]
    if table.name in before:
        rows = feed.over_changes(
            table, before[table.name], now[table.name], columns, f"SELECT {', '.join(asked)} FROM changed"
        )
    else:
        rows = feed.over_version(table, now[table.name], f"SELECT {', '.join(asked)} FROM data")
    found = rows[0] if rows else (None,) * len(sides)
    return {side: Decimal(value or 0) for side, value in zip(sides, found, strict=True)}
