"""How a process of ours ends: with its exit code, whatever is still under way in other libraries' threads.

Deltalake opens files for Arrow through Python. A thread of Arrow's that is still closing one when Python takes itself
apart aborts the process: exit code 134 instead of ours, now and then on a busy machine. So Python does not take itself
apart: what has asked to be told of the end is told, what was written is sent, and that is all.
"""

from __future__ import annotations

import atexit
import os
import sys
from collections.abc import Callable
from contextlib import suppress
from typing import NoReturn


def run_and_end(main: Callable[[], None]) -> NoReturn:
    """Do it, and end the process with the exit code that it ends with; a fault is told as Python tells it."""
    try:
        main()
    except SystemExit as ended:
        if isinstance(ended.code, str):
            sys.stderr.write(f"{ended.code}\n")
        end_process(ended.code if isinstance(ended.code, int) else int(ended.code is not None))
    end_process(0)


def end_process(code: int) -> NoReturn:
    """End here and now, with nothing left unsaid."""
    with suppress(Exception):  # Python has told of it
        atexit._run_exitfuncs()
    for stream in (sys.stdout, sys.stderr):
        with suppress(OSError, ValueError):  # whoever read it is gone
            stream.flush()
    os._exit(code)
