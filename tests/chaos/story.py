"""One lake's life under disturbance: each day is run again and again while something goes wrong, then once in quiet."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from fault_proxy import healthy

from spark_app.lake import releases
from spark_app.lake.paths import Lake
from tests.chaos import states
from tests.chaos.days import DAYS
from tests.chaos.reader import Reader
from tests.chaos.weather import Weather, any_weather
from tests.chaos.world import ENVIRONMENT, PROJECT, Driver, Machine, World, python_path

STUCK = 900.0  # seconds after which a run is not slow but hangs
HARMLESS = (None, 0, 1)  # exit codes that a fault may lead to; settings, landing and audit are all in order
WAREHOUSE = ("cut-before-commit", "cut-after-commit", "disk-full")


@dataclass(frozen=True)
class Truth:
    """What an undisturbed lake held after each day, and in the end; `points`: the failpoints its runs passed."""

    after: tuple[str, ...]
    gold: states.Tables
    silver: states.Tables
    proof: set[tuple[Any, ...]]
    held: states.Rows
    released: list[tuple[Any, ...]]
    points: tuple[str, ...]
    seconds: float


@dataclass
class Tally:
    """What was seen, over all lives."""

    say: Callable[[str], None]
    runs: int = 0
    lives: int = 0
    looked: int = 0
    kinds: Counter[str] = field(default_factory=Counter)
    faults: Counter[str] = field(default_factory=Counter)
    differences: list[str] = field(default_factory=list)

    def differs(self, where: str, what: str) -> None:
        self.differences.append(f"{where}: {what}")
        self.say(f"DIFFERENCE {where}: {what}")


@dataclass
class Life:
    """`seed` decides all that is done to it but for the moments that real time decides."""

    world: World
    machines: Callable[[int], Machine]
    truth: Truth
    tally: Tally
    seed: str
    longest_away: float
    more: Callable[[], bool]

    def live(self) -> None:
        """From the first day's lake (or none) to the last day, and then compare."""
        self.dice, self.name = random.Random(self.seed), f"life-{self.seed}"
        self.conf, self.both = self.world.conf(self.name), False
        self.world.empty_warehouse()
        first = 0 if self.dice.random() < 0.15 else 1
        if first:
            self.world.copy("after-0", self.name)
        lake = self.world.lake(self.name)
        with Reader(lake, self.world.reader, self.truth.after) as reader:
            for number in range(first, len(DAYS)):
                for _ in range(self.dice.randrange(4, 9)):
                    if self.more():
                        self._disturbed(DAYS[number])
                self._quiet(DAYS[number])
        self.tally.lives += 1
        self.tally.looked += reader.looked
        for what in [*reader.wrong, *self._differences(lake)]:
            self.tally.differs(self.name, what)

    def _disturbed(self, day: date) -> None:
        kinds: dict[Callable[[date], str], int] = {
            self._failpoint: 34,
            self._killed: 30,
            self._bad_weather: 14,
            self._bad_warehouse: 6,
            self._clock: 4,
            self._two: 6,
            self._frozen: 4,
            self._process: 2,
        }
        (what,) = self.dice.choices(list(kinds), list(kinds.values()))
        begun = time.monotonic()
        said = what(day)
        self.tally.runs += 1
        self.tally.kinds[what.__name__.strip("_")] += 1
        self.world.house.faults.armed.clear()
        self.world.proxy.plan = healthy
        left = self.machines(0).settle()
        self.tally.say(
            f"{self.tally.runs} {self.name} {day} {said}; {time.monotonic() - begun:.0f} s ({left} s to settle)"
        )

    def _failpoint(self, day: date) -> str:
        point = f"{self.dice.choice(self.truth.points)}:{self.dice.choice(('before', 'after'))}"
        weather = self._perhaps_weather()
        code = self._ended(self.machines(0).begin(day, day, conf=self.conf, failpoint=point), weather)
        self.tally.faults["failpoint"] += code == 137
        return f"failpoint {point}: {code}{self._met(weather)}"

    def _killed(self, day: date) -> str:
        moment = self.dice.uniform(0.2, self.truth.seconds)
        weather = self._perhaps_weather()
        driver = self.machines(0).begin(day, day, conf=self.conf)
        if not driver.ended.wait(moment):
            driver.signal(signal.SIGKILL)
            self.tally.faults["SIGKILL"] += 1
        return f"SIGKILL after {moment:.1f} s: {self._ended(driver, weather)}{self._met(weather)}"

    def _bad_weather(self, day: date) -> str:
        weather = self._weather()
        code = self._ended(self.machines(0).begin(day, day, conf=self.conf), weather)
        return f"weather: {code}{self._met(weather)}"

    def _bad_warehouse(self, day: date) -> str:
        kind, count = self.dice.choice(WAREHOUSE), self.dice.randrange(1, 4)
        for _ in range(count):
            self.world.house.faults.arm(kind)
        before = self.world.house.faults.struck
        code = self._ended(self.machines(0).begin(day, day, conf=self.conf), True)
        self.tally.faults[kind] += self.world.house.faults.struck - before
        return f"warehouse {kind} {count} times: {code}"

    def _clock(self, day: date) -> str:
        off = self.dice.choice((-600.0, -60.0, 60.0, 600.0))
        code = self._ended(self.machines(0).begin(day, day, conf=self.conf, clock=off), None)
        self.tally.faults["clock"] += 1
        return f"clock jumps by {off:.0f} s: {code}"

    def _two(self, day: date) -> str:
        """Two drivers at once, each in a Java of its own; perhaps one of them is killed."""
        self.both = True
        last = self.dice.choice((day, DAYS[-1]))
        one = self.machines(0).begin(day, day, conf=self.conf)
        one.ended.wait(self.dice.uniform(0, self.truth.seconds / 2))
        two = self.machines(1).begin(day, last, conf=self.conf, wait=self.dice.choice((0.0, 120.0)))
        if self.dice.random() < 0.5:
            victim = self.dice.choice((one, two))
            if not victim.ended.wait(self.dice.uniform(0, self.truth.seconds)):
                victim.signal(signal.SIGKILL)
                self.tally.faults["SIGKILL"] += 1
        codes = self._ended(one, True), self._ended(two, True)
        self.machines(1).settle()
        self.tally.faults["two drivers"] += 1
        return f"two drivers, to {day} and to {last}: {codes}"

    def _frozen(self, day: date) -> str:
        """A driver that hears nothing for a while, as on a lost node, while another takes its place; then it wakes."""
        self.both = True
        # Half of the time right where it has looked whether it may commit, and has not committed yet.
        point = f"{self.dice.choice(self.truth.points)}:stop" if self.dice.random() < 0.5 else ""
        one = self.machines(0).begin(day, day, conf=self.conf, failpoint=point)
        one.until_stopped(STUCK if point else self.dice.uniform(0.2, self.truth.seconds))
        one.signal(signal.SIGSTOP)
        two = self.machines(1).begin(day, DAYS[-1], conf=self.conf, wait=120.0)
        two.ended.wait(self.dice.uniform(0.2, 2 * self.truth.seconds))
        one.signal(signal.SIGCONT)
        codes = self._ended(one, True), self._ended(two, True)
        self.machines(1).settle()
        self.tally.faults["frozen driver"] += 1
        return f"a driver frozen {point or 'at any moment'}, another to {DAYS[-1]}: {codes}"

    def _process(self, day: date) -> str:
        """A process of its own, Java and all, killed whole."""
        words = [
            sys.executable,
            "-m",
            "spark_app.cli",
            "run",
            "--env",
            ENVIRONMENT,
            "--date",
            str(day),
            "--allow-missing",
        ]
        own = {**self.world.environment, "LAKEHOUSE_CONF": str(self.conf), "PYTHONPATH": python_path()}
        with (self.world.folder / "processes.log").open("ab") as log:
            process = subprocess.Popen(
                words, cwd=PROJECT, env={**os.environ, **own}, stdout=log, stderr=log, start_new_session=True
            )
        moment = self.dice.uniform(8, 60)
        try:
            process.wait(moment)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            self.tally.faults["SIGKILL of a process of its own"] += 1
        return f"a process of its own, SIGKILL after {moment:.0f} s: {process.wait()}"

    def _perhaps_weather(self) -> Weather | None:
        return self._weather() if self.dice.random() < 0.3 else None

    def _weather(self) -> Weather:
        weather = any_weather(self.dice, self.longest_away)
        self.world.proxy.plan = weather.plan
        return weather

    def _met(self, weather: Weather | None) -> str:
        if weather is None:
            return ""
        self.tally.faults.update(weather.struck)
        return f", met {dict(weather.struck)}"

    def _ended(self, driver: Driver, troubled: object) -> int | None:
        """How a driver ended: its exit code, or the signal it died of. `troubled`: it may have failed for it."""
        if not driver.ended.wait(STUCK):
            driver.signal(signal.SIGKILL)
            driver.ended.wait(60)
            self.tally.differs(self.name, f"a run hung for {STUCK:.0f} s and was killed: {driver.log}")
            return None
        told = driver.told()
        code = told.get("exit_code")
        if code not in HARMLESS or (code == 1 and not troubled):
            self.tally.differs(self.name, f"a run ended with exit code {code}: {told.get('message')}")
        if not told and driver.codes[0] not in (-signal.SIGKILL, 137):
            self.tally.differs(self.name, f"a run ended with {driver.codes[0]} and without a word: {driver.log}")
        return driver.codes[0] if code is None else code

    def _quiet(self, day: date) -> None:
        begun = time.monotonic()
        driver = self.machines(0).begin(day, day, conf=self.conf)
        code = self._ended(driver, None)
        if code:
            self.tally.differs(self.name, f"the quiet run of {day} ended with {code}: {driver.told().get('message')}")
        self.tally.say(f"- {self.name} {day} quiet: {code}; {time.monotonic() - begun:.0f} s")

    def _differences(self, lake: Lake) -> list[str]:
        truth = self.truth
        found = states.differing(states.gold(lake), truth.gold) + states.differing(states.silver(lake), truth.silver)
        with self.world.reader() as connection:
            shown = states.of_warehouse(connection)
        found += [f"warehouse, {line}" for line in states.differing(shown[1] if shown else {}, truth.gold)]
        if (proof := states.proof(lake)) != truth.proof:
            found.append(f"reconciliation: {sorted(proof ^ truth.proof, key=str)[:4]}")
        if (held := states.held(lake)) != truth.held:
            found.append(f"ledger and bronze: {[row for row in held if row not in truth.held][:4]}")
        numbers = states.released(lake)
        if [one[0] for one in numbers] != list(range(1, len(numbers) + 1)):
            found.append(f"releases are not numbered one after the other: {numbers}")
        if not self.both and numbers != truth.released:
            found.append(f"releases: {numbers}, expected {truth.released}")
        return found


