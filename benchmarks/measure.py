"""What a command costs: wall and CPU seconds and the greatest memory of its whole process tree (Linux).

    .venv/bin/python -m benchmarks.measure LABEL COMMAND…

Spark's Java outlives the Python that started it; it is handed to this process, so that its seconds are counted too.
"""

from __future__ import annotations

import ctypes
import os
import resource
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

_PAGE = os.sysconf("SC_PAGE_SIZE")
_SET_CHILD_SUBREAPER = 36


@dataclass(frozen=True)
class Cost:
    """Of one process tree: wall seconds, CPU seconds (user and system), peak resident bytes, exit code."""

    wall: float
    cpu: float
    peak: int
    exit_code: int

    def __str__(self) -> str:
        return f"{self.wall:6.1f} s wall {self.cpu:7.1f} s CPU {self.peak / 1e9:5.1f} GB"


def measure(command: Sequence[str], *, env: Mapping[str, str] | None = None, output: Path | None = None) -> Cost:
    """Run the command to its end; its output goes to a file, or nowhere."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    before, begun = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    with (output or Path(os.devnull)).open("wb") as said:
        process = subprocess.Popen(
            list(command), stdout=said, stderr=subprocess.STDOUT, env={**os.environ, **(env or {})}
        )
        peak = _Peak(process.pid)
        process.wait()
        greatest = peak.stop()
    _wait_for_orphans()
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = (after.ru_utime - before.ru_utime) + (after.ru_stime - before.ru_stime)
    return Cost(time.monotonic() - begun, cpu, greatest, process.returncode)


class _Peak:
    """Looks at a tree's resident memory three times a second, in a thread of its own."""

    def __init__(self, pid: int) -> None:
        self._pid, self._greatest, self._ended = pid, 0, threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)
        self._thread.start()

    def _look(self) -> None:
        while not self._ended.wait(0.3):
            self._greatest = max(self._greatest, memory_of(self._pid))

    def stop(self) -> int:
        self._ended.set()
        self._thread.join()
        return self._greatest


def memory_of(pid: int) -> int:
    """Resident bytes of a process and all its children."""
    return sum(map(_resident, _tree(pid)))


def _tree(pid: int) -> list[int]:
    parents = {}
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            try:
                parents[int(folder.name)] = int((folder / "stat").read_text().rpartition(")")[2].split()[1])
            except OSError:
                continue  # it has ended in the meantime
    found = [pid]
    for one in found:
        found += [child for child, parent in parents.items() if parent == one]
    return found


def _resident(pid: int) -> int:
    try:
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * _PAGE
    except OSError:
        return 0


def _wait_for_orphans() -> None:
    while True:
        try:
            os.waitpid(-1, 0)
        except ChildProcessError:
            return


def main() -> None:
    """Print what a command given on the command line costs."""
    label, *command = sys.argv[1:]
    cost = measure(command, output=Path(f"{label}.out"))
    print(f"{label}: {cost}, exit code {cost.exit_code}")


if __name__ == "__main__":
    main()
