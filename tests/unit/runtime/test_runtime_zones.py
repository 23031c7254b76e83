"""Zones as shops write them, and what is said of a source's that is none."""

from __future__ import annotations

import pytest

from spark_app.runtime.zones import CLOCKS, fixed_offset, unknown_zone


@pytest.mark.parametrize(
    ("text", "offset"),
    [("Z", "+00:00"), ("utc", "+00:00"), ("PST", "-08:00"), ("+02", "+02:00"), ("GMT-0330", "-03:30"),
     ("UTC+1", "+01:00"), ("IST", CLOCKS["IST"]), ("T", None), ("Uhr", None), ("", None)],
)  # fmt: skip
def test_what_names_one_offset(text: str, offset: str | None) -> None:
    assert fixed_offset(text) == offset


@pytest.mark.parametrize(
    ("name", "said"),
    [("Sao Paulo", "did you mean 'America/Sao_Paulo'?"), ("America/New York", "did you mean 'America/New_York'?"),
     ("Europe/Berlinn", "did you mean 'Europe/Berlin'?"), ("Berln", "did you mean 'Europe/Berlin'?"),
     ("america/new_york", "did you mean 'America/New_York'?"), ("utc", "did you mean 'UTC'?"),
     ("PST", "expected a region as America/New_York, whose clocks change by themselves"),
     ("UTC+2", "expected a region"), ("Nowhere at all", "expected a region")],
)  # fmt: skip
def test_the_nearest_region_is_named(name: str, said: str) -> None:
    assert said in (unknown_zone(name) or "")


@pytest.mark.parametrize("name", ["UTC", "America/New_York", "Asia/Kolkata"])
def test_regions_are_known(name: str) -> None:
    assert unknown_zone(name) is None
