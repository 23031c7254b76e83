"""Bills, each beside one made by hand."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

from spark_app.costs.bill import (
    Bill,
    EmrUsage,
    PodUsage,
    S3Requests,
    S3Usage,
    bill_emr,
    bill_glue,
    bill_kubernetes,
    bill_machine,
    bill_redshift,
    bill_redshift_cluster,
    bill_s3,
)
from spark_app.costs.prices import load_prices
from spark_app.runtime.cost_settings import Pod

PRICES = load_prices()
D = Decimal


def by_hand(bill: Bill) -> list[tuple[str, str, str, str]]:
    return [(line.item, f"{line.quantity:f}", line.unit, f"{line.dollars:f}") for line in bill.lines]


def test_a_job_run_of_emr_serverless() -> None:
    """4 vCPU-hours at 0.052624 are 0.210496; 16 GB-hours at 0.0057785 are 0.092456; 80 at 0.000111 are 0.00888."""
    bill = bill_emr(EmrUsage(D("4"), D("16"), D("80")), PRICES, "x86_64")
    assert by_hand(bill) == [
        ("vCPU", "4.000000", "vCPU-hours", "0.210496"),
        ("memory", "16.000000", "GB-hours", "0.092456"),
        ("storage", "80.000000", "GB-hours", "0.008880"),
    ]
    assert bill.dollars == D("0.311832")


def test_the_same_on_graviton_is_a_fifth_less() -> None:
    """4 × 0.042094 = 0.168376; 16 × 0.004628 = 0.074048."""
    assert bill_emr(EmrUsage(D("4"), D("16"), D("0")), PRICES, "arm64").dollars == D("0.242424")


def test_pods_of_a_run_on_kubernetes() -> None:
    """A node of 0.192 an hour, 4 vCPU and 16 GB: 0.192 / (9×4 + 16) = 0.0036923077 a GB-hour, 0.0332307693 a vCPU-hour.

    Half an hour of a driver (1 vCPU, 4 GB), a whole one of executors (2 vCPU, 5 GB).
    """
    pods = [
        PodUsage("driver", Pod(vcpu=D(1), memory_gb=D(4)), D(1800)),
        PodUsage("executor", Pod(vcpu=D(2), memory_gb=D(5)), D(3600)),
    ]
    bill = bill_kubernetes(pods, PRICES, "x86_64")
    assert by_hand(bill) == [
        ("driver vCPU", "0.500000", "vCPU-hours", "0.016615"),
        ("driver memory", "2.000000", "GB-hours", "0.007385"),
        ("executor vCPU", "2.000000", "vCPU-hours", "0.066462"),
        ("executor memory", "5.000000", "GB-hours", "0.018462"),
    ]
    assert round(bill.dollars, 2) == D("0.11")


def test_pods_that_fill_a_node_cost_what_the_node_costs() -> None:
    whole = PodUsage("executor", Pod(vcpu=D(4), memory_gb=D(16)), D(36_000))
    assert round(bill_kubernetes([whole], PRICES, "x86_64").dollars, 4) == D("1.9200")


def test_a_glue_job_by_dpu_seconds() -> None:
    """Three workers of a DPU for 20 minutes: one DPU-hour."""
    assert bill_glue(D(3600), PRICES).dollars == D("0.44")
    assert by_hand(bill_glue(D(90), PRICES)) == [("DPU", "0.025000", "DPU-hours", "0.011000")]


def test_redshift_serverless_by_charged_rpu_seconds() -> None:
    """A minute of 8 RPU: 480 RPU-seconds, 0.133333 RPU-hours at 0.375."""
    assert by_hand(bill_redshift(D(480), PRICES)) == [("RPU", "0.133333", "RPU-hours", "0.050000")]


def test_a_redshift_cluster_by_nodes_around_the_clock() -> None:
    """Two ra3.xlplus for a day: 48 node-hours at 1.086."""
    assert by_hand(bill_redshift_cluster(2, 1, PRICES)) == [("node", "48.000000", "node-hours", "52.128000")]


def test_s3_by_bytes_and_requests() -> None:
    """50 GB for a month are 1.15; 20,000 writes 0.10; 1,000,000 reads 0.40."""
    bill = bill_s3(S3Usage(50 * 2**30, requests=S3Requests(20_000, 1_000_000)), PRICES)
    assert [line.dollars for line in bill.lines] == [D("1.15"), D("0.1"), D("0.4")]
    assert bill.dollars == D("1.65")


def test_a_day_of_s3_without_requests_that_nobody_counted() -> None:
    """93 GB for one of 31 days are 3 GB-months: 0.069."""
    bill = bill_s3(S3Usage(93 * 2**30, Fraction(1, 31)), PRICES)
    assert by_hand(bill) == [("storage", "3.000000", "GB-months", "0.069000")]


def test_a_machine_by_the_clock_and_nothing_for_nothing() -> None:
    assert bill_machine(D("0.192"), D(90)).dollars == D("0.0048")
    assert bill_machine(D("0.192"), D(0)).dollars == 0
    assert Bill("nothing", ()).dollars == 0
