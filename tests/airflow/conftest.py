"""What the tests of dags/ share. They run in Airflow's environment (make test-airflow); jobs run in its own."""

from __future__ import annotations

import importlib.util
import os
import shlex
import tempfile
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.airflow.shop import PROJECT, Shop, land_days

if TYPE_CHECKING:
    from airflow.sdk import DAG

# Elsewhere (make test) these files are collected, for their marker, by an environment that has no Airflow.
collect_ignore_glob = [] if importlib.util.find_spec("airflow.sdk") else ["test_*.py"]

# For every Airflow of these tests. Ports, home and the rest are each one's own.
SETTINGS = {
    "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
    "AIRFLOW__CORE__DAGS_FOLDER": str(PROJECT / "dags"),
    "AIRFLOW__CORE__DAGBAG_IMPORT_TIMEOUT": "180",
    "AIRFLOW__CORE__UNIT_TEST_MODE": "False",
    "AIRFLOW__LOGGING__LOGGING_LEVEL": "INFO",
    "PYTHONPATH": str(PROJECT),
    "LAKEHOUSE_EMAIL_SALT": "a-salt-that-is-no-secret",
    "AWS_ACCESS_KEY_ID": "testing",
    "AWS_SECRET_ACCESS_KEY": "testing",
    "AWS_DEFAULT_REGION": "us-east-1",
    "AWS_EC2_METADATA_DISABLED": "true",
}

# This process imports Airflow too, which reads its environment on import. It has no database.
ASKED = ("LAKEHOUSE_SCREENSHOTS", "LAKEHOUSE_CLUSTER_KEEP")  # of the tests, by whoever runs them
for name in [name for name in os.environ if name.startswith(("AIRFLOW", "LAKEHOUSE", "AWS_")) and name not in ASKED]:
    del os.environ[name]
_HOME = tempfile.TemporaryDirectory(prefix="airflow-")
os.environ |= SETTINGS | {"AIRFLOW_HOME": _HOME.name}


@pytest.fixture(scope="session")
def airflow_environment() -> dict[str, str]:
    """The environment of every other process that runs Airflow; each is given a home of its own."""
    return dict(os.environ) | SETTINGS


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory, airflow_environment: dict[str, str]) -> Path:
    """An Airflow home with a database made by `airflow db migrate`; each test that runs Airflow copies it."""
    from tests.airflow.parts import airflow

    home = tmp_path_factory.mktemp("migrated")
    own = airflow_environment | {"AIRFLOW_HOME": str(home)}
    airflow(own, "db", "migrate")
    airflow(own, *documented_pool())
    return home


def documented_pool() -> list[str]:
    """The command that makes the pool, as docs/run-with-airflow.md has it."""
    text = (PROJECT / "docs" / "run-with-airflow.md").read_text()
    (line,) = [line for line in text.splitlines() if line.startswith("airflow pools set ")]
    return shlex.split(line)[1:]


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Shop:
    """A lakehouse of its own, with a conf folder that DAGs and jobs of this test read."""
    made = Shop.make(tmp_path / "shop")
    for variable, value in made.environment.items():
        monkeypatch.setenv(variable, value)
    return made


@pytest.fixture
def dags(shop: Shop) -> Callable[..., dict[str, DAG]]:
    """The DAGs by id, with a section `airflow` of these settings."""
    from airflow.dag_processing.dagbag import DagBag

    from dags.lakehouse import environment

    def load(**settings: Any) -> dict[str, DAG]:
        shop.settings(**settings)
        environment.airflow_settings.cache_clear()
        found = DagBag(str(PROJECT / "dags"))
        assert not found.import_errors, found.import_errors
        return dict(found.dags)

    return load


@pytest.fixture(scope="session")
def real_days(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[date]]:
    """Landing with three real days of the Olist dump, or of the demo's made-up shop where the dump is not here."""
    return land_days(tmp_path_factory.mktemp("landing"))
