"""`lakehouse report`."""

from __future__ import annotations

import subprocess
import sys
from datetime import date

import pytest
from click.testing import CliRunner

from spark_app.cli import lakehouse
from tests.support.gold_shop import make_gold

LAST = date(2026, 11, 22)


@pytest.fixture(scope="module")
def gold(tmp_path_factory):
    made = make_gold(tmp_path_factory.mktemp("gold"), days=70, customers=120, orders=700, last=LAST)
    made.release()
    return made


def test_the_command_writes_the_site_and_says_where(gold):
    home = str(gold.root)
    said = CliRunner().invoke(lakehouse, ["report", "--home", home], catch_exceptions=False).output
    assert "reports/site/index.html" in said.replace("\n", "")
    assert (gold.root / "reports/site/index.html").is_file()


def test_the_command_needs_a_release(tmp_path):
    result = CliRunner().invoke(lakehouse, ["report", "--home", str(tmp_path)])
    assert "there is no release yet" in str(result.exception)


def test_a_command_does_not_wait_for_altair():
    code = "import sys, spark_app.jobs.publish, spark_app.cli.summary; sys.exit('altair' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
