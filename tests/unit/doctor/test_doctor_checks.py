"""What `lakehouse doctor` looks at."""

from __future__ import annotations

from pathlib import Path

import pytest

from spark_app.doctor import checks
from spark_app.lake import releases
from tests.support.small_lakes import Gold
from tests.support.three_releases import three_releases, vacuum


@pytest.fixture
def gold(tmp_path: Path) -> Gold:
    return three_releases(tmp_path)


def test_doctor_looks_whether_releases_can_be_read(gold: Gold) -> None:
    def releases_check() -> checks.Check:
        return next(one for one in checks.check_setup("local", str(gold.root), None) if one.what == "releases")

    assert releases_check().found == "release 3 has all its files; 3 of 3 releases can be shown"
    vacuum(gold)
    assert releases_check().found == "release 3 has all its files; 1 of 3 releases can be shown"
    gold.release(tables=releases.find(gold.lake, 1).tables)
    check = releases_check()
    assert (check.good, check.hint) == (False, "lakehouse releases rollback 3")
    assert check.found.startswith("release 4 cannot be read: gold.customer_cohorts: version 1 lacks")
