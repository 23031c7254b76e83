"""What would cost less: each with dollars a month, the setting to change, and what it follows from. Pure."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from spark_app.costs.prices import Prices
from spark_app.runtime.cost_settings import Architecture, CostSettings

MONTH_DAYS = 30
ROOM = Decimal("1.25")  # what a driver is given above the most that one needed
FEWEST_RUNS = 5  # whose peaks are known
OLD_DAYS = 60  # from which on landing is read by nothing but a rebuild
LEAST_INFREQUENT = 128 * 1024  # bytes: smaller objects are charged as so many there
SMALL_FILE, MANY_FILES = 1024**2, 100  # a mean of less bytes, and so many files: packing pays
_GB = 2**30


@dataclass(frozen=True)
class Advice:
    """A change, what it saves in a month at list prices, where it is set, and why."""

    what: str
    dollars_a_month: Decimal
    setting: str
    because: str


@dataclass(frozen=True)
class UsedLine:
    """A line of bills, added up over `days` days."""

    billed_by: str
    item: str
    quantity: Decimal
    dollars: Decimal


@dataclass(frozen=True)
class Used:
    """What the runs of some days were billed, and the most memory (bytes) that drivers of runs needed."""

    days: int
    lines: Sequence[UsedLine]
    peaks: Sequence[int] = ()
    runs: int = 0

    def a_month(self, dollars: Decimal) -> Decimal:
        return (dollars * MONTH_DAYS / self.days).quantize(Decimal("0.0001"))


def on_graviton(used: Used, cost: CostSettings, prices: Prices) -> Advice | None:
    """The same hours on ARM; whether they are as many there only a night on it tells."""
    if cost.architecture == "arm64":
        return None
    emr, node = prices.emr_serverless.of("arm64"), prices.kubernetes.of("arm64")
    unit: Mapping[tuple[str, str], Decimal] = {
        ("emr_serverless", "vCPU"): emr.vcpu_hour,
        ("emr_serverless", "memory"): emr.memory_gb_hour,
        ("emr_serverless", "storage"): emr.storage_gb_hour,
        ("kubernetes", "driver vCPU"): node.vcpu_hour,
        ("kubernetes", "driver memory"): node.memory_gb_hour,
        ("kubernetes", "executor vCPU"): node.vcpu_hour,
        ("kubernetes", "executor memory"): node.memory_gb_hour,
    }
    lines = [line for line in used.lines if (line.billed_by, line.item) in unit]
    saved = sum((line.dollars - line.quantity * unit[line.billed_by, line.item] for line in lines), Decimal(0))
    if saved <= 0:
        return None
    by = {line.billed_by for line in lines}
    where = "Architecture=ARM64 of the stack" if by == {"emr_serverless"} else "arch: arm64 of the chart"
    hours = "the same hours at ARM's prices; an image for linux/arm64, and a night on it to see that they are as many"
    return Advice("run on Graviton", used.a_month(saved), f"{where}, and cost.architecture: arm64", hours)


def on_spot(used: Used, cost: CostSettings, prices: Prices) -> Advice | None:
    """Executors on spot nodes: what a lost one did is done again by others; a lost driver is a lost run."""
    node = prices.kubernetes.of(cost.architecture)
    spent = sum((line.dollars for line in used.lines if line.item.startswith("executor ")), Decimal(0))
    if cost.billed_by != "kubernetes" or node.spot_hour is None or node.spot_hour >= node.node_hour or not spent:
        return None
    because = f"{node.node} is let for ${node.spot_hour:f} an hour, not ${node.node_hour:f}, and may be taken back"
    saved = used.a_month(spent * (1 - node.spot_hour / node.node_hour))
    return Advice("run executors on spot nodes", saved, "executor.spot: prefer, of the chart", because)


@dataclass(frozen=True)
class Waiting:
    """Workers that an application of EMR Serverless keeps ready: all they hold, and for how long after a run.

    `minutes`: None where they wait for ever.
    """

    vcpu: Decimal
    memory_gb: Decimal
    minutes: int | None

    def dollars(self, runs: Decimal, prices: Prices, architecture: Architecture) -> Decimal:
        """Of a month with so many runs, each of which is followed by a wait; what runs use is not taken off."""
        price = prices.emr_serverless.of(architecture)
        hours = Decimal(24 * MONTH_DAYS)
        if self.minutes is not None:
            hours = min(hours, runs * self.minutes / 60)
        return hours * (self.vcpu * price.vcpu_hour + self.memory_gb * price.memory_gb_hour)


def without_waiting(used: Used, waiting: Waiting | None, cost: CostSettings, prices: Prices) -> Advice | None:
    """No pre-initialised workers: a nightly run can wait the minute or two that workers take to start."""
    if waiting is None or not waiting.vcpu:
        return None
    runs = Decimal(used.runs * MONTH_DAYS) / used.days
    wait = "always" if waiting.minutes is None else f"for {waiting.minutes} minutes after each run"
    kept = f"{waiting.vcpu:g} vCPU and {waiting.memory_gb:g} GB"
    because = f"{kept} are kept ready {wait}, and billed; without them a run starts a minute or two later"
    saved = waiting.dollars(runs, prices, cost.architecture).quantize(Decimal("0.0001"))
    return Advice("keep no workers waiting", saved, "initialCapacity of the application: none", because)


def smaller_driver(used: Used, cost: CostSettings) -> Advice | None:
    """A driver's pod of the memory that its runs needed at most, and a quarter more; whole GB."""
    if cost.billed_by != "kubernetes" or cost.driver is None or len(used.peaks) < FEWEST_RUNS:
        return None
    peak, asked = Decimal(max(used.peaks)) / _GB, cost.driver.memory_gb
    enough = Decimal(math.ceil(peak * ROOM))
    if enough >= asked:
        return None
    spent = sum((line.dollars for line in used.lines if line.item == "driver memory"), Decimal(0))
    because = (
        f"its processes needed {peak:.1f} of {asked:g} GB at most, in {len(used.peaks)} runs; a quarter more is room"
    )
    setting = "driver.memory and driver.memoryOverhead of the chart, and cost.driver.memory_gb"
    saved = used.a_month(spent * (asked - enough) / asked)
    return Advice(f"give the driver {enough:g} GB", saved, setting, because)


