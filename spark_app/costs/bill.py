"""Bills: named lines of what was used, at which price, in exact dollars. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

from spark_app.costs.prices import Compute, Prices
from spark_app.runtime.cost_settings import Architecture, Pod

MICRO = Decimal(
    "0.000001"
)  # bills are exact to the millionth of a dollar: a small table's share of a night is less than a cent
_HOUR = Decimal(3600)


@dataclass(frozen=True)
class Line:
    """So much of something at a price. Quantities have six decimals: what is shown is what is charged."""

    item: str
    quantity: Decimal
    unit: str
    unit_price: Decimal

    @property
    def dollars(self) -> Decimal:
        return (self.quantity * self.unit_price).quantize(MICRO, ROUND_HALF_UP)


@dataclass(frozen=True)
class Bill:
    """Lines, and who sends them."""

    billed_by: str
    lines: tuple[Line, ...]

    @property
    def dollars(self) -> Decimal:
        return sum((line.dollars for line in self.lines), Decimal(0))


@dataclass(frozen=True)
class EmrUsage:
    """`billedResourceUtilization` of a job run: known once it has ended; idle pre-initialised workers are not in it."""

    vcpu_hours: Decimal
    memory_gb_hours: Decimal
    storage_gb_hours: Decimal


@dataclass(frozen=True)
class PodUsage:
    """What pods of one kind asked for, and how long they were there, all added up."""

    kind: str
    asked: Pod
    seconds: Decimal


@dataclass(frozen=True)
class S3Requests:
    """Requests that are charged: those that remove are free."""

    writes: int  # PUT, COPY, POST, LIST
    reads: int  # GET and all others


@dataclass(frozen=True)
class S3Usage:
    """Bytes kept for so many months (a day is one over those of its month), and requests where they are known."""

    stored_bytes: int
    months: Fraction = Fraction(1)
    requests: S3Requests | None = None


def bill_machine(hour: Decimal, seconds: Decimal) -> Bill:
    """A rented machine, by the clock; what else it does is not looked at."""
    return Bill("machine", (_line("machine", seconds / _HOUR, "hours", hour),))


def bill_emr(usage: EmrUsage, prices: Prices, architecture: Architecture) -> Bill:
    """A job run of EMR Serverless."""
    price = prices.emr_serverless.of(architecture)
    return Bill("emr_serverless", _computed(usage, price))


def bill_kubernetes(pods: Sequence[PodUsage], prices: Prices, architecture: Architecture) -> Bill:
    """Pods' requests × seconds, at their share of a node's price. Room of nodes that no pod asks for is not in it."""
    node, lines = prices.kubernetes.of(architecture), list[Line]()
    for one in pods:
        hours = one.seconds / _HOUR
        lines.append(_line(f"{one.kind} vCPU", hours * one.asked.vcpu, "vCPU-hours", node.vcpu_hour))
        lines.append(_line(f"{one.kind} memory", hours * one.asked.memory_gb, "GB-hours", node.memory_gb_hour))
    return Bill("kubernetes", tuple(lines))


def bill_glue(dpu_seconds: Decimal, prices: Prices) -> Bill:
    """A run of a Glue job."""
    return Bill("glue", (_line("DPU", dpu_seconds / _HOUR, "DPU-hours", prices.glue.dpu_hour),))


def bill_redshift(charged_rpu_seconds: Decimal, prices: Prices) -> Bill:
    """Redshift Serverless: `charged_seconds` of SYS_SERVERLESS_USAGE, which has its minimum of a minute in it."""
    line = _line("RPU", charged_rpu_seconds / _HOUR, "RPU-hours", prices.redshift_serverless.rpu_hour)
    return Bill("redshift_serverless", (line,))


def bill_redshift_cluster(nodes: int, days: int, prices: Prices) -> Bill:
    """A cluster's nodes, around the clock: a pause, a resize or reserved nodes are not looked at."""
    line = _line("node", Decimal(nodes * days * 24), "node-hours", prices.redshift_cluster.node_hour)
    return Bill("redshift_cluster", (line,))


def bill_s3(usage: S3Usage, prices: Prices) -> Bill:
    """Objects in S3 Standard (a GB is 2^30 bytes, as AWS counts them), and requests."""
    s3, requests = prices.s3, usage.requests
    kept = usage.stored_bytes * usage.months / 2**30
    lines = [_line("storage", Decimal(kept.numerator) / kept.denominator, "GB-months", s3.standard_gb_month)]
    if requests:
        lines += [
            _line("writes", Decimal(requests.writes) / 1000, "thousand requests", s3.writes_per_1000),
            _line("reads", Decimal(requests.reads) / 1000, "thousand requests", s3.reads_per_1000),
        ]
    return Bill("s3", tuple(lines))


def _computed(usage: EmrUsage, price: Compute) -> tuple[Line, ...]:
    return (
        _line("vCPU", usage.vcpu_hours, "vCPU-hours", price.vcpu_hour),
        _line("memory", usage.memory_gb_hours, "GB-hours", price.memory_gb_hour),
        _line("storage", usage.storage_gb_hours, "GB-hours", price.storage_gb_hour),
    )


def _line(item: str, quantity: Decimal, unit: str, unit_price: Decimal) -> Line:
    return Line(item, quantity.quantize(MICRO, ROUND_HALF_UP), unit, unit_price)
