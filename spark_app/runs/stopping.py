"""Ending a long-lived run in order: at SIGTERM and Ctrl-C, once what is at hand is done."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType


class Stop:
    """Whether the watch was asked to end: it does, once the batch at hand is released."""

    def __init__(self) -> None:
        self._asked = threading.Event()

    def ask(self, *_: int | FrameType | None) -> None:
        """A signal's handler; asked twice, it ends where it is: any run goes on from there."""
        if self._asked.is_set():
            raise KeyboardInterrupt
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
