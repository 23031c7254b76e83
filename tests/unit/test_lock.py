"""One run at a time: rows of (what another process does, what this one gets)."""

import subprocess
import sys

import pytest

from spark_app.lake.lock import LakeBusy, only_run
from spark_app.lake.paths import Lake

HOLD = """
import sys
from spark_app.lake.lock import only_run
from spark_app.lake.paths import Lake
with only_run(Lake(sys.argv[1])):
    print("held", flush=True)
    sys.stdin.read()
"""


def test_a_second_run_is_turned_away_and_the_lock_goes_with_its_process(tmp_path):
    other = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(tmp_path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    try:
        assert other.stdout.readline() == "held\n"
        with pytest.raises(LakeBusy, match=rf"process {other.pid}"), only_run(Lake(str(tmp_path))):
            pass
    finally:
        other.kill()
        other.wait()
    with only_run(Lake(str(tmp_path))):
        pass
