"""What the store does to requests while a driver works: a plan for the fault proxy, the same for the same seed."""

from __future__ import annotations

import random
import threading
import time
from collections import Counter
from dataclasses import dataclass, field

from fault_proxy import LOST, Slow, What

CUT = 0.0


@dataclass
class Weather:
    """`often`: by kind of fault, its share of requests. `away`, `full`: seconds from now that begin and end it."""

    seed: int
    often: dict[str, float]
    away: tuple[float, float] | None = None
    full: tuple[float, float] | None = None
    struck: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        self._dice, self._lock, self._began = random.Random(self.seed), threading.Lock(), time.monotonic()

    def plan(self, number: int, method: str, path: str) -> What:
        """What becomes of a request."""
        with self._lock:
            kind = self._kind(method)
            if kind:
                self.struck[kind] += 1
            return {
                "503": "503",
                "507": "507",
                "cut": CUT,
                "away": CUT,
                "hung": 1.0,
                "slow": Slow(self._dice.uniform(0.2, 2.0)),
                "lost": LOST,
            }.get(kind)

    def _kind(self, method: str) -> str:
        now = time.monotonic() - self._began
        if self.away and self.away[0] <= now < self.away[1]:
            return "away"
        if self.full and self.full[0] <= now < self.full[1] and method in ("PUT", "POST"):
            return "507"
        roll = self._dice.random()
        for kind, share in self.often.items():
            if roll < share:
                return kind
            roll -= share
        return ""


def any_weather(dice: random.Random, longest_away: float) -> Weather:
    """One of many: some faults now and then, or a store that is away or full for a while."""
    kinds = dice.sample(("503", "cut", "hung", "slow", "lost"), dice.randrange(1, 4))
    often = {kind: dice.choice((0.002, 0.01, 0.03)) for kind in kinds}
    begin = dice.uniform(0, 15)
    span = (begin, begin + dice.choice((2.0, 5.0, 10.0, longest_away)))
    roll = dice.random()
    return Weather(
        dice.randrange(2**32), often, away=span if roll < 0.15 else None, full=span if 0.15 <= roll < 0.25 else None
    )
