"""Places where a test can kill or stop the process: right before or after each commit.

`LAKEHOUSE_FAILPOINT=silver.orders:after` ends the process there, as a pulled plug would; `silver.orders:stop` stops it
(until SIGCONT) after it has looked whether it may commit, and before it does. Every commit of rows
passes through `commit_point` (making an empty table does not), so the list of commits is the list of names it is
called with:
bronze.<dataset>, ops.ingested_files, silver.quarantine.<entity>, silver.<entity>, ops.reconciliation,
gold.<table>, ops.quality_results, ops.releases, warehouse; of a watch also landing.events and <table> packed.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager

VARIABLE = "LAKEHOUSE_FAILPOINT"
KILLED = 137


@contextmanager
def commit_point(name: str) -> Iterator[None]:
    """Wrap one commit; dies before or after it when the environment names it."""
    _die_if(f"{name}:before")
    yield
    _die_if(f"{name}:after")


def stop_if(name: str) -> None:
    """Stop here, as a machine does that is paused, where the environment names the commit."""
    if os.environ.get(VARIABLE) == f"{name}:stop":
        signal.raise_signal(signal.SIGSTOP)  # of this thread: it goes no further, whichever the others do


def _die_if(point: str) -> None:
    if os.environ.get(VARIABLE) == point:
        os._exit(KILLED)