def undisturbed(world: World, machine: Machine, folder: Path) -> Truth:
    """Run each day once in quiet; the lake after the first day is kept as `after-0`."""
    conf, trace = world.conf("truth", warehouse="none"), folder / "points.json"
    seconds, points = [], {"warehouse"}  # whose failpoint is passed only where there is one
    for number, day in enumerate(DAYS):
        begun = time.monotonic()
        driver = machine.begin(day, day, conf=conf, trace=str(trace))
        assert driver.ended.wait(STUCK), driver.log
        assert driver.told().get("exit_code") == 0, (driver.told(), driver.log.read_text()[-3000:])
        seconds.append(time.monotonic() - begun)
        points |= {point.rpartition(":")[0] for point in json.loads(trace.read_text())}
        if number == 0:
            world.copy("truth", "after-0")
    return as_it_is(world.lake("truth"), points, max(seconds[1:]))


def as_it_is(lake: Lake, points: set[str], seconds: float) -> Truth:
    """What a lake holds, as the truth for others."""
    return Truth(
        tuple(states.fingerprint(states.of_release(lake, one)) for one in releases.releases(lake)),
        states.gold(lake),
        states.silver(lake),
        states.proof(lake),
        states.held(lake),
        states.released(lake),
        tuple(sorted(points)),
        seconds,
    )
