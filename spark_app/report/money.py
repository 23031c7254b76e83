"""Which of a shop's words for money it needs: what it never sends is on no page, and that is said in a line."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from spark_app.report import charts
from spark_app.report.data import DAY, ReportData
from spark_app.report.page import Column, Figure

BRIDGED_DAYS = 28


@dataclass(frozen=True)
class Money:
    """What of it there is in the days shown."""

    discounts: bool
    returns: bool
    taxes: bool
    costs: bool
    channels: bool

    @property
    def has_net_sales(self) -> bool:
        """Whether net sales are another figure than goods sold."""
        return self.discounts or self.returns

    @property
    def headline(self) -> str:
        """The metric that comes first."""
        return "net_sales" if self.has_net_sales else "revenue"

    @property
    def figures(self) -> tuple[str, ...]:
        """Metrics of sales_daily beside the usual ones."""
        found: tuple[str, ...] = ("net_sales", "gross_sales") if self.has_net_sales else ()
        found += ("discounts",) if self.discounts else ()
        found += ("returns", "return_rate") if self.returns else ()
        found += ("taxes",) if self.taxes else ()
        found += ("total_sales",) if self.has_net_sales or self.taxes else ()
        return found + (("gross_margin", "margin_rate", "cost_known") if self.costs else ())

    @property
    def note(self) -> str | None:
        """What is on no page, and why."""
        kinds = ("discounts", "returns", "taxes", "costs")
        lacking = [kind for kind in kinds if not getattr(self, kind)]
        lacking += [] if self.channels else ["several channels"]
        return f"Not shown, as no order of these days has any: {', '.join(lacking)}." if lacking else None


def what_there_is(data: ReportData) -> Money:
    """By the days shown."""
    [row] = data.rows(
        "SELECT coalesce(bool_or(discounts <> 0), false) AS discounts, "
        "coalesce(bool_or(returns <> 0), false) AS returns, "
        "coalesce(bool_or(taxes <> 0), false) AS taxes, coalesce(bool_or(cost_coverage > 0), false) AS costs "
        "FROM sales_daily"
    )
    return Money(**row, channels=_channels(data) > 1)


def _channels(data: ReportData) -> int:
    if "channels_daily" not in data.views or "gold.daily_channels" not in data.release.tables:
        return 0
    [row] = data.rows("SELECT count(DISTINCT channel) AS channels FROM channels_daily")
    return int(row["channels"])


def bridge(data: ReportData, money: Money) -> Figure:
    """From what goods are listed at to all that was sold, step by step, over the last days."""
    return Figure(
        f"From gross to total sales, {BRIDGED_DAYS} days",
        "Gross sales less discounts and returns are net sales; with shipping and taxes they are total sales. Returns "
        "stand on the day they were given back, whatever day the order was.",
        charts.bridge("step"),
        values=_steps(data, money),
        columns=[Column("step", "Figure"), Column("value", "Amount", "money")],
        note=f"The {BRIDGED_DAYS} days to {data.last}, as far as they landed.",
    )


def _steps(data: ReportData, money: Money) -> list[dict[str, Any]]:
    names = ("gross_sales", "discounts", "returns", "shipping", "taxes")
    sums = ", ".join(f"coalesce({data.metrics[name].sql}, 0) AS {name}" for name in names)
    [row] = data.rows(f"SELECT {sums} FROM sales_daily WHERE {DAY} > ?", (data.day_before(BRIDGED_DAYS),))
    parts: list[tuple[str, Any, bool]] = [("Gross sales", row["gross_sales"], True)]
    parts += [("Discounts", -row["discounts"], False)] if money.discounts else []
    parts += [("Returns", -row["returns"], False)] if money.returns else []
    net = row["gross_sales"] - row["discounts"] - row["returns"]
    parts += [("Net sales", net, True), ("Shipping", row["shipping"], False)]
    parts += [("Taxes", row["taxes"], False)] if money.taxes else []
    parts.append(("Total sales", net + row["shipping"] + row["taxes"], True))
    steps, reached = [], net - net
    for name, amount, whole in parts:
        start = amount - amount if whole else reached
        reached = start + amount
        kind = "whole" if whole else "less" if amount < 0 else "more"
        steps.append({"step": name, "value": amount, "from": start, "to": reached, "kind": kind})
    return steps
