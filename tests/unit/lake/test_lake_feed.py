"""Sums over versions and over the changes between two: rows in, rows out."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from spark_app.contracts.table import Type
from spark_app.lake import feed, log
from spark_app.lake.paths import Lake
from spark_app.runtime.errors import LakeError
from tests.support.small_lakes import Gold, contract

TABLE = contract("pieces", {"id": (Type("int"), True), "n": (Type("int"), False)}, ["id"])
NAME = TABLE.qualified


@pytest.fixture
def gold(tmp_path: Path) -> Gold:
    made = Gold(tmp_path)
    made.add(TABLE)
    made.merge(TABLE, rows(1, 10) + rows(2, 20))
    return made


def rows(number: int, n: int) -> list[dict[str, Any]]:
    return [{"id": number, "n": n}]


def now(lake: Lake) -> int:
    return log.version_of(lake.table(NAME)) or 0


def test_a_version_is_as_it_was(gold: Gold) -> None:
    then = now(gold.lake)
    gold.merge(TABLE, rows(1, 11))
    sql = "SELECT id, n FROM data ORDER BY id"
    assert feed.over_version(gold.lake.table(NAME), then, sql) == [(1, 10), (2, 20)]
    assert feed.over_version(gold.lake.table(NAME), None, sql) == [(1, 11), (2, 20)]


def test_a_table_that_is_not_there_has_no_rows(gold: Gold) -> None:
    assert feed.over_version(gold.lake.table("gold.none"), None, "SELECT 1") == []


def test_of_a_change_what_came_is_one_and_what_went_minus_one(gold: Gold) -> None:
    then = now(gold.lake)
    gold.merge(TABLE, rows(1, 11) + rows(3, 30), gone=[2])
    sql = "SELECT id, sum(sign), sum(sign * n) FROM changed GROUP BY id ORDER BY id"
    found = feed.over_changes(gold.lake.table(NAME), then, now(gold.lake), ["id", "n"], sql)
    assert [tuple(map(int, row)) for row in found] == [(1, 0, 1), (2, -1, -20), (3, 1, 30)]


def test_between_a_version_and_itself_nothing_changed(gold: Gold) -> None:
    assert feed.over_changes(gold.lake.table(NAME), now(gold.lake), now(gold.lake), ["id"], "SELECT 1") == []


@pytest.mark.parametrize("all_rows", [True, False])
def test_final_rows_are_those_that_hold_in_the_end(gold: Gold, all_rows: bool) -> None:
    then = now(gold.lake)
    gold.merge(TABLE, rows(1, 11))
    gold.merge(TABLE, rows(1, 12) + rows(4, 40))
    gold.merge(TABLE, gone=[4])
    sql = "SELECT list((id, n) ORDER BY id) FROM changed"
    after = None if all_rows else then
    (found,) = feed.over_final_rows(gold.lake.table(NAME), after, now(gold.lake), ["id"], sql, {})
    assert found == ([(1, 12), (2, 20)] if all_rows else [(1, 12)])


def test_a_version_that_is_not_there_is_an_error_that_names_it(gold: Gold) -> None:
    with pytest.raises(LakeError, match=r"gold\.none: no version 3"):
        feed.over_final_rows(gold.lake.table("gold.none"), None, 3, ["id"], "SELECT 1", {})
