"""What would cost less, each sum by hand."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from spark_app.costs.advice import (
    Used,
    UsedLine,
    Waiting,
    older_landing,
    on_graviton,
    on_spot,
    packed_files,
    smaller_driver,
    without_waiting,
)
from spark_app.costs.prices import load_prices
from spark_app.runtime.cost_settings import CostSettings

PRICES = load_prices()
TODAY = date(2026, 11, 29)
D = Decimal
GB = 2**30
EMR = [
    UsedLine("emr_serverless", "vCPU", D(100), D("5.2624")),
    UsedLine("emr_serverless", "memory", D(400), D("2.3114")),
]
DRIVER = [
    UsedLine("kubernetes", "driver memory", D(2000), D(8)),
    UsedLine("kubernetes", "driver vCPU", D(1), D("0.0332")),
]


def cost(**given: Any) -> CostSettings:
    return CostSettings.model_validate(given)


def test_graviton_for_the_same_hours() -> None:
    """100 × (0.052624 − 0.042094) = 1.053; 400 × (0.0057785 − 0.004628) = 0.4602; of ten days, so thrice a month."""
    found = on_graviton(Used(10, EMR), cost(), PRICES)
    assert found is not None
    assert found.dollars_a_month == D("4.5396")
    assert "Architecture=ARM64" in found.setting
    assert on_graviton(Used(10, EMR), cost(architecture="arm64"), PRICES) is None
    assert on_graviton(Used(10, [UsedLine("machine", "machine", D(1), D(1))]), cost(), PRICES) is None


def test_executors_on_spot_nodes_where_their_price_is_known() -> None:
    """Of 6 dollars in ten days, at 0.072 in place of 0.192: five eighths, thrice. A driver stays where it is."""
    node = PRICES.kubernetes.x86_64.model_copy(update={"spot_hour": D("0.072")})
    prices = PRICES.model_copy(update={"kubernetes": PRICES.kubernetes.model_copy(update={"x86_64": node})})
    executors = UsedLine("kubernetes", "executor vCPU", D(100), D(6))
    asked = cost(billed_by="kubernetes", driver={"vcpu": 1, "memory_gb": 8})
    found = on_spot(Used(10, [executors, *DRIVER]), asked, prices)
    assert found is not None
    assert (found.dollars_a_month, found.setting) == (D("11.25"), "executor.spot: prefer, of the chart")
    assert on_spot(Used(10, [executors]), asked, PRICES) is None, "nobody wrote a spot price down"
    assert on_spot(Used(10, DRIVER), asked, prices) is None, "there were no executors"


@pytest.mark.parametrize(
    ("minutes", "dollars", "said"),
    [(15, "1.4441", "for 15 minutes after each run"), (None, "138.6310", "always")],
)
def test_workers_that_wait_cost_their_wait(minutes: int | None, dollars: str, said: str) -> None:
    """3 vCPU and 6 GB are 3 × 0.052624 + 6 × 0.0057785 = 0.192543 an hour; thirty waits are 7.5, a month is 720."""
    found = without_waiting(Used(10, EMR, runs=10), Waiting(D(3), D(6), minutes), cost(), PRICES)
    assert found is not None
    assert found.dollars_a_month == D(dollars)
    assert f"3 vCPU and 6 GB are kept ready {said}" in found.because


def test_an_application_that_keeps_none_is_left_as_it_is() -> None:
    assert without_waiting(Used(10, EMR, runs=10), Waiting(D(0), D(0), 15), cost(), PRICES) is None
    assert without_waiting(Used(10, EMR, runs=10), None, cost(), PRICES) is None


def test_a_driver_of_what_it_needs_and_a_quarter() -> None:
    """2.1 of 8 GB: 3 are enough, five eighths of 8 dollars are saved."""
    asked = cost(billed_by="kubernetes", driver={"vcpu": 1, "memory_gb": 8})
    found = smaller_driver(Used(30, DRIVER, [int(2.1 * GB)] * 5), asked)
    assert found is not None
    assert (found.what, found.dollars_a_month) == ("give the driver 3 GB", D(5))
    assert "needed 2.1 of 8 GB at most, in 5 runs" in found.because


@pytest.mark.parametrize("peaks", [[int(2.1 * GB)] * 4, [int(6.5 * GB), *[GB] * 9]])
def test_a_driver_that_needs_it_or_was_seldom_seen_keeps_it(peaks: list[int]) -> None:
    asked = cost(billed_by="kubernetes", driver={"vcpu": 1, "memory_gb": 8})
    assert smaller_driver(Used(30, DRIVER, peaks), asked) is None


def test_landing_that_nothing_reads_any_more() -> None:
    """100 GB × (0.023 − 0.0125)."""
    old, new = "orders/dt=2026-09-29/orders.csv", "orders/dt=2026-09-30/orders.csv"
    found = older_landing({old: 100 * GB, new: 50 * GB, "orders/dt=2020-01-01/small.csv": 1000}, TODAY, PRICES)
    assert found is not None
    assert found.dollars_a_month == D("1.05")
    assert found.because.startswith("1 landed files of 100.0 GB are older than 60 days")
    assert older_landing({new: 50 * GB}, TODAY, PRICES) is None


def test_small_files_by_the_requests_they_take() -> None:
    """1,000 files of 10 KB could be 9: 991 requests a night, 29,730 a month at 0.0004 a thousand."""
    files = {f"gold/fact_orders/_month=2024-01-01/{at}.parquet": 10_000 for at in range(1000)}
    few = {f"gold/dim_dates/{at}.parquet": 10 for at in range(99)}
    large = {f"silver/orders/{at}.parquet": 5 * 1024**2 for at in range(500)}
    found = packed_files({**files, **few, **large, "gold/fact_orders/_delta_log/0.json": 9}, PRICES)
    assert found is not None
    assert found.dollars_a_month == D("0.0119")
    assert "1,000 files of less than 1 MB on average in 1 tables, most in gold.fact_orders (1,000)" in found.because
    assert packed_files({**few, **large}, PRICES) is None
