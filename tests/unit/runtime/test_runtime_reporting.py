"""What gold counts in, as settings and source say."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from spark_app.runtime.reporting import Reporting
from spark_app.runtime.settings import ReportingSettings


def test_unset_it_is_dollars_and_days_of_utc() -> None:
    assert Reporting().text == "USD, days of UTC"
    assert ReportingSettings() == ReportingSettings(currency=None, timezone="UTC", shop=None)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"timezone": "New York"}, "did you mean 'America/New_York'"),
        ({"timezone": "+02:00"}, "expected a region"),
        ({"currency": "eur"}, "currency"),
        ({"zone": "UTC"}, "zone"),
        ({"shop": ""}, "shop"),
    ],
)
def test_what_cannot_be_meant_is_refused(given: dict[str, str], message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        ReportingSettings.model_validate(given)
