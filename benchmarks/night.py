"""One more day: behind 10, 100 and 660 days of a large shop, and a small shop's night behind 60.

    .venv/bin/python -m benchmarks.night LANDING [--day D] [--histories 10,100,660] [--repeat 3] [--work DIR]
    .venv/bin/python -m benchmarks.night --small [--refunds] [--repeat 3]

Each night is a process of its own from the same state, measured with all its children. Prints medians and the ratio to
the shortest history; nothing is asserted. With --refunds the small shop's night is run without the refunds of its day,
too.
"""

from __future__ import annotations

import argparse
import shutil
import statistics
import sys
import tempfile
from datetime import date, timedelta
from pathlib import Path

from benchmarks.measure import Cost, measure
from spark_app.shops.demo import generate
from spark_app.shops.demo_rows import COLUMNS

SMALL_START, SMALL_DAYS = date(2025, 1, 1), 60


def nights(landing: Path, work: Path, history: int, day: date, repeat: int) -> list[Cost]:
    """Build the history up to the day before, then the day, `repeat` times from that state."""
    base = work / f"history-{history}"
    base.mkdir()
    (base / "landing").symlink_to(landing.resolve())
    _run(base, day - timedelta(days=history), day - timedelta(days=1))
    found = []
    for number in range(repeat):
        home = work / f"night-{history}-{number}"
        shutil.copytree(base, home, symlinks=True)
        found.append(_run(home, day, day))
        shutil.rmtree(home)
    shutil.rmtree(base)
    return found


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
        work, landing, histories = Path(folder), asked.landing, asked.histories
        if asked.small:
            generate(f"{folder}/landing", SMALL_START, SMALL_DAYS + 1, orders_per_day=44)
            landing, histories = work / "landing", (SMALL_DAYS,)
        day = asked.day or max(date.fromisoformat(path.name[3:]) for path in landing.glob("orders/dt=*"))
        shortest: float | None = None
        for history in histories:
            costs = nights(landing, work, history, day, asked.repeat)
            shortest = _told(f"{day} behind {history:3} days", costs, shortest)
        if asked.small and asked.refunds:
            _without_rows(landing / "refunds" / f"dt={day}")
            _told(f"{day} without its refunds", nights(landing, work, SMALL_DAYS, day, asked.repeat), shortest)


def _told(what: str, costs: list[Cost], first: float | None) -> float:
    """Print the medians, and the CPU against `first`, which is returned (else this one's)."""
    wall, cpu = (statistics.median(getattr(cost, part) for cost in costs) for part in ("wall", "cpu"))
    peak = max(cost.peak for cost in costs) / 1e9
    ratio = cpu / (first or cpu)
    print(f"{what}: {wall:.1f} s wall, {cpu:.1f} s CPU ({ratio:.2f}), {peak:.1f} GB; median of {len(costs)}")
    return first or cpu


def _without_rows(folder: Path) -> None:
    """Leave of a day's drop one file with a header."""
    for path in folder.iterdir():
        path.unlink()
    (folder / f"{folder.parent.name}.csv").write_text(",".join(COLUMNS[folder.parent.name]) + "\n")


if __name__ == "__main__":
    main()
