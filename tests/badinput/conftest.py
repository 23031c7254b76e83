"""One run over all the dirt; the tests ask what became of it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from pyspark.sql import SparkSession

from spark_app.jobs.nightly import Outcome
from tests.badinput import dirt
from tests.support.drops import run_days
from tests.support.files import quarantined


@dataclass(frozen=True)
class Dirty:
    """The home of the run over all the dirt, how it ended, and what it quarantined."""

    home: Path
    outcome: Outcome
    quarantine: list[dict[str, Any]]

    def of(self, entity: str, day: str, file: str = "a.csv") -> list[dict[str, Any]]:
        """Quarantined rows of one file, in its order."""
        return [
            row
            for row in self.quarantine
            if row["source_file"] == f"{entity}/dt={day}/{file}" and row["entity"] == entity
        ]


@pytest.fixture(scope="session")
def dirty(spark: SparkSession, tmp_path_factory: pytest.TempPathFactory) -> Dirty:
    # A home that a person might have: spaces, signs and brackets in its path.
    home = tmp_path_factory.mktemp("dirt") / "my shop [1] 100%+"
    dirt.make(home / "landing")
    outcome = run_days(home, dirt.FILES, dirt.ALL_AT_ONCE)
    return Dirty(home, outcome, quarantined(home))
