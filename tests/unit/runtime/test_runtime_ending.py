"""A process of ours ends with its exit code and all it had to say, and Python is not taken apart before."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

PROGRAM = """
import atexit, sys
from spark_app.runtime.ending import run_and_end

class TakenApart:
    def __del__(self):
        sys.stderr.write("Python was taken apart")

held = TakenApart()
atexit.register(lambda: sys.stdout.write(", and bye"))

def main():
    sys.stdout.write("done")
    {last}

run_and_end(main)
"""


@pytest.mark.parametrize(
    ("last", "code", "said"),
    [
        ("pass", 0, ""),
        ("sys.exit(4)", 4, ""),
        ("sys.exit()", 0, ""),
        ("sys.exit('no such thing')", 1, "no such thing\n"),
    ],
)
def test_it_ends_with_its_code_and_nothing_is_left_unsaid(last: str, code: int, said: str) -> None:
    ended = subprocess.run([sys.executable, "-c", PROGRAM.format(last=last)], capture_output=True, text=True)
    assert (ended.returncode, ended.stdout, ended.stderr) == (code, "done, and bye", said)


def test_a_fault_is_told_as_ever() -> None:
    ended = subprocess.run([sys.executable, "-c", PROGRAM.format(last="1 / 0")], capture_output=True, text=True)
    assert ended.returncode == 1
    assert "ZeroDivisionError" in ended.stderr


def test_a_reader_that_is_gone_changes_no_code() -> None:
    buffered = {name: value for name, value in os.environ.items() if name != "PYTHONUNBUFFERED"}
    reader, writer = os.pipe()
    os.close(reader)
    words = [sys.executable, "-c", PROGRAM.format(last="sys.exit(3)")]
    ended = subprocess.run(words, env=buffered, stdout=writer, stderr=subprocess.PIPE, text=True)
    os.close(writer)
    assert (ended.returncode, ended.stderr) == (3, "")
