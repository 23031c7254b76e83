"""What goes to S3 for Glue; the wheel not unpacked: an archive on sys.path with settings, contracts and sources."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from spark_app.contracts.load import load_contracts
from spark_app.tables.declare import gold_tables, silver_tables
from tests.aws.templates import FOLDER, template

CODE = """
from spark_app.contracts.load import load_contracts
from spark_app.contracts.sources import load_source
from spark_app.runtime.settings import conf_dir, load_settings
from spark_app.tables.declare import gold_tables, silver_tables
import spark_app
contracts = load_contracts()
load_source("kiosk", contracts)
assert load_settings("aws").warehouse == "redshift"
tables = [*silver_tables(contracts), *gold_tables(contracts)]
print(spark_app.__file__, conf_dir(), *sorted(contracts), *sorted(tables), sep="|")
"""


def test_the_wheel_carries_what_jobs_read(archive: Path, tmp_path: Path) -> None:
    environment = os.environ | {"PYTHONPATH": str(archive), "TMPDIR": str(tmp_path)}
    environment.pop("LAKEHOUSE_CONF", None)
    done = subprocess.run([sys.executable, "-c", CODE], cwd=tmp_path, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    module, conf, *names = done.stdout.strip().split("|")
    assert module.startswith(str(archive))
    assert Path(conf).is_relative_to(tmp_path)
    contracts = load_contracts()
    tables = [*silver_tables(contracts), *gold_tables(contracts)]
    assert names == [*sorted(contracts), *sorted(tables)]
    assert list(tmp_path.iterdir()) == [], "what was unpacked goes with the process"


def test_there_is_a_script_for_each_job(bundle: Path) -> None:
    loop = template(FOLDER / "glue-jobs.cfn.yaml")["Resources"]["Fn::ForEach::Jobs"]
    assert {script.stem for script in (bundle / "jobs").iterdir()} == set(loop[1])
    requirements = (bundle / "requirements.txt").read_text()
    assert "\ndeltalake==" in requirements
    assert not {"pyspark", "py4j", "delta-spark"} & {line.partition("==")[0] for line in requirements.splitlines()}
