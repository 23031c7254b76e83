"""Processes that hold a lake's lease: rows of (what another process does, what this one gets) are about these."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from spark_app.lake import releases
from spark_app.lake.holding import LeaseLost
from spark_app.lake.paths import Lake

SECONDS = 2.0  # tests need not wait a minute for a silence

_HOLD = """
import sys
from spark_app.lake.lock import LeaseRequest, hold_lease
from spark_app.lake.paths import Lake
from spark_app.runtime.errors import LakehouseError
from spark_app.runtime.settings import S3Settings
lake = Lake(sys.argv[1], S3Settings.model_validate_json(sys.argv[2]))
with hold_lease(lake, LeaseRequest("other", "run", seconds=float(sys.argv[3]))) as held:
    print(held.epoch, flush=True)
    for line in sys.stdin:
        try:
            held.check(ask=line == "ask\\n")
            print("still mine", flush=True)
        except LakehouseError as error:
            print(f"{type(error).__name__}: {error.message}", flush=True)
"""


class Holding:
    """Holds the lease, or is found to have lost it when the load is about to be committed."""

    def __init__(self, epoch: int, *, lost: bool = False) -> None:
        self.epoch, self.lost = epoch, lost

    def check(self, *, ask: bool = False) -> None:
        if self.lost and ask:
            raise LeaseLost("run other has taken over the lake")

    def committed(self, table: str, version: int) -> None:
        pass


class Stopped:
    """A run that is stopped right after it looked at its lease, and meanwhile another takes over."""

    epoch = 1

    def __init__(self, lake: Lake) -> None:
        self.lake = lake

    def check(self, *, ask: bool = False) -> None:
        releases.shut_out_others(self.lake)

    def committed(self, table: str, version: int) -> None:
        """Nothing to remember."""


class Other:
    """Another process that holds the lake."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process
        self.epoch = int(self.line())

    def line(self) -> str:
        assert self.process.stdout is not None
        return self.process.stdout.readline().rstrip("\n")

    def looks(self, *, ask: bool = False) -> str:
        """What it finds when it looks whether the lease is still its own, as before a commit."""
        assert self.process.stdin is not None
        self.process.stdin.write("ask\n" if ask else "look\n")
        self.process.stdin.flush()
        return self.line()

    def ends(self) -> None:
        """It lets go, as a run does that has ended."""
        assert self.process.stdin is not None
        self.process.stdin.close()
        assert self.process.wait(30) == 0

    def dies(self) -> None:
        """As by SIGKILL; nobody has looked after it yet, so that its number is still there."""
        self.process.kill()
        os.waitid(os.P_PID, self.process.pid, os.WEXITED | os.WNOWAIT)


@contextmanager
def another(lake: Lake, seconds: float = SECONDS) -> Iterator[Other]:
    """One that holds the lake until it is told otherwise."""
    command = [sys.executable, "-c", _HOLD, lake.root, lake.s3.model_dump_json(), str(seconds)]
    process = subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env={**os.environ, "PYTHONPATH": "."}
    )
    try:
        yield Other(process)
    finally:
        process.kill()
        process.wait()
        for pipe in (process.stdin, process.stdout):
            if pipe is not None and not pipe.closed:
                pipe.close()
