"""How numbers, changes and days are written for people."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from spark_app.report.numbers import Change, changed, day_text, written


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (Decimal("1234.5"), "money", "$1,234.50"),
        (Decimal("12345.67"), "money", "$12,346"),
        (-3, "money", "−$3.00"),
        (1234567, "count", "1,234,567"),
        (0.1234, "percent", "12.3%"),
        (0.0512, "change", "+5.1%"),
        (-0.251, "change", "−25%"),
        (0.014, "points", "+1.4 points"),
        (-0.0123, "points", "−1.2 points"),
        (12.34, "days", "12.3 days"),
        (4.125, "score", "4.12"),
        (None, "money", "–"),
        (date(2018, 8, 29), "day", "Wed 29 Aug 2018"),
        ("pix", "text", "pix"),
    ],
)
def test_numbers_are_written_for_people(value, unit, text):
    assert written(value, unit, "USD") == text


def test_money_is_exact_in_tables_and_has_its_sign():
    assert written(Decimal("12345.67"), "money", "BRL", exact=True) == "R$12,345.67"
    assert written(1, "money", "CHF") == "CHF 1.00"


def test_a_change_is_good_or_bad_news():
    assert changed(Decimal(3), 2, "money", "more") == Change("▲ +50%", "good")
    assert changed(3, 2, "count", "less") == Change("▲ +50%", "bad")
    assert changed(2, 4, "count", "neither") == Change("▼ −50%", "")
    assert changed(3, 0, "money", "more") is None
    assert changed(None, 3, "money", "more") is None


def test_no_change_and_one_too_small_to_write_are_no_news():
    assert changed(3, 3, "money", "more") == Change("unchanged", "")
    assert changed(Decimal("100000.01"), 100000, "money", "more") == Change("about the same", "")
    assert changed(0.0501, 0.05, "percent", "less") == Change("about the same", "")


def test_shares_differ_by_points():
    """From 3.9 % to 5.3 % is no +37 %."""
    assert changed(0.053, 0.039, "percent", "less") == Change("▲ +1.4 points", "bad")
    assert changed(0.03, 0, "percent", "less") == Change("▲ +3.0 points", "bad")


def test_a_day_is_written_with_its_weekday():
    assert day_text(date(2024, 2, 29)) == "Thu 29 Feb 2024"
