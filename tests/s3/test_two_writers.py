"""Two processes write one table at once: no commit is lost, for each is put only where its name is free."""

from __future__ import annotations

import os
import subprocess
import sys

from spark_app.lake import ops
from spark_app.lake.paths import Lake
from spark_app.runtime.settings import S3Settings
from tests.support.ops_rows import put

COMMITS = 8
WRITER = """
import sys
from spark_app.lake.paths import Lake
from spark_app.runtime.settings import S3Settings
from tests.support.ops_rows import put
lake = Lake(sys.argv[1], S3Settings.model_validate_json(sys.argv[2]))
for number in range(int(sys.argv[4])):
    put(lake.table("ops.runs"), [{"run_id": f"{sys.argv[3]}{number}"}])
"""


def test_no_commit_of_two_writers_is_lost(bucket: str, s3: S3Settings) -> None:
    lake = Lake(f"{bucket}/lake", s3)
    _write_from_two(lake)
    assert _runs(lake) == _expected()


def _write_from_two(lake: Lake) -> None:
    put(lake.table("ops.runs"), [{"run_id": "first"}])
    command = [sys.executable, "-c", WRITER, lake.root, lake.s3.model_dump_json()]
    writers = [subprocess.Popen([*command, name, str(COMMITS)], env=os.environ) for name in "ab"]
    assert [writer.wait(120) for writer in writers] == [0, 0]


def _runs(lake: Lake) -> set[str]:
    return {row["run_id"] for row in ops.select(lake.table("ops.runs"), "SELECT run_id FROM ops_rows")}


def _expected() -> set[str]:
    return {"first"} | {f"{name}{number}" for name in "ab" for number in range(COMMITS)}
