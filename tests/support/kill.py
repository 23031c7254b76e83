"""Pulled plugs: a run dies at a commit, and nothing it might still have committed happens."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

import pytest

from spark_app.runtime import failpoints

# What `nightly.run` keeps of a run that failed in an orderly way; a dead process keeps nothing.
OF_THE_RUN_ITSELF = ("ops.steps", "ops.runs")


class Killed(BaseException):
    """Not an Exception: nothing that handles errors may handle a pulled plug."""


class Plug:
    """Stands in for the process's death. `points` counts the commits made, `last` is the one it died at."""

    def __init__(self) -> None:
        self.points: Counter[str] = Counter()
        self.dead, self.last = False, ""
        self._wanted: Callable[[str], bool] = lambda point: False

    def pull_at(self, wanted: Callable[[str], bool]) -> None:
        """Die at the first point (`silver.orders:after`) that is `wanted`."""
        self._wanted, self.dead = wanted, False

    def die_if(self, point: str) -> None:
        if self.dead:
            raise Killed(point)
        name, _, moment = point.rpartition(":")
        if moment == "after" and name not in OF_THE_RUN_ITSELF:
            self.points[name] += 1
        if self._wanted(point):
            self.dead, self.last = True, name
            raise Killed(point)


@pytest.fixture
def plug(monkeypatch: pytest.MonkeyPatch) -> Plug:
    """Replaces the process's end by an exception for the length of a test."""
    stand_in = Plug()
    monkeypatch.setattr(failpoints, "_die_if", stand_in.die_if)
    return stand_in
