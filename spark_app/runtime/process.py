"""Which process this is, and whether one that is written down somewhere still lives.

A number is no name: it comes again, and means another process in another container. So a process is known by its
machine (the kernel's boot, and the container's own numbering), its number, and when it began.
"""

from __future__ import annotations

import os
import socket
from dataclasses import dataclass
from pathlib import Path

_DEAD = ("Z", "X", "x")  # as /proc calls what has ended and was not yet looked after


@dataclass(frozen=True)
class Process:
    """`machine`: equal where process numbers mean the same; `began`: empty where the system does not tell."""

    host: str
    machine: str
    pid: int
    began: str


def this_process() -> Process:
    """This process."""
    boot, numbering = _first_line("/proc/sys/kernel/random/boot_id"), _link("/proc/self/ns/pid")
    host = socket.gethostname()
    return Process(host, f"{host} {boot} {numbering}", os.getpid(), _stat(os.getpid())[1])


def is_alive(other: Process) -> bool | None:
    """Whether it lives; None where it cannot be known from this machine."""
    if other.machine != this_process().machine:
        return None
    try:
        os.kill(other.pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass  # another user's, and there
    state, began = _stat(other.pid)
    return state not in _DEAD and (not began or not other.began or began == other.began)


def _stat(pid: int) -> tuple[str, str]:
    """State and beginning, in the kernel's words."""
    line = _first_line(f"/proc/{pid}/stat")
    words = line.rpartition(")")[2].split()  # the name before it may hold anything
    return (words[0], words[19]) if len(words) > 19 else ("", "")


def _first_line(path: str) -> str:
    try:
        return Path(path).read_text(errors="replace").split("\n")[0]
    except OSError:
        return ""


def _link(path: str) -> str:
    try:
        return str(Path(path).readlink())
    except OSError:
        return ""
