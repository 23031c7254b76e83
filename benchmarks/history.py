"""What a day costs: a full build, then one more day behind 10, 100 and 500 days of history.

    .venv/bin/python -m benchmarks.history [--days 600] [--orders-per-day 100] [--repeat 3] [--histories 10,100,500]

Each figure is a process of its own, as the nightly run is one. CPU seconds are those of the process and its Spark;
on a shared machine compare them rather than wall time. Prints a table; nothing is asserted.
"""

from __future__ import annotations

import argparse
import ctypes
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from spark_app.shops.demo import generate

START = date(2023, 1, 1)
HISTORIES = (10, 100, 500)
ROOT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True)
class Timing:
    """One process: wall and CPU seconds (user and system, children included)."""

    wall: float
    cpu: float


def run(home: Path, first: date, last: date) -> Timing:
    """`lakehouse run` over the days, in a process of its own."""
    command = [sys.executable, "-m", "spark_app.cli", "run", "--home", str(home), "--json"]
    command += ["--date", str(first)] if first == last else ["--from", str(first), "--to", str(last)]
    before, begun = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    subprocess.run(
        command, cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)}, check=True, stdout=subprocess.DEVNULL
    )
    _reap()
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = (after.ru_utime - before.ru_utime) + (after.ru_stime - before.ru_stime)
    return Timing(time.monotonic() - begun, cpu)


def _adopt() -> None:
    """Have Spark's Java, which outlives the Python that started it, handed to this process to be counted (Linux)."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(36, 1, 0, 0, 0)  # PR_SET_CHILD_SUBREAPER


def _reap() -> None:
    """Wait for what was handed over."""
    while True:
        try:
            os.waitpid(-1, 0)
        except ChildProcessError:
            return


def one_more_day(work: Path, landing: Path, history: int, day: date, repeat: int) -> list[Timing]:
    """Build `history` days that end on one and the same date, then time the day after, each time from that state."""
    base = work / f"history-{history}"
    (base / "landing").parent.mkdir(parents=True)
    _copy_days(landing, base / "landing", day - timedelta(days=history), day)
    run(base, day - timedelta(days=history), day - timedelta(days=1))
    timings = []
    for number in range(repeat):
        home = work / f"run-{history}-{number}"
        shutil.copytree(base, home)
        timings.append(run(home, day, day))
        shutil.rmtree(home)
    return timings


def _copy_days(landing: Path, into: Path, first: date, last: date) -> None:
    for folder in landing.glob("*/dt=*"):
        if first <= date.fromisoformat(folder.name[3:]) <= last:
            shutil.copytree(folder, into / folder.parent.name / folder.name)


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--days", type=int, default=600)
    parser.add_argument("--orders-per-day", type=int, default=100)
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--histories", default=HISTORIES, type=lambda text: tuple(map(int, text.split(","))))
    parser.add_argument("--work", type=Path, help="folder to work in; a temporary one by default")
    asked = parser.parse_args()
    _adopt()
    with tempfile.TemporaryDirectory(dir=asked.work) as folder:
        work = Path(folder)
        made = generate(str(work / "all" / "landing"), START, asked.days, orders_per_day=asked.orders_per_day)
        print(f"{made.days} days, {sum(made.rows.values()):,} rows in {made.files:,} files")
        full = run(work / "all", START, START + timedelta(days=asked.days - 1))
        print(f"full build of {asked.days} days: {full.wall:.1f} s wall, {full.cpu:.1f} s CPU")
        medians: dict[int, tuple[float, float]] = {}
        day = START + timedelta(days=max(asked.histories))
        for history in asked.histories:
            timings = one_more_day(work, work / "all" / "landing", history, day, asked.repeat)
            wall, cpu = (statistics.median(getattr(t, part) for t in timings) for part in ("wall", "cpu"))
            medians[history] = (wall, cpu)
            first = medians[asked.histories[0]]
            print(
                f"one more day behind {history:3} days: {wall:.1f} s wall ({wall / first[0]:.2f}), "
                f"{cpu:.1f} s CPU ({cpu / first[1]:.2f}); median of {asked.repeat}"
            )


if __name__ == "__main__":
    main()
