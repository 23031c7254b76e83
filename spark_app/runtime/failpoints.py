"""Places where a test can kill the process: right before or after each commit.

`LAKEHOUSE_FAILPOINT=silver.orders:after` ends the process there, as a pulled plug would. Every commit of rows
passes through `commit_point` (making an empty table does not), so the list of commits is the list of names it is
called with:
bronze.<dataset>, ops.ingested_files, silver.quarantine.<entity>, silver.<entity>, ops.reconciliation,
gold.<table>, ops.quality_results, ops.releases, warehouse.
"""

from __future__ import annotations

import os
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


def _die_if(point: str) -> None:
    if os.environ.get(VARIABLE) == point:
        os._exit(KILLED)
