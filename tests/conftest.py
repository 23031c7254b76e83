"""What all tests share: one Spark session for the whole run, and a fresh home for each test."""

from __future__ import annotations

from pathlib import Path

import pytest
from pyspark.sql import SparkSession

from spark_app.runtime.session import session
from spark_app.runtime.settings import load_settings


@pytest.fixture(scope="session")
def spark() -> SparkSession:
    """The session of a local run. It stays the active one, so every run of the tests finds and uses it."""
    return session(load_settings("local"), "tests")


@pytest.fixture
def home(tmp_path: Path, spark: SparkSession) -> Path:
    """A folder for a run: `landing`, `lake`, `warehouse.duckdb` and `reports` lie in it."""
    (tmp_path / "landing").mkdir()
    return tmp_path
