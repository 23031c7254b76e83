"""The three shops of docs/cost.md, computed again from docs/performance.md and the prices."""

from __future__ import annotations

import re
from decimal import Decimal
from pathlib import Path

import pytest

from spark_app.costs.bill import (
    EmrUsage,
    PodUsage,
    S3Usage,
    bill_emr,
    bill_glue,
    bill_kubernetes,
    bill_redshift,
    bill_s3,
)
from spark_app.costs.prices import load_prices
from spark_app.costs.words import in_dollars
from spark_app.runtime.cost_settings import Pod

DOCS = Path(__file__).resolve().parents[2] / "docs"
COST, PERFORMANCE = (DOCS / "cost.md").read_text(), (DOCS / "performance.md").read_text()
PRICES = load_prices()
D = Decimal


def measured(pattern: str) -> Decimal:
    found = re.search(pattern, PERFORMANCE)
    assert found, f"docs/performance.md no longer prints {pattern}: measure the shops of docs/cost.md again"
    return D(found[1].replace(",", ""))


def seconds(orders: int) -> int:
    """On the line between one more day of a long history, and a history taken in by one pass."""
    day, whole = (
        measured(r"\| 439 days \(900,000 orders\) \| (\d+) \|"),
        measured(r"the 440 days .*?\| (\d+) \| \d+ \|"),
    )
    a_day = measured(r"([\d,]+) orders of 463 days") / 463
    return round(day + max(D(orders) - a_day, D(0)) * (whole - day) / (900_000 - a_day))


def memory(orders: int) -> int:
    return 7 if orders >= 900_000 else 5


@pytest.mark.parametrize("orders", [1_000, 100_000, 1_000_000])
def test_a_shop(orders: int) -> None:
    took, gb = seconds(orders), memory(orders)
    pod = bill_kubernetes([PodUsage("driver", Pod(vcpu=D(2), memory_gb=D(gb)), D(took))], PRICES, "x86_64")
    emr = bill_emr(EmrUsage(D(4 * took) / 3600, D(2 * gb * took) / 3600, D(0)), PRICES, "x86_64")
    size = measured(r"463 days, (\d+) MB of CSV") * 1_000_000 / measured(r"([\d,]+) orders of 463 days")
    landing = bill_s3(S3Usage(int(size * orders * 365)), PRICES)
    cells = [f"{orders:,}", str(took)]
    cells += [in_dollars(one.dollars) for one in (pod, emr, bill_glue(D(2 * took), PRICES))]
    cells += [in_dollars(pod.dollars * 1_000_000 / orders), f"{in_dollars(landing.dollars)} a month"]
    assert f"| {' | '.join(cells)} |" in COST


def test_what_a_load_of_redshift_costs_at_least() -> None:
    assert bill_redshift(D(8 * 60), PRICES).dollars == D("0.05")
