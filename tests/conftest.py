"""What all tests share: one Spark session for the whole run, and a fresh home for each test."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from pyspark.sql import SparkSession

from spark_app.runtime.session import session
from spark_app.runtime.settings import load_settings

# No environment but `local` goes without a salt; those of the tests say nothing of it: base.yaml's variable counts.
os.environ.setdefault("LAKEHOUSE_EMAIL_SALT", "a-salt-that-is-no-secret")


@pytest.fixture(scope="session")
def spark() -> SparkSession:
    """The session of a local run. It stays the active one, so every run of the tests finds and uses it."""
    return session(load_settings("local"), "tests")


@pytest.fixture
def home(tmp_path: Path, spark: SparkSession) -> Path:
    """A folder for a run: `landing`, `lake`, `warehouse.duckdb` and `reports` lie in it."""
    (tmp_path / "landing").mkdir()
    return tmp_path


@pytest.fixture(scope="session")
def olist_dir() -> Path:
    """The directory with the public dump's nine CSV files: $OLIST_DIR, else shared/data/olist beside the checkout.

    Its licence keeps it out of the project, so tests on it may skip.
    """
    beside = Path(__file__).resolve().parents[1].parent / "shared" / "data" / "olist"
    found = Path(os.environ.get("OLIST_DIR") or beside)
    if not (found / "olist_orders_dataset.csv").is_file():
        pytest.skip(f"The Olist dump is not in {found}; set OLIST_DIR to the directory with its CSV files.")
    return found
