"""What gold counts in, as settings and source say."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from pydantic import ValidationError

from spark_app.runtime.reporting import Reporting, reporting_of
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


@pytest.mark.parametrize(
    ("zone", "landed_in", "day", "before", "after"),
    [
        ("UTC", "UTC", date(2024, 3, 5), 0, 0),
        ("America/New_York", "America/New_York", date(2024, 3, 10), 0, 0),
        ("America/Sao_Paulo", "UTC", date(2024, 3, 5), 0, 1),
        ("Asia/Tokyo", "UTC", date(2024, 3, 5), 1, 0),
        ("UTC", "America/New_York", date(2024, 3, 5), 1, 0),
        ("Europe/London", "UTC", date(2024, 1, 5), 0, 0),  # in winter they are the same
        ("Europe/London", "UTC", date(2024, 7, 5), 1, 0),
    ],
)
def test_which_drops_hold_a_business_days_hours(zone: str, landed_in: str, day: date, before: int, after: int) -> None:
    found = Reporting("USD", zone, landed_in=landed_in).drops_of(day)
    assert found == tuple(day + timedelta(days=n) for n in range(-before, after + 1))


def test_what_a_table_is_made_with_is_noted_and_read_again() -> None:
    made = Reporting("EUR", "Europe/Berlin", "Kettle & Co", "Europe/Berlin")
    assert reporting_of(made.noted) == Reporting("EUR", "Europe/Berlin", None, "Europe/Berlin")
    assert reporting_of(None) == Reporting()
