"""Files of versions between those that are kept."""

from __future__ import annotations

from pathlib import Path

from spark_app.lake import log, releases
from spark_app.lake.between import remove_between
from spark_app.lake.readable import find_unreadable_releases
from tests.support.three_releases import COHORTS, three_releases


def test_what_only_a_release_in_between_needs_goes_and_older_ones_stay(tmp_path: Path) -> None:
    gold = three_releases(tmp_path)
    first, second, third = releases.releases(gold.lake)
    version = log.version_of(gold.lake.table(COHORTS.qualified))
    table = COHORTS.qualified
    assert remove_between(gold.lake.table(table), {first.tables[table], third.tables[table]}, 0) >= 1
    assert sorted(find_unreadable_releases(gold.lake, [first, second, third])) == [2]
    assert gold.rows(COHORTS, first.tables[table]) != gold.rows(COHORTS, third.tables[table])
    assert log.version_of(gold.lake.table(table)) == version, "nothing is committed"


def test_what_left_lately_stays_whatever_is_kept(tmp_path: Path) -> None:
    gold = three_releases(tmp_path)
    assert remove_between(gold.lake.table(COHORTS.qualified), set(), 24 * 7) == 0
    assert find_unreadable_releases(gold.lake, releases.releases(gold.lake)) == {}


def test_where_there_is_no_table_nothing_goes(tmp_path: Path) -> None:
    assert remove_between(three_releases(tmp_path).lake.table("gold.none"), set(), 0) == 0
