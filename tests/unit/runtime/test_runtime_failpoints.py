"""A process dies at the commit that the environment names, and at no other."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from spark_app.runtime.failpoints import KILLED, VARIABLE

CODE = """
from spark_app.runtime.failpoints import commit_point
with commit_point("silver.orders"):
    print("committed", flush=True)
print("went on", flush=True)
"""


@pytest.mark.parametrize(
    ("point", "code", "said"),
    [
        ("silver.orders:before", KILLED, ""),
        ("silver.orders:after", KILLED, "committed\n"),
        ("silver.order:after", 0, "committed\nwent on\n"),
        ("", 0, "committed\nwent on\n"),
    ],
)
def test_it_ends_there_as_a_pulled_plug_would(point: str, code: int, said: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", CODE], env={**os.environ, VARIABLE: point}, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout) == (code, said), done.stderr
