"""A reader who polls all the time and checks each release it sees, in lake and warehouse, against the truth."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from typing import Any

import psycopg

from spark_app.lake import releases
from spark_app.lake.paths import Lake
from tests.chaos.states import fingerprint, of_release, of_warehouse


class Reader:
    """`truth`: fingerprints of what gold is after each day, in their order. `wrong`: what should not have been seen."""

    def __init__(self, lake: Lake, connect: Callable[[], psycopg.Connection[Any]], truth: Sequence[str]) -> None:
        self._lake, self._connect, self._truth = lake, connect, list(truth)
        self.wrong: list[str] = []
        self.looked = 0
        self._seen: dict[int, int] = {}  # release -> which of the truth's states
        self._shown = -1
        self._end = threading.Event()
        self._thread = threading.Thread(target=self._look_on, daemon=True)

    def __enter__(self) -> Reader:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._end.set()
        self._thread.join(120)
        self._look()  # once more, when all is quiet

    def _look_on(self) -> None:
        while not self._end.is_set():
            self._look()
            self._end.wait(1.0)

    def _look(self) -> None:
        try:
            self._look_at_lake()
            self._look_at_warehouse()
            self.looked += 1
        except psycopg.OperationalError as error:
            self.wrong.append(f"the reader's own connection broke: {error}")
        except Exception as error:  # whatever a reader meets is a finding
            self.wrong.append(f"a reader met {type(error).__name__}: {error}")

    def _look_at_lake(self) -> None:
        for release in releases.releases(self._lake):
            if release.release_id not in self._seen:
                state = self._state(
                    f"release {release.release_id} of the lake", fingerprint(of_release(self._lake, release))
                )
                if state < max(self._seen.values(), default=-1):
                    self.wrong.append(f"release {release.release_id} goes back to what gold was after day {state + 1}")
                self._seen[release.release_id] = state

    def _look_at_warehouse(self) -> None:
        with self._connect() as connection:
            found = of_warehouse(connection)
        if found is None:
            if self._shown >= 0:
                self.wrong.append("the warehouse has lost its release")
            return
        state = self._state(f"the warehouse at release {found[0]}", fingerprint(found[1]))
        if state < self._shown:
            self.wrong.append(f"the warehouse goes back to what gold was after day {state + 1}")
        self._shown = state

    def _state(self, what: str, found: str) -> int:
        if found in self._truth:
            return self._truth.index(found)
        self.wrong.append(f"{what} is what gold never was: {found}, expected one of {', '.join(self._truth)}")
        return -1
