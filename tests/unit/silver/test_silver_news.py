"""What bronze got since: which days an entity judges whole, and of which new files are enough."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from spark_app.contracts.table import Column, Type
from spark_app.lake import log, writes
from spark_app.lake.paths import Lake
from spark_app.lake.progress import BronzeProgress
from spark_app.silver.news import find_news, new_files
from tests.support.ops_rows import put

FIRST, SECOND = date(2024, 3, 1), date(2024, 3, 2)
Files = dict[date, list[str]]


class Bronze:
    """A lake's bronze of some datasets, by commits that say what they brought."""

    def __init__(self, root: Path) -> None:
        self.lake = Lake(str(root))

    def take(
        self,
        dataset: str,
        files: Files,
        *,
        added: set[date] | None = None,
        replaced: set[date] | None = None,
        entered: bool = True,
    ) -> int:
        """A commit after which these are all files of the days; its version."""
        table = self.lake.table(f"bronze.{dataset}")
        if log.version_of(table) is None:
            writes.create(table, [Column("order_id", Type("string"), False, "", "", None, None)])
        took = BronzeProgress(dict.fromkeys(files, "f"), {}, frozenset(replaced or ()), frozenset(added or ()))
        writes.advance(table, log.note_text("r", {}, **took.note()))
        version = log.version_of(table) or 0
        rows = [
            {"dataset": dataset, "batch_date": day, "file": name, "rows": 1, "bronze_version": version}
            for day, names in files.items()
            for name in names
        ]
        put(self.lake.table("ops.ingested_files"), rows if entered else [])
        return version


@pytest.fixture
def bronze(tmp_path: Path) -> Bronze:
    return Bronze(tmp_path)


def test_files_that_came_by_several_commits(bronze: Bronze) -> None:
    known = bronze.take("web", {FIRST: ["a"], SECOND: ["x"]})
    bronze.take("web", {FIRST: ["a", "b"]}, added={FIRST})
    now = bronze.take("web", {FIRST: ["a", "b", "c"]}, added={FIRST})
    news = find_news(bronze.lake, {"web": known})
    assert (news.days, news.added, news.replaced) == ({FIRST}, {FIRST}, set())
    assert new_files(bronze.lake, news, {"web": now}) == {FIRST: {"b", "c"}}


def test_a_new_day_beside_it_is_no_matter(bronze: Bronze) -> None:
    known = bronze.take("web", {FIRST: ["a"]})
    now = bronze.take("web", {FIRST: ["a", "b"], SECOND: ["x"]}, added={FIRST})
    news = find_news(bronze.lake, {"web": known})
    assert (news.days, news.added) == ({FIRST, SECOND}, {FIRST})
    assert new_files(bronze.lake, news, {"web": now}) == {FIRST: {"b"}}


def test_a_day_that_another_dataset_has_only_now_is_judged_whole(bronze: Bronze) -> None:
    known = bronze.take("web", {FIRST: ["a"]})
    versions = {
        "web": bronze.take("web", {FIRST: ["a", "b"]}, added={FIRST}),
        "till": bronze.take("till", {FIRST: ["t"]}),
    }
    assert new_files(bronze.lake, find_news(bronze.lake, {"web": known, "till": -1}), versions) == {}


def test_of_two_datasets_each_has_its_new_files(bronze: Bronze) -> None:
    since = {"web": bronze.take("web", {FIRST: ["a"]}), "till": bronze.take("till", {FIRST: ["t"]})}
    now = {
        name: bronze.take(name, {FIRST: [old, new]}, added={FIRST})
        for name, old, new in (("web", "a", "b"), ("till", "t", "u"))
    }
    assert new_files(bronze.lake, find_news(bronze.lake, since), now) == {FIRST: {"b", "u"}}


def test_files_that_a_killed_run_did_not_enter_are_not_known(bronze: Bronze) -> None:
    known = bronze.take("web", {FIRST: ["a"]})
    now = bronze.take("web", {FIRST: ["a", "b"]}, added={FIRST}, entered=False)
    assert new_files(bronze.lake, find_news(bronze.lake, {"web": known}), {"web": now}) == {}


@pytest.mark.parametrize("names", [["o'brien.csv"], ["back\\slash.csv"], [f"{n}.csv" for n in range(501)]])
def test_names_that_no_condition_takes_and_too_many(bronze: Bronze, names: list[str]) -> None:
    known = bronze.take("web", {FIRST: ["a"]})
    now = bronze.take("web", {FIRST: ["a", *names]}, added={FIRST})
    assert new_files(bronze.lake, find_news(bronze.lake, {"web": known}), {"web": now}) == {}
