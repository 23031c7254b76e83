"""What drops look like is judged on the shop's clock, whatever zone their times name."""

from __future__ import annotations

import duckdb
import pytest

from spark_app.quality.drop_times import shop_time

NEW_YORK = "America/New_York"


def read(text: str, timezone: str, *formats: str) -> str | None:
    with duckdb.connect() as connection:
        connection.execute("SET TimeZone = 'UTC'")
        (found,) = (
            connection.execute(f"SELECT {shop_time('x', formats, timezone)} FROM (SELECT ? AS x)", [text]).fetchone()
            or ()
        )
    return None if found is None else str(found)


@pytest.mark.parametrize(
    ("text", "formats", "expected"),
    [
        ("2024-01-05 21:30:00", (), "2024-01-05 21:30:00"),
        ("2024-01-05", (), "2024-01-05 00:00:00"),
        ("2024-01-05 21:30:00+00", (), "2024-01-05 16:30:00"),
        ("2024-01-05T21:30:00Z", (), "2024-01-05 16:30:00"),
        ("2024-01-05 21:30:00 PST", (), "2024-01-06 00:30:00"),
        ("2024-01-05 21:30:00 America/Los_Angeles", (), "2024-01-06 00:30:00"),
        ("soon", (), None),
        ("05/01/2024 21:30", ("dd/MM/yyyy HH:mm",), "2024-01-05 21:30:00"),
        ("05/01/2024", ("dd/MM/yyyy[ HH:mm[:ss]]",), "2024-01-05 00:00:00"),
        ("05/01/2024 21:30:15", ("dd/MM/yyyy[ HH:mm[:ss]]",), "2024-01-05 21:30:15"),
        ("Jan 5, 2024 9:30:00 PM PST", ("MMM d, yyyy h:mm:ss a z", "MMM d, yyyy h:mm:ss a"), "2024-01-06 00:30:00"),
        ("Jan 5, 2024 9:30:00 PM", ("MMM d, yyyy h:mm:ss a z", "MMM d, yyyy h:mm:ss a"), "2024-01-05 21:30:00"),
        ("2024-01-05 21:30:00.123+02:00", ("yyyy-MM-dd HH:mm:ss.SSSXXX",), "2024-01-05 14:30:00.123000"),
        ("2024-01-05T21:30:00Z", ("yyyy-MM-dd'T'HH:mm:ss'Z'",), "2024-01-05 16:30:00"),
        ("1709290800000", ("epoch_millis",), "2024-03-01 06:00:00"),
        ("99999999999999999999999", ("epoch_millis",), None),
        ("soon", ("epoch_millis", "dd/MM/yyyy"), None),
    ],
)
def test_times_on_the_shops_clock(text: str, formats: tuple[str, ...], expected: str | None) -> None:
    assert read(text, NEW_YORK, *formats) == expected


def test_a_format_that_duckdb_has_no_letters_for_is_left_out() -> None:
    assert shop_time("x", ("yyyy-MM-dd kk:mm",), "UTC") is None
    assert read("2024-01-05", "UTC", "yyyy-MM-dd kk:mm", "yyyy-MM-dd") == "2024-01-05 00:00:00"
