"""How far the figures of a day have come: what is delivered, reviewed, paid or canceled is known only days later.

Compared with older days such a figure is news that is none: of yesterday's orders nothing is late yet. So it is shown,
and judged only once nearly all orders of its days have come far enough.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, get_args

from spark_app.contracts.live_orders import LIVE_SQL
from spark_app.contracts.metrics import Metric, Ripens
from spark_app.report.cube import EPOCH
from spark_app.report.data import DAY, ReportData

RIPE = 0.95  # share of the orders of days, from which their figures are judged
OVERDUE = 30  # days after which an order that was due is taken to be lost
REVIEWED = 14  # days after its delivery that an order is reviewed in, if at all
PAID = 30  # days after an order that it is paid in, if at all
OVER = 60  # days after which nothing is waited for

_ENDED = f"order_status IN ('delivered', 'completed', 'returned') OR NOT {LIVE_SQL}"


@dataclass(frozen=True)
class Rule:
    """SQL over `fact_orders`: `of` which orders, whether one has `come` so far; and words with the {share} of them."""

    of: str
    come: str
    words: str


def rules(last: date) -> Mapping[Ripens, Rule]:
    """What each kind of figure waits for, as of the last day."""

    def ago(days: int) -> str:
        return f"DATE '{last - timedelta(days=days)}'"

    due = "CAST(estimated_delivery_at AS DATE)"
    # On its day only those are delivered that are not late: it takes the delivery, or the day long past.
    arrived = (
        "order_status IN ('completed', 'returned') OR CASE WHEN estimated_delivery_at IS NULL "
        f"THEN delivered_at IS NOT NULL OR {DAY} <= {ago(OVER)} "
        f"ELSE {due} <= {ago(0)} AND (delivered_at IS NOT NULL OR {due} <= {ago(OVERDUE)}) END"
    )
    reviewed = f"review_score IS NOT NULL OR CAST(delivered_at AS DATE) <= {ago(REVIEWED)} OR {DAY} <= {ago(OVER)}"
    return {
        "delivery": Rule(
            LIVE_SQL, arrived, "Not due yet, so not judged: {share} of these days' orders are due and delivered."
        ),
        "review": Rule(
            LIVE_SQL,
            reviewed,
            f"Reviews are still to come, so not judged: {{share}} of these days' orders have one, or were delivered "
            f"{REVIEWED} days ago.",
        ),
        "payment": Rule(
            "true",
            f"{DAY} <= {ago(PAID)}",
            f"Payments are still to come, so not judged: {{share}} of these days' orders are {PAID} days old.",
        ),
        "refund": Rule(
            "true",
            f"{DAY} <= {ago(OVER)}",
            f"Refunds are still to come, so not judged: {{share}} of these days' orders are {OVER} days old.",
        ),
        "ending": Rule(
            "true",
            f"{_ENDED} OR {DAY} <= {ago(OVER)}",
            "Cancellations are still to come, so not judged: {share} of these days' orders have come to their end.",
        ),
    }


@dataclass(frozen=True)
class Ripeness:
    """Orders of each day, and how many of them have come far enough: by kind and day, (of, come)."""

    days: Mapping[Ripens, Mapping[date, tuple[int, int]]]
    words: Mapping[Ripens, str]

    def share(self, kind: Ripens, first: date, last: date) -> float:
        """Of the orders of days; 1 where there is none to wait for."""
        found = [pair for day, pair in self.days[kind].items() if first <= day <= last]
        of = sum(pair[0] for pair in found)
        return sum(pair[1] for pair in found) / of if of else 1.0

    def unripe(self, metric: Metric, first: date, last: date) -> str | None:
        """Why a metric of these days is not judged, as a sentence; None where it can be."""
        if metric.ripens is None or (share := self.share(metric.ripens, first, last)) >= RIPE:
            return None
        return self.words[metric.ripens].format(share=share_text(share))

    def embedded(self, kind: Ripens) -> dict[str, Any]:
        """What the browser is told of a kind: {"words": …, "days": since 1970, "of": […], "come": […]}."""
        rows = sorted(self.days[kind].items())
        return {
            "words": self.words[kind],
            "days": [(day - EPOCH).days for day, _ in rows],
            "of": [of for _, (of, _) in rows],
            "come": [come for _, (_, come) in rows],
        }


def ripeness(data: ReportData) -> Ripeness:
    """Of all days shown, in one pass over the orders."""
    found = rules(data.last)
    sums = ", ".join(
        f"count(*) FILTER ({rule.of}) AS {kind}_of, count(*) FILTER (({rule.of}) AND ({rule.come})) AS {kind}_come"
        for kind, rule in found.items()
    )
    rows = data.rows(f"SELECT {DAY} AS day, {sums} FROM fact_orders WHERE {DAY} IS NOT NULL GROUP BY 1")
    return Ripeness(
        {kind: {row["day"]: (row[f"{kind}_of"], row[f"{kind}_come"]) for row in rows} for kind in get_args(Ripens)},
        {kind: rule.words for kind, rule in found.items()},
    )


def share_text(share: float) -> str:
    """A share in words, as the browser writes it: none, 7%, 94%."""
    return f"{int(share * 100)}%" if share else "none"
