"""Whatever goes wrong, and however often: after a quiet run the lake and the warehouse are as if nothing had.

make test-chaos                       # 20 minutes
CHAOS_RUNS=1000 make test-chaos       # as many disturbed runs, overnight
CHAOS_SEED=7 make test-chaos          # the same days and disturbances again
CHAOS_SEED=7 CHAOS_LIFE=12 …          # beginning with the twelfth lake, as a difference names it: life-7-12
"""

from __future__ import annotations

import os
import random
import sys
import time
from pathlib import Path

import pytest

from spark_app.lake.objects import put_file
from tests.chaos.days import land
from tests.chaos.story import Life, Tally, undisturbed
from tests.chaos.world import BUCKET, Machine, world

pytestmark = pytest.mark.chaos
MINUTES = float(os.environ.get("CHAOS_MINUTES", "20"))
RUNS = int(os.environ.get("CHAOS_RUNS", "0"))
AWAY = 60.0  # seconds that a store is away for at the longest


def say(line: str) -> None:
    sys.__stdout__.write(f"{time.strftime('%H:%M:%S')} {line}\n")
    sys.__stdout__.flush()


def test_chaos(tmp_path: Path) -> None:
    seed = int(os.environ.get("CHAOS_SEED") or random.randrange(10**6))
    say(f"CHAOS_SEED={seed}")
    begun, tally, machines = time.monotonic(), Tally(say), dict[int, Machine]()

    def more() -> bool:
        return tally.runs < RUNS if RUNS else time.monotonic() - begun < MINUTES * 60

    with world(tmp_path) as stage:

        def machine(number: int) -> Machine:
            return machines.get(number) or machines.setdefault(number, stage.machine(str(number)))

        try:
            land(tmp_path / "landing", seed)
            for path in sorted((tmp_path / "landing").rglob("*.csv")):
                put_file(path, f"s3a://{BUCKET}/landing/{path.relative_to(tmp_path / 'landing')}", stage.s3)
            truth = undisturbed(stage, machine(0), tmp_path)
            say(f"undisturbed: {len(truth.points)} kinds of commits, a day in {truth.seconds:.0f} s")
            number = int(os.environ.get("CHAOS_LIFE") or 0)
            while more():
                Life(stage, machine, truth, tally, f"{seed}-{number}", AWAY, more).live()
                number += 1
        finally:
            for one in machines.values():
                one.end()
            _sum_up(tally, seed, (time.monotonic() - begun) / 60)
    assert not tally.differences, "\n".join(tally.differences)


def _sum_up(tally: Tally, seed: int, minutes: float) -> None:
    say(f"{tally.runs} disturbed runs of {tally.lives} lakes in {minutes:.0f} minutes, seed {seed}")
    say(f"runs: {dict(tally.kinds)}")
    say(f"faults: {dict(tally.faults)}")
    say(f"{tally.looked} looks of a reader; {len(tally.differences)} differences")
