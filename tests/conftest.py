"""What all tests share: one Spark session for the whole run, and a fresh home for each test."""

from __future__ import annotations

import gc
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from pyspark.sql import SparkSession

from spark_app.runtime.session import SMALL_WORK, session
from spark_app.runtime.settings import load_settings

# No environment but `local` goes without a salt; those of the tests say nothing of it: base.yaml's variable counts.
os.environ.setdefault("LAKEHOUSE_EMAIL_SALT", "a-salt-that-is-no-secret")


@pytest.fixture(scope="session")
def spark() -> SparkSession:
    """The session of a local run. It stays the active one, so every run of the tests finds and uses it.

    It lives through some hundred runs, so it has more memory than one: with 3.5 GB half of make test spent a tenth of
    its time in full collections.
    """
    settings = load_settings("local")
    own = settings.spark.model_copy(update={"driver_memory": "5g"})
    made = session(settings.model_copy(update={"spark": own}), "tests")
    # As a run has it in the session of each thread (runtime.session.sibling): for tests that use this one itself.
    for key, value in {"spark.sql.shuffle.partitions": "2", **SMALL_WORK}.items():
        made.conf.set(key, value)
    return made


def pytest_collection_finish() -> None:
    """What imports and collecting have made stays to the end: collections need not look through it each time."""
    gc.collect()
    gc.freeze()


def pytest_unconfigure() -> None:
    """Libraries look at the end whether all of theirs is gone."""
    gc.unfreeze()


@pytest.fixture(autouse=True)
def _frames_of_the_last_test_are_let_go(request: pytest.FixtureRequest) -> Iterator[None]:
    """A frame that Python has not collected yet keeps its plans in Spark's memory: in cycles they would pile up."""
    yield
    if "spark" in request.fixturenames:
        gc.collect()


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
