"""The wheel as Glue gets it, and a way to run the jobs' scripts as Glue does."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyspark
import pytest

from spark_app.runtime.jars import delta_coordinates, fetch_jars
from spark_app.runtime.java import bundled_spark_home, find_java
from spark_app.runtime.session import DELTA

CHECKOUT = Path(__file__).resolve().parents[2]
LAUNCHER = Path(__file__).parent / "launcher.py"
# What the job definitions of docs/run-on-glue.md say in --conf.
STATIC = ("spark.sql.extensions", "spark.sql.catalog.spark_catalog")


@pytest.fixture(scope="session")
def bundle(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What `make glue` makes: the wheel as lakehouse.zip, scripts, requirements."""
    folder = tmp_path_factory.mktemp("wheel") / "glue"
    environment = os.environ | {"PYTHON": sys.executable}
    done = subprocess.run(["tools/glue.sh", str(folder)], cwd=CHECKOUT, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return folder


@pytest.fixture(scope="session")
def archive(bundle: Path) -> Path:
    """The wheel under the name that Spark's --py-files takes."""
    return bundle / "lakehouse.zip"


@dataclass(frozen=True)
class Ended:
    """How a script ended: `calls` are those on GlueContext's and Job's stand-ins."""

    code: int
    said: str  # on both streams: spark-submit gives a script's standard error out on its own standard output
    calls: list[Any]

    @property
    def committed(self) -> bool:
        return ["commit"] in self.calls


@dataclass(frozen=True)
class Glue:
    """Runs a job's script, away from the checkout, with nothing of ours but the archive."""

    folder: Path
    bundle: Path

    def run(self, script: str, *arguments: str, conf: tuple[str, ...] = STATIC) -> Ended:
        here = self.folder / f"{script}-{len(list(self.folder.iterdir()))}"
        here.mkdir()
        shutil.copy(self.bundle / "jobs" / f"{script}.py", here)
        jars = ",".join(map(str, fetch_jars(delta_coordinates(pyspark.__version__))))
        command = [str(Path(sys.executable).parent / "spark-submit"), "--master", "local[2]", "--jars", jars]
        for name in conf:
            command += ["--conf", f"{name}={DELTA[name]}"]
        command += ["--conf", "spark.ui.enabled=false", "--py-files", str(self.bundle / "lakehouse.zip")]
        command += [str(LAUNCHER), str(here / f"{script}.py"), str(here / "events"), *arguments]
        environment = os.environ | {"JAVA_HOME": str(find_java().home), "SPARK_LOCAL_IP": "127.0.0.1"}
        # Named, as spark-submit would look for it in a way that fails under a path with a space.
        environment |= {"PYSPARK_PYTHON": sys.executable, "SPARK_HOME": str(bundled_spark_home())}
        for name in ("PYTHONPATH", "LAKEHOUSE_CONF"):
            environment.pop(name, None)
        done = subprocess.run(command, cwd=here, env=environment, capture_output=True, text=True)
        events = (here / "events").read_text().splitlines() if (here / "events").is_file() else []
        return Ended(done.returncode, done.stdout + done.stderr, [json.loads(line) for line in events])


@pytest.fixture(scope="session")
def glue(bundle: Path, tmp_path_factory: pytest.TempPathFactory) -> Glue:
    pytest.importorskip("awsglue", reason="AWS's library awsglue is for Python 3.11 only, as Glue 5.1 is")
    return Glue(tmp_path_factory.mktemp("glue"), bundle)
