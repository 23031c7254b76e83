"""What the tests of the pages share."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest

from spark_app.contracts.load import load_contracts
from spark_app.report.data import ReportData, open_release
from tests.support.gold_shop import make_gold
from tests.support.small_lakes import Gold

LAST = date(2026, 11, 22)


@pytest.fixture(scope="module")
def seventy_days(tmp_path_factory: pytest.TempPathFactory) -> Gold:
    """A shop's gold of seventy days to `LAST`, released."""
    made = make_gold(tmp_path_factory.mktemp("gold"), days=70, customers=120, orders=700, last=LAST)
    made.release()
    return made


@pytest.fixture
def data(seventy_days: Gold) -> Iterator[ReportData]:
    with open_release(seventy_days.lake, load_contracts(), "local", 800) as found:
        assert found is not None
        yield found