def older_landing(sizes: Mapping[str, int], today: date, prices: Prices) -> Advice | None:
    """Landed files older than sixty days, by their folders' days, in S3 Standard-IA."""
    since = f"dt={today - timedelta(days=OLD_DAYS)}"
    old = [
        size
        for name, size in sizes.items()
        if size >= LEAST_INFREQUENT and any("dt=" < part < since for part in name.split("/") if part.startswith("dt="))
    ]
    saved = Decimal(sum(old)) / _GB * (prices.s3.standard_gb_month - prices.s3.infrequent_gb_month)
    if not old or saved < Decimal("0.01"):
        return None
    because = (
        f"{len(old):,} landed files of {sum(old) / _GB:,.1f} GB are older than {OLD_DAYS} days; nothing reads them "
        "but a rebuild, which then pays for each GB it takes back. Smaller files than 128 KB stay as they are"
    )
    setting = f"a lifecycle rule of the landing bucket: STANDARD_IA after {OLD_DAYS} days"
    return Advice("keep old landing in S3 Standard-IA", saved.quantize(Decimal("0.0001")), setting, because)


def packed_files(sizes: Mapping[str, int], prices: Prices) -> Advice | None:
    """Tables of many small files: what reading each once a night costs more than if they were packed."""
    tables: dict[str, list[int]] = {}
    for name, size in sizes.items():
        layer, _, rest = name.partition("/")
        if layer in ("bronze", "silver", "gold") and name.endswith(".parquet"):
            tables.setdefault(f"{layer}.{rest.partition('/')[0]}", []).append(size)
    small = {
        table: files
        for table, files in tables.items()
        if len(files) >= MANY_FILES and sum(files) / len(files) < SMALL_FILE
    }
    if not small:
        return None
    files = sum(len(found) for found in small.values())
    fewer = files - sum(max(1, sum(found) // SMALL_FILE) for found in small.values())
    saved = Decimal(fewer * MONTH_DAYS) / 1000 * prices.s3.reads_per_1000
    worst = max(small, key=lambda table: len(small[table]))
    because = (
        f"{files:,} files of less than 1 MB on average in {len(small)} tables, most in {worst} "
        f"({len(small[worst]):,}); each read once a night is so many requests, and seconds of the run "
        "that are not counted here"
    )
    return Advice("pack small files", saved.quantize(Decimal("0.0001")), "maintenance, once a week", because)
