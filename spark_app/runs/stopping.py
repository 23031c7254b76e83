"""Ending a long-lived run in order: at SIGTERM and Ctrl-C, once what is at hand is done."""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

AGAIN = 2.0  # seconds; whoever supervises a process may signal both it and its group


class Stop:
    """Whether the watch was asked to end: it does, once the batch at hand is released."""

    def __init__(self) -> None:
        self._asked = threading.Event()
        self._first: float | None = None

    def ask(self, *_: int | FrameType | None) -> None:
        """A signal's handler; asked again some seconds later, it ends where it is: any run goes on from there."""
        now = time.monotonic()
        if self._first is not None and now - self._first >= AGAIN:
            raise KeyboardInterrupt
        self._first = now if self._first is None else self._first
        self._asked.set()

    @property
    def asked(self) -> bool:
        return self._asked.is_set()

    def wait(self, seconds: float) -> None:
        self._asked.wait(max(seconds, 0.0))


@contextmanager
def stopping() -> Iterator[Stop]:
    """Ends the watch in order at SIGTERM and Ctrl-C."""
    stop = Stop()
    before = {one: signal.signal(one, stop.ask) for one in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield stop
    finally:
        for one, handler in before.items():
            signal.signal(one, handler)
