"""A running day: from a file that lands to the release that shows it, and what a look that finds nothing takes.

    .venv/bin/python -m benchmarks.stream [--orders 10] [--pause 15] [--minutes 10] [--history 60] [--every 1]

A made-up shop of so many days of history, released by a night; then a watch, and so many orders (with lines and
payments) that land together, again and again, some seconds after the last were released. Prints percentiles of the
seconds from landed to released, those of a batch at the beginning and at the end, and of a look that finds nothing;
nothing is asserted.
"""

from __future__ import annotations

import argparse
import csv
import io
import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from spark_app.runs.opening import open_context
from spark_app.runs.request import RunRequest
from spark_app.runs.seeing import Memory, see
from spark_app.runtime.record import RunRecord
from spark_app.shops.demo import generate

LOOKS = 20


@dataclass(frozen=True)
class Batch:
    """Seconds of the run itself, and from when its files had landed until its release was told."""

    seconds: float
    latency: float


def batches(home: Path, orders: int, pause: float, minutes: float, every: int) -> Iterator[Batch]:
    """Land and wait for the release, until the time is over; the first is what the watch began with."""
    words = [sys.executable, "-m", "spark_app.cli", "watch", "--home", str(home), "--every", f"{every}s", "--json"]
    process = subprocess.Popen(words, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    until, number = time.monotonic() + minutes * 60, 0
    process.stdout.readline()  # it went on with what was there, so the session is warm
    try:
        while time.monotonic() < until:
            _land(home / "landing", orders, number)
            landed, number = time.monotonic(), number + 1
            said = json.loads(process.stdout.readline())
            if said["exit_code"] or not said["release_id"]:
                raise SystemExit(said)
            yield Batch(said["seconds"], time.monotonic() - landed)
            time.sleep(pause)
    finally:
        process.terminate()
        process.wait()


def looks(home: Path) -> list[float]:
    """Seconds of looks that find nothing, but for the first, which reads the ledger."""
    context, memory = open_context(RunRequest("local", home=str(home)), RunRecord("watch")), Memory()
    found = []
    for _ in range(LOOKS + 1):
        begun = time.monotonic()
        see(context, memory)
        found.append(time.monotonic() - begun)
    return found[1:]


def history(home: Path, days: int) -> None:
    """Release so many days of 44 orders, up to yesterday."""
    yesterday = datetime.now(UTC).date() - timedelta(days=1)
    first = yesterday - timedelta(days=days - 1)
    generate(str(home / "landing"), first, days, orders_per_day=44)
    night = [sys.executable, "-m", "spark_app.cli", "run", "--home", str(home), "--from", str(first)]
    subprocess.run([*night, "--to", str(yesterday)], check=True, stdout=subprocess.DEVNULL)


def rows_of_orders(ids: Sequence[str], now: datetime) -> Mapping[str, Sequence[Mapping[str, object]]]:
    """Of each dataset the rows of these orders, placed and paid now."""
    at = f"{now:%Y-%m-%d %H:%M:%S}"
    return {
        "orders": [
            {"order_id": one, "customer_id": "C000001", "status": "created", "purchased_at": at, "updated_at": at}
            for one in ids
        ],
        "order_items": [
            {"order_id": one, "item_number": 1, "product_id": "P0001", "unit_price": "9.90", "updated_at": at}
            for one in ids
        ],
        "payments": [
            {"order_id": one, "payment_sequence": 1, "method": "paypal", "status": "paid", "amount": "9.90"}
            | {"paid_at": at, "updated_at": at}
            for one in ids
        ],
    }


def _land(landing: Path, orders: int, number: int) -> None:
    now = datetime.now(UTC)
    rows = rows_of_orders([f"L{number}-{n}" for n in range(orders)], now)
    for dataset, listed in rows.items():
        text = io.StringIO()
        writer = csv.DictWriter(text, list(listed[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(listed)
        place = landing / dataset / f"dt={now:%Y-%m-%d}" / f"{number:06}.csv"
        place.parent.mkdir(parents=True, exist_ok=True)
        part = place.with_name(f".{place.name}.part")
        part.write_text(text.getvalue())
        part.rename(place)


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--orders", type=int, default=10)
    parser.add_argument("--pause", type=float, default=15.0, help="seconds from a release to the next orders")
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument("--history", type=int, default=60, help="days of 44 orders before today")
    parser.add_argument("--every", type=int, default=1, help="seconds from look to look")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        history(home, asked.history)
        found = list(batches(home, asked.orders, asked.pause, asked.minutes, asked.every))
        seconds, latencies = [one.seconds for one in found], sorted(one.latency for one in found)
        tenth = max(1, len(found) // 10)
        print(f"{len(found)} batches of {asked.orders} orders behind {asked.history} days, a look each {asked.every} s")
        print(f"landed to released: {percentiles(latencies)}")
        print(
            f"a batch: {statistics.median(seconds):.1f} s; first tenth {statistics.mean(seconds[:tenth]):.1f} s, "
            f"last tenth {statistics.mean(seconds[-tenth:]):.1f} s"
        )
        print(f"a look that finds nothing: {percentiles(sorted(looks(home)))}")


def percentiles(values: Sequence[float]) -> str:
    """Of sorted seconds the median and the two that matter."""
    at = {share: values[min(len(values) - 1, int(len(values) * share / 100))] for share in (50, 95, 99)}
    return ", ".join(f"p{share} {value:.2f} s" for share, value in at.items())


if __name__ == "__main__":
    main()
