"""One more day: behind 10, 100 and 660 days of a large shop, and a small shop's night behind 60.

    .venv/bin/python -m benchmarks.night LANDING [--day D] [--histories 10,100,660] [--repeat 3] [--work DIR]
    .venv/bin/python -m benchmarks.night --small [--refunds] [--repeat 3]

Each night is a process of its own from the same state, measured with all its children. Prints medians and the ratio to
the shortest history; nothing is asserted. With --refunds the small shop's night is run without the refunds of its day,
too, the two in turn: machines grow slower and faster within minutes.
"""

from __future__ import annotations

import argparse
import gzip
import shutil
import statistics
import sys
import tempfile
from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path

from benchmarks.measure import Cost, measure
from spark_app.shops.demo import generate
from spark_app.shops.demo_rows import COLUMNS

SMALL_START, SMALL_DAYS, SMALL_ORDERS = date(2025, 1, 1), 60, 44


def nights(landings: Sequence[Path], work: Path, history: int, day: date, repeat: int) -> list[list[Cost]]:
    """Build the history up to the day before, then the day, `repeat` times from that state; for each landing."""
    base = work / f"history-{history}"
    base.mkdir()
    _land(base, landings[0])
    _run(base, day - timedelta(days=history), day - timedelta(days=1))
    found: list[list[Cost]] = [[] for _ in landings]
    for _ in range(repeat):
        for landing, costs in zip(landings, found, strict=True):
            home = work / "night"
            shutil.copytree(base, home, symlinks=True)
            _land(home, landing)
            costs.append(_run(home, day, day))
            shutil.rmtree(home)
    shutil.rmtree(base)
    return found


def small_shop(work: Path) -> tuple[Path, Path, date]:
    """The demo shop's landing, the same without the refunds of its last day, and that day: one that has some."""
    days = SMALL_DAYS + 7
    landing, without = work / "landing", work / "landing-without"
    generate(str(landing), SMALL_START, days, orders_per_day=SMALL_ORDERS)
    later = (SMALL_START + timedelta(days=number) for number in range(SMALL_DAYS, days))
    day = max(later, key=lambda one: sum(len(_rows(path)) for path in (landing / "refunds" / f"dt={one}").iterdir()))
    shutil.copytree(landing, without)
    dropped = without / "refunds" / f"dt={day}"
    print(f"{sum(len(_rows(path)) for path in dropped.iterdir())} refunds landed on {day}")
    for path in dropped.iterdir():
        path.unlink()
    (dropped / "refunds.csv").write_text(",".join(COLUMNS["refunds"]) + "\n")
    return landing, without, day


def _rows(path: Path) -> list[str]:
    opened = gzip.open if path.suffix == ".gz" else open
    with opened(path, "rt", encoding="utf-8-sig") as file:
        return [line for line in file if line.strip()][1:]


def _land(home: Path, landing: Path) -> None:
    (home / "landing").unlink(missing_ok=True)
    (home / "landing").symlink_to(landing.resolve())


def _run(home: Path, first: date, last: date) -> Cost:
    days = ["--date", str(last)] if first == last else ["--from", str(first), "--to", str(last)]
    cost = measure([sys.executable, "-m", "spark_app.cli", "run", "--home", str(home), *days], output=home / "run.out")
    if cost.exit_code:
        raise SystemExit((home / "run.out").read_text()[-2000:])
    return cost


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("landing", type=Path, nargs="?")
    parser.add_argument("--small", action="store_true", help="the demo shop, 44 orders a day")
    parser.add_argument("--refunds", action="store_true", help="with --small: the same day without its refunds, too")
    parser.add_argument("--day", type=date.fromisoformat, help="the day more; by default the last that landed")
    parser.add_argument("--histories", default=(10, 100, 660), type=lambda text: tuple(map(int, text.split(","))))
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--work", type=Path, help="folder to work in; a temporary one by default")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=asked.work) as folder:
        work = Path(folder)
        if asked.small:
            landing, without, day = small_shop(work)
            landings = [landing, without] if asked.refunds else [landing]
            costs, *plain = nights(landings, work, SMALL_DAYS, day, asked.repeat)
            first = _told(f"{day} behind {SMALL_DAYS} days", costs, None)
            for one in plain:
                _told(f"{day} without its refunds", one, first)
            return
        day = asked.day or max(date.fromisoformat(path.name[3:]) for path in asked.landing.glob("orders/dt=*"))
        shortest: float | None = None
        for history in asked.histories:
            (costs,) = nights([asked.landing], work, history, day, asked.repeat)
            shortest = _told(f"{day} behind {history:3} days", costs, shortest)


def _told(what: str, costs: list[Cost], first: float | None) -> float:
    """Print the medians, and the CPU against `first`, which is returned (else this one's)."""
    wall, cpu = (statistics.median(getattr(cost, part) for cost in costs) for part in ("wall", "cpu"))
    peak = max(cost.peak for cost in costs) / 1e9
    ratio = cpu / (first or cpu)
    print(f"{what}: {wall:.1f} s wall, {cpu:.1f} s CPU ({ratio:.2f}), {peak:.1f} GB; median of {len(costs)}")
    return first or cpu


if __name__ == "__main__":
    main()
