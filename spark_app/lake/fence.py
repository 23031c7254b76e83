"""What a writer of the lake must hold while it commits: its number stands in every commit, and is looked at before."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol

from spark_app.runtime.failpoints import commit_point, stop_if

EPOCH = "epoch"


class Fence(Protocol):
    """The right to write. `epoch`: rises with every writer that is let in, and never falls."""

    @property
    def epoch(self) -> int: ...

    def check(self, *, ask: bool = False) -> None:
        """Raises where another has the right by now. `ask`: do not rely on having had it a moment ago."""

    def committed(self, table: str, version: int) -> None:
        """Remember a commit, to be compared later with what the log says then."""


def check(fence: Fence | None, *, ask: bool = False) -> None:
    """Raises where another has the right to write by now; nothing where none is needed. `ask`: as of `Fence.check`."""
    if fence is not None:
        fence.check(ask=ask)


@contextmanager
def committing(fence: Fence | None, point: str) -> Iterator[None]:
    """Wrap one commit: it is not begun by a writer that has lost its right."""
    with commit_point(point):
        check(fence)
        stop_if(point)
        yield


def stamped(fence: Fence | None, note: str) -> str:
    """A commit's note with the writer's epoch in it."""
    return note if fence is None else json.dumps({**json.loads(note), EPOCH: fence.epoch}, sort_keys=True)
