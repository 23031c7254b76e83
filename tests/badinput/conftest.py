"""One run over all the dirt; the tests ask what became of it."""

from __future__ import annotations

import pytest
from pyspark.sql import SparkSession

from tests.badinput import dirt
from tests.support.drops import run_days
from tests.support.files import quarantined


@pytest.fixture(scope="session")
def dirty(spark: SparkSession, tmp_path_factory: pytest.TempPathFactory) -> dirt.Dirty:
    # A home that a person might have.
    home = tmp_path_factory.mktemp("dirt") / "my shop (1) 100%+é"
    dirt.make(home / "landing")
    outcome = run_days(home, dirt.FILES, dirt.ALL_AT_ONCE, expect=4)
    return dirt.Dirty(home, outcome, quarantined(home))
