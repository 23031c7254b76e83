"""What the image's entrypoint tells Spark of a pod's address, IPv4 or IPv6."""

from __future__ import annotations

import os
import shlex
import subprocess
from pathlib import Path

import pytest

ENTRYPOINT = Path(__file__).resolve().parents[2] / "docker" / "entrypoint.sh"


@pytest.fixture
def spark(tmp_path: Path) -> Path:
    """A SPARK_HOME and a JAVA_HOME whose programs print their arguments, one a line."""
    (tmp_path / "bin").mkdir()
    for name in ("spark-submit", "java"):
        program = tmp_path / "bin" / name
        program.write_text("#!/bin/sh\nprintf '%s\\n' \"$@\"\n")
        program.chmod(0o755)
    return tmp_path


def told(spark: Path, *words: str, **variables: str) -> list[str]:
    environment = {"PATH": os.environ["PATH"], "SPARK_HOME": str(spark), "JAVA_HOME": str(spark), **variables}
    done = subprocess.run([ENTRYPOINT, *words], env=environment, capture_output=True, text=True, check=True)
    return done.stdout.splitlines()


@pytest.mark.parametrize(
    ("address", "host"),
    [("10.1.2.3", "10.1.2.3"), ("fd00:10::7", "[fd00:10::7]"), ("::1", "[::1]"), ("[fd00::7]", "[fd00::7]")],
)
def test_a_pods_address(spark: Path, address: str, host: str) -> None:
    driver = told(spark, "run", POD_IP=address)
    assert f"spark.driver.host={host}" in driver
    assert f"spark.driver.bindAddress={address}" in driver
    executor = told(spark, "executor", SPARK_EXECUTOR_POD_IP=address)
    assert executor[executor.index("--hostname") + 1] == host


def test_a_watch_is_python_which_starts_spark(spark: Path) -> None:
    """Told to end, Python must hear it: under spark-submit Java would, and end Spark under a batch."""
    python = spark / "bin" / "python"
    python.write_text('#!/bin/sh\nprintf \'%s\\n\' "$@" "$PYSPARK_SUBMIT_ARGS"\n')
    python.chmod(0o755)
    path = f"{spark / 'bin'}:{os.environ['PATH']}"
    *words, options = told(spark, "watch", "--env", "aws", PATH=path, POD_IP="fd00::7", POD_NAME="watch-1")
    assert words == ["-P", "-m", "spark_app.cli", "watch", "--env", "aws"]
    assert shlex.split(options) == [
        "--conf",
        "spark.driver.host=[fd00::7]",
        "--conf",
        "spark.driver.bindAddress=fd00::7",
        "--conf",
        "spark.kubernetes.driver.pod.name=watch-1",
        "pyspark-shell",
    ]
    assert told(spark, "watch", PATH=path)[-1].strip() == "pyspark-shell"


def test_outside_a_pod_spark_finds_its_own(spark: Path) -> None:
    assert not [word for word in told(spark, "run", "--date", "2024-02-29") if "driver.host" in word]
