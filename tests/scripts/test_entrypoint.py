"""What the image's entrypoint tells Spark of a pod's address, IPv4 or IPv6."""

from __future__ import annotations

import os
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


def test_outside_a_pod_spark_finds_its_own(spark: Path) -> None:
    assert not [word for word in told(spark, "run", "--date", "2024-02-29") if "driver.host" in word]
