"""What a night loads: libraries of what a shop does not have stay where they are."""

from __future__ import annotations

import subprocess
import sys

import pytest


@pytest.mark.parametrize(
    "library", ["redshift_connector", "boto3", "great_expectations", "altair", "apprise", "sqlglot"]
)
def test_a_night_on_a_disk_does_not_wait_for(library: str) -> None:
    code = f"import sys, spark_app.cli, spark_app.jobs.nightly; sys.exit('{library}' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
