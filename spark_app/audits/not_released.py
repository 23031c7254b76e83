"""The batch dates that a release would be the first to show, as they were counted when they were taken in.

A day that is still running is shown before it can be judged as a whole: that waits for the release that completes it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from spark_app.lake import ops
from spark_app.lake.behind import with_sources
from spark_app.lake.completed import Completed
from spark_app.lake.releases import Release
from spark_app.runs.context import Context


@dataclass(frozen=True)
class CountedDay:
    """A batch date of an entity as it was counted when it was taken in; `held`: its rows but for those passed over.

    `released`: readers see this very drop already, so withholding a release would keep nothing from them; never of a
    day that the release completes. `running`: its drop is not all there.
    """

    held: int
    quarantined: int
    amount: Decimal
    amount_quarantined: Decimal
    balanced: bool
    released: bool
    running: bool = False


Days = Mapping[date, CountedDay]


def find_unreleased_days(
    context: Context, released: Release | None, completed: Completed
) -> dict[str, dict[date, CountedDay]]:
    """By entity, the batch dates whose count has changed since the release: taken in, or outdone by newer rows.

    And those that were released before they were over and are now.
    """
    # By versions, not by time: a rollback is newer than what was withheld before it, and does not excuse it.
    taken = with_sources(context.lake, dict(released.tables)) if released else {}
    held = [f"WHEN '{table.partition('.')[2]}' THEN {version}" for table, version in taken.items()]
    since = f"CASE entity {' '.join(held)} ELSE -1 END" if held else "-1"
    tally = (
        "struct_pack(l := rows_landed - coalesce(rows_passed_over, 0), q := rows_quarantined, "
        "al := coalesce(amount_landed, 0), aq := coalesce(amount_quarantined, 0), b := balanced)"
    )
    sql = (
        f"SELECT entity, batch_date, arg_max(t, silver_version) AS now, "
        "arg_max(t, silver_version) FILTER (silver_version <= since) AS before "
        f"FROM (SELECT *, {tally} AS t, {since} AS since FROM ops_rows) "
        "GROUP BY entity, batch_date HAVING max(silver_version) > any_value(since) "
        "OR (batch_date > ? AND batch_date <= ?) ORDER BY entity, batch_date"
    )
    span = (completed.before, completed.now)
    found: dict[str, dict[date, CountedDay]] = {}
    for row in ops.select(context.table("ops.reconciliation"), sql, span):
        now, before = row["now"], row["before"]
        if f"silver.{row['entity']}" in context.contracts:
            day = row["batch_date"]
            seen = before is not None and (before["l"], before["q"]) == (now["l"], now["q"])
            found.setdefault(row["entity"], {})[day] = CountedDay(
                now["l"],
                now["q"],
                now["al"],
                now["aq"],
                now["b"],
                seen and not completed.completes(day),
                day > completed.now,
            )
    return found


def leave_out_released(days: Mapping[str, Days]) -> dict[str, dict[date, CountedDay]]:
    """The days but for those whose very drop readers see already."""
    return {entity: {day: one for day, one in found.items() if not one.released} for entity, found in days.items()}


def leave_out_running(days: Mapping[str, Days]) -> dict[str, dict[date, CountedDay]]:
    """The days but for those that are not over: what is asked of a whole drop waits for its night."""
    return {entity: {day: one for day, one in found.items() if not one.running} for entity, found in days.items()}
