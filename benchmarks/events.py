"""Today's figures from a real Kafka: from an event that is sent to the release, warehouse and page that show it.

    PYTHONPATH=.:docker/stack .venv/bin/python -m benchmarks.events [--rates 1,10,100,1200] [--minutes 5,5,5,20]
    PYTHONPATH=.:docker/stack .venv/bin/python -m benchmarks.events --land 120000

A made-up shop of 60 days, released by a night; a broker, and a watch that looks every so many seconds; then so many
orders a minute, each an event of the order, of its line and of its payment, evenly spread, at one rate after the other.
An order's seconds are from when its events were handed to Kafka's producer until the batch had ended that has it in
gold: by then it is audited, released, loaded and on the page. Prints percentiles, what batches take at the beginning
and at the end of a rate, and the memory of the watch. With --land: how many events a second land, and nothing more.
"""

from __future__ import annotations

import argparse
import json
import queue
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pyarrow.compute as pc
import yaml
from broker import Producer, produce, running_broker, running_producer

from benchmarks.measure import memory_of
from benchmarks.stream import history, percentiles, rows_of_orders
from spark_app.lake import log
from spark_app.lake.kafka import land_events
from spark_app.lake.paths import Landing, Table
from spark_app.runs.opening import open_context
from spark_app.runs.request import RunRequest
from spark_app.runtime.record import RunRecord
from spark_app.runtime.session import session
from spark_app.runtime.settings import KafkaSettings, conf_dir, load_settings

DATASETS = ("orders", "order_items", "payments")
TOPICS = {f"shop.{dataset}": dataset for dataset in DATASETS}
PATIENCE = 600.0  # seconds after the last event in which the last order has to come


@dataclass(frozen=True)
class Batch:
    """Seconds of a batch, when it had ended, and the bytes of memory that the watch then had."""

    seconds: float
    ended: float
    memory: int


class Shop:
    """Sells, evenly, until it has sold for so long; `sent`: of each order when its events were handed over."""

    def __init__(self, producers: Mapping[str, Producer], prefix: str, per_minute: float, minutes: float) -> None:
        self.sent: dict[str, float] = {}
        self._producers, self._prefix, self._pause, self._minutes = producers, prefix, 60 / per_minute, minutes
        self._thread = threading.Thread(target=self._sell, daemon=True)
        self._thread.start()

    def _sell(self) -> None:
        begun, number = time.monotonic(), 0
        while (due := number * self._pause) < self._minutes * 60:
            time.sleep(max(0.0, begun + due - time.monotonic()))
            order = f"{self._prefix}-{number}"
            for dataset, rows in rows_of_orders([order], datetime.now(UTC)).items():
                self._producers[dataset].send([json.dumps(row) for row in rows])
            self.sent[order], number = time.monotonic(), number + 1

    @property
    def is_open(self) -> bool:
        """Whether it still sells."""
        return self._thread.is_alive()


@contextmanager
def watching(home: Path, conf: Path, every: int) -> Iterator[queue.Queue[Batch]]:
    """A watch, and its batches as they end."""
    words = [sys.executable, "-m", "spark_app.cli", "watch", "--home", str(home), "--every", f"{every}s", "--json"]
    process = subprocess.Popen(
        ["env", f"LAKEHOUSE_CONF={conf}", *words], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    )
    found: queue.Queue[Batch] = queue.Queue()

    def read() -> None:
        assert process.stdout is not None
        for line in process.stdout:
            said = json.loads(line)
            if said["exit_code"]:
                print(line, flush=True)
            found.put(Batch(said["seconds"], time.monotonic(), memory_of(process.pid)))

    threading.Thread(target=read, daemon=True).start()
    try:
        yield found
    finally:
        process.terminate()
        process.wait()


def sell(shop: Shop, batches: queue.Queue[Batch], orders: Table) -> tuple[list[float], list[Batch]]:
    """Follow a shop until all it has sold is in gold: each order's seconds, and the batches."""
    latencies: dict[str, float] = {}
    made: list[Batch] = []
    until: float | None = None
    while shop.is_open or len(latencies) < len(shop.sent):
        if not shop.is_open:
            until = until or time.monotonic() + PATIENCE
            if time.monotonic() > until:
                raise SystemExit(f"{len(shop.sent) - len(latencies)} of {len(shop.sent)} orders never came")
        try:
            batch = batches.get(timeout=1)
        except queue.Empty:
            continue
        made.append(batch)
        for order in _in_gold(orders) & set(shop.sent) - set(latencies):
            latencies[order] = batch.ended - shop.sent[order]
    return sorted(latencies.values()), made


