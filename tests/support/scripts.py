"""Programs that stand in for others."""

from __future__ import annotations

import shlex
import sys
from pathlib import Path


def python_program(path: Path, code: str) -> Path:
    """A program of this Python's at `path`, wherever that Python lies: a shebang would end at the first space."""
    # sh runs the second line; to Python it is a text.
    starter = f"#!/bin/sh\n'''exec' {shlex.quote(sys.executable)} \"$0\" \"$@\"\n' '''\n"
    path.write_text(starter + code, encoding="utf-8")
    path.chmod(0o755)
    return path
