"""One run at a time on a local lake. The lock goes with the process, so a killed run leaves none behind."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from spark_app.lake.paths import Lake
from spark_app.runtime.errors import LakeError


class LakeBusy(LakeError):
    """Another run is at work on the lake; running again later helps."""

    retry = True


@contextmanager
def only_run(lake: Lake) -> Iterator[None]:
    """Hold the lake for one run; LakeBusy where another process has it. Lakes on object stores are not locked."""
    if "://" in lake.root:
        yield
        return
    path = Path(lake.root) / ".run.lock"
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a+") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            file.seek(0)
            owner = file.read().strip() or "unknown"
            raise LakeBusy(
                f"{lake.root}: another run (process {owner}) is at work on this lake; nothing was done",
                hint="wait for it to end, then run again",
            ) from None
        file.truncate(0)
        file.write(str(os.getpid()))
        file.flush()
        yield
