"""What bronze got since an entity was brought to it: days that are to be judged whole, and new files of others."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from spark_app.lake import ledger, log, quarantine
from spark_app.lake.paths import Lake
from spark_app.lake.progress import bronze_progress

_MOST = 500  # new files that a condition names; more are as quickly judged with their days


@dataclass(frozen=True)
class News:
    """What the datasets of an entity took in after the versions `since` of their bronze.

    `days`: all of them. `replaced`: those whose rows were replaced. `added`: those that got more files.
    `commits`: (dataset, day) -> bronze's last commit about it.
    """

    since: Mapping[str, int]
    days: frozenset[date]
    replaced: frozenset[date]
    added: frozenset[date]
    commits: Mapping[tuple[str, date], int]


def find_news(lake: Lake, since: Mapping[str, int]) -> News:
    """What each dataset took in after this version of its bronze."""
    days, replaced, added = set[date](), set[date](), set[date]()
    commits: dict[tuple[str, date], int] = {}
    for dataset, version in since.items():
        for commit in log.commits_after(lake.table(f"bronze.{dataset}"), version):
            progress = bronze_progress(commit.note)
            days |= set(progress.days)
            replaced |= progress.replaced
            added |= progress.added
            commits.update({(dataset, day): commit.version for day in progress.days})
    return News(since, frozenset(days), frozenset(replaced), frozenset(added), commits)


def new_files(lake: Lake, news: News, bronze: Mapping[str, int]) -> dict[date, frozenset[str]]:
    """Day -> its new files, of all days that only got more files; none where their days have to be judged whole.

    `bronze`: dataset -> version up to which files count. That is so where another dataset has the day only now, where
    the ledger does not know each file (a run died before it entered them), and of very many files.
    """
    found: dict[date, frozenset[str]] = dict.fromkeys(news.added, frozenset[str]())
    for dataset, version in bronze.items():
        came = {day: commit for (name, day), commit in news.commits.items() if name == dataset and day in news.added}
        files = ledger.new_files(lake, dataset, came, news.since[dataset], version) if came else {}
        if files.keys() != came.keys():
            return {}
        found.update({day: found[day] | names for day, names in files.items()})
    every = frozenset[str]().union(*found.values())
    return found if len(every) <= _MOST and quarantine.can_be_named(every) else {}
