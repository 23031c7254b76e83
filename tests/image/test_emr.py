"""The target `emr`, built on a stand-in for AWS's base image (tests/image/emr): the platform's Spark stays its own.

AWS's image itself is on no registry that tests reach: that the target builds and runs on it was not seen.
"""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.image.conftest import IMAGE, docker

pytestmark = pytest.mark.image
ROOT = Path(__file__).resolve().parents[2]
BASE, EMR = "lakehouse-emr-base:tests", "lakehouse-emr:tests"


def build(*words: str) -> None:
    done = subprocess.run([str(ROOT / "docker/engine.sh"), "build", *words, str(ROOT)], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-3000:]


@pytest.fixture(scope="module")
def emr(image: object) -> Callable[[str], str]:
    """Output of a shell command in the image of the target."""
    build("--file", str(ROOT / "tests/image/emr/Dockerfile"), "--build-arg", f"IMAGE={IMAGE}", "--tag", BASE)
    build("--target", "emr", "--build-arg", f"EMR_BASE_IMAGE={BASE}", "--tag", EMR)

    def output(command: str) -> str:
        done = docker("run", "--rm", "--entrypoint", "/bin/bash", EMR, "-c", command)
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    return output


def test_it_runs_as_hadoop(emr: Callable[[str], str]) -> None:
    assert emr("id -un; id -gn") == "hadoop\nhadoop"


def test_no_spark_shadows_the_platforms(emr: Callable[[str], str]) -> None:
    where = "import pyspark, spark_app.cli, great_expectations; print(pyspark.__file__)"
    assert emr(f"$PYSPARK_PYTHON -c '{where}'").startswith("/usr/lib/spark/python/pyspark/")
    assert (
        emr("ls -d /opt/venv/lib/python3.11/site-packages/{pyspark,py4j,delta,delta_spark}{,-*} 2>/dev/null; true")
        == ""
    )
    assert emr("ls /opt; find /opt -name '*.jar'") == "lakehouse\nvenv"


def test_a_job_runs_by_the_platforms_spark_submit(emr: Callable[[str], str]) -> None:
    job = "cd /tmp && /usr/lib/spark/bin/spark-submit /opt/lakehouse/spark_app/jobs/nightly.py --env nowhere 2>&1"
    assert "no settings for environment" in emr(f"{job}; test $? = 2")
