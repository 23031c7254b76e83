"""What a release is made of."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.nights import DAYS, started


@pytest.mark.parametrize("table", ["silver.orders", "silver.payments"])
def test_what_a_release_took_in_is_found_by_its_versions(tmp_path: Path, table: str) -> None:
    from spark_app.lake.behind import days_taken_in

    night = started(tmp_path)
    night.takes_in(DAYS[:5])
    first = night.releases()
    night.takes_in(DAYS[5:7])
    second = night.releases()
    entity = table.removeprefix("silver.")
    assert days_taken_in(night.lake, first.tables)[entity] == frozenset(DAYS[:5])
    assert days_taken_in(night.lake, second.tables)[entity] == frozenset(DAYS[:7])