def _in_gold(orders: Table) -> set[str]:
    opened = log.open_table(orders)
    assert opened is not None
    today = pc.field("order_date") == datetime.now(UTC).date()
    return set(opened.to_pyarrow_dataset().to_table(columns=["order_id"], filter=today)["order_id"].to_pylist())


def landed_a_second(servers: str, landing: Path, count: int) -> tuple[float, float]:
    """Events a second, as they are sent in bulk and as they are landed in a session that has landed before."""
    source = KafkaSettings(servers=servers, topics=TOPICS)
    spark = session(load_settings("local").model_copy(update={"kafka": source}))
    for dataset, rows in rows_of_orders(["warm"], datetime.now(UTC)).items():
        produce(servers, f"shop.{dataset}", [json.dumps(row) for row in rows])
    land_events(spark, source, Landing(str(landing)), "UTC")
    events = rows_of_orders([f"K{number}" for number in range(count // len(DATASETS))], datetime.now(UTC))
    begun = time.monotonic()
    for dataset, rows in events.items():
        produce(servers, f"shop.{dataset}", [json.dumps(row) for row in rows])
    sent = time.monotonic()
    landed = land_events(spark, source, Landing(str(landing)), "UTC").events
    return count / (sent - begun), landed / (time.monotonic() - sent)


def _settings(folder: Path, servers: str) -> Path:
    shutil.copytree(conf_dir(), folder)
    local = yaml.safe_load((folder / "local.yaml").read_text())
    local |= {"watch": {"night": None}, "kafka": {"servers": servers, "topics": TOPICS}}
    (folder / "local.yaml").write_text(yaml.safe_dump(local))
    return folder


def _told(rate: float, latencies: Sequence[float], made: Sequence[Batch]) -> str:
    tenth = max(1, len(made) // 10)
    first, last = (statistics.mean(one.seconds for one in part) for part in (made[:tenth], made[-tenth:]))
    memory = f"{made[0].memory / 1e9:.1f} GB, then {made[-1].memory / 1e9:.1f} GB"
    return (
        f"{rate:g} orders a minute, {len(latencies)} orders: {percentiles(latencies)}; {len(made)} batches, "
        f"{statistics.median(one.seconds for one in made):.1f} s each, first {first:.1f} s, last {last:.1f} s; {memory}"
    )


def _numbers(text: str) -> tuple[float, ...]:
    return tuple(map(float, text.split(",")))


def main() -> None:
    """Print a line a rate."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rates", default=(1.0, 10.0, 100.0, 1200.0), type=_numbers, help="orders a minute")
    parser.add_argument("--minutes", default=(5.0, 5.0, 5.0, 20.0), type=_numbers, help="of each rate")
    parser.add_argument("--history", type=int, default=60, help="days of 44 orders before today")
    parser.add_argument("--every", type=int, default=30, help="seconds from look to look")
    parser.add_argument("--land", type=int, help="only land so many events")
    asked = parser.parse_args()
    with (
        tempfile.TemporaryDirectory() as folder,
        running_broker(Path(folder) / "kafka") as broker,
        ExitStack() as stack,
    ):
        home = Path(folder) / "home"
        if asked.land:
            sent, landed = landed_a_second(broker.servers, home / "landing", asked.land)
            print(f"{asked.land} events: {sent:,.0f} a second sent, {landed:,.0f} a second landed")
            return
        history(home, asked.history)
        conf = _settings(Path(folder) / "conf", broker.servers)
        orders = open_context(RunRequest("local", home=str(home)), RunRecord("watch")).table("gold.fact_orders")
        producers = {name: stack.enter_context(running_producer(broker.servers, f"shop.{name}")) for name in DATASETS}
        batches = stack.enter_context(watching(home, conf, asked.every))
        Shop(producers, "WARM", 60, 1 / 60)
        batches.get(timeout=PATIENCE)
        for rate, minutes in zip(asked.rates, asked.minutes, strict=True):
            shop = Shop(producers, f"R{rate:g}", rate, minutes)
            print(_told(rate, *sell(shop, batches, orders)), flush=True)


if __name__ == "__main__":
    main()
