"""What tests of audits share."""

from __future__ import annotations

from pathlib import Path

import pytest

from spark_app.contracts.sources import load_source
from spark_app.runs.context import Context
from spark_app.runtime.record import RunRecord
from spark_app.runtime.settings import load_settings
from tests.support.counted_days import CONTRACTS


@pytest.fixture
def context(tmp_path: Path) -> Context:
    settings = load_settings("local", home=str(tmp_path))
    return Context(settings, CONTRACTS, load_source("canonical", CONTRACTS), RunRecord("run"))
