"""The most memory that a run's processes on this machine have had: Python's, its children's, and Spark's Java."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path

_PROC = Path("/proc")


def peak_memory(proc: Path = _PROC, pid: int | None = None) -> int | None:
    """Bytes: the peaks of this process, of those it started, and of the Java that started it, added up.

    Not all of them need have been at their peak at once, so it is what was needed at most. None where the system does
    not tell (it is Linux that does).
    """
    own = os.getpid() if pid is None else pid
    found = {one.pid: one for path in proc.glob("[0-9]*") if (one := _read(path))}
    if own not in found:
        return None
    ours = {own}
    for one in sorted(found.values(), key=lambda one: one.pid):  # children come after their parents, but for a wrap
        if one.parent in ours:
            ours.add(one.pid)
    parent = found.get(found[own].parent)
    if parent is not None and parent.name == "java":  # spark-submit: Java is there first, and starts Python
        ours.add(parent.pid)
    return sum(found[one].peak for one in ours)


@dataclass(frozen=True)
class _Process:
    pid: int
    parent: int
    name: str
    peak: int  # bytes


def _read(folder: Path) -> _Process | None:
    """What `/proc/<pid>/status` says; None of a process that has gone, or has no memory of its own."""
    try:
        text = (folder / "status").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return None
    name, parent, peak = (re.search(rf"^{word}:\s*(\S+)", text, re.MULTILINE) for word in ("Name", "PPid", "VmHWM"))
    if name is None or parent is None or peak is None:
        return None
    return _Process(int(folder.name), int(parent[1]), name[1], int(peak[1]) * 1024)
