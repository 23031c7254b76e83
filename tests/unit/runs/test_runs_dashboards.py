"""Dashboards as a step of a run."""

from __future__ import annotations

from datetime import date
from types import SimpleNamespace

import pytest

from spark_app.contracts.load import load_contracts
from spark_app.runs.dashboards import write_dashboards
from spark_app.runtime.record import RunRecord
from spark_app.runtime.settings import load_settings
from tests.support.gold_shop import make_gold

LAST = date(2026, 11, 22)
CONTRACTS = load_contracts()


@pytest.fixture(scope="module")
def gold(tmp_path_factory):
    made = make_gold(tmp_path_factory.mktemp("gold"), days=70, customers=120, orders=700, last=LAST)
    made.release()
    return made


def test_dashboards_that_cannot_be_written_are_a_warning_of_the_run(gold):
    settings = load_settings("local").model_copy(update={"reports": "ftp://nowhere/reports"})
    record = RunRecord("run")
    write_dashboards(SimpleNamespace(settings=settings, lake=gold.lake, contracts=CONTRACTS, record=record))
    assert [step.action for step in record.steps] == ["failed"]
    [warning] = record.warnings
    assert "the dashboards were not written" in warning
    assert "lakehouse report" in warning
