"""The day of a text by a source's patterns, and the days in a file's name."""

from __future__ import annotations

from datetime import date

import pytest

from spark_app.contracts.days_in_text import day_reader, days_in_name

THE_DAY = date(2024, 12, 3)


@pytest.mark.parametrize(
    ("formats", "text", "day"),
    [
        ((), "2024-12-03", THE_DAY),
        ((), " 2024-12-03T23:59:59Z ", THE_DAY),
        ((), "2024-12-03 23:59:59 -0500", THE_DAY),
        ((), "03/12/2024", None),
        ((), "", None),
        (("dd/MM/yyyy HH:mm",), "03/12/2024 09:40", THE_DAY),
        (("MM/dd/yyyy",), "12/03/2024", THE_DAY),
        (("d.M.yyyy",), "3.12.2024", THE_DAY),
        (("dd/MM/yyyy", "yyyy-MM-dd'T'HH:mm:ss"), "2024-12-03T09:40:00", THE_DAY),
        (("HH:mm dd.MM.yy",), "09:40 03.12.24", THE_DAY),
        (("MMM d, yyyy h:mm:ss a z",), "Dec 3, 2024 9:40:00 AM PST", THE_DAY),
        (("d MMMM yyyy",), "3 december 2024", THE_DAY),
        (("yyyyMMdd",), "20241203", THE_DAY),
        (("yyyy-DDD",), "2024-338", THE_DAY),
        (("yyyy[-MM]-dd",), "2024-12-03", THE_DAY),
        (("yyyy-MM-dd[ HH:mm[:ss]][ Z]",), "2024-12-03 23:59 +0000", THE_DAY),
        (("dd/MM/yyyy",), "31/02/2024", None),
        (("epoch_seconds",), "1733184000", THE_DAY),
        (("epoch_millis",), "1733270399000", THE_DAY),
        (("epoch_seconds",), "soon", None),
    ],
)
def test_the_day_that_stands_in_a_text(formats, text, day):
    assert day_reader(formats)(text) == day


@pytest.mark.parametrize(
    ("name", "days"),
    [
        ("orders-2024-12-03.csv", [THE_DAY]),
        ("orders_20241203.csv.gz", [THE_DAY]),
        ("dt=2024-12-03/orders.csv", [THE_DAY]),
        ("2024_12_03 till 7.csv", [THE_DAY]),
        ("2024-12-03/orders_20241203.csv", [THE_DAY]),
        ("orders_2024-12-03_2024-12-31.csv", [THE_DAY, date(2024, 12, 31)]),
        ("orders.csv", []),
        ("order 123456789012.csv", []),
        ("2024-13-03.csv", []),
    ],
)
def test_the_days_in_a_name(name, days):
    assert days_in_name(name) == days
