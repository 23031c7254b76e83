"""Each sentence on trust, with figures that make it true and figures that make it false."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from spark_app.report.trust import trust
from spark_app.runtime.record import RunRecord
from tests.support.nights import LAST, Night, good_night, started


def said(night: Night, publishing: RunRecord | None = None) -> tuple[str, list[str]]:
    with night.opened(publishing) as data:
        found = trust(data)
    return found.title, [f"{check.state}: {check.text}" for check in found.checks]


@pytest.fixture
def night(tmp_path: Path) -> Night:
    return good_night(tmp_path)


def test_a_good_night_passes_every_check(night: Night) -> None:
    title, checks = said(night)
    assert title == "Yes: every check passed"
    assert checks == [
        "good: The audit passed: 1 check, and none that guards a release failed.",
        "good: The one figure watched of Sun 22 Nov 2026 is as in the weeks before.",
        "good: Every row of the last 7 days is accounted for, and money to the cent.",
    ]


def test_nothing_on_record_is_no_pass(tmp_path: Path) -> None:
    night = started(tmp_path)
    night.releases()
    title, checks = said(night)
    assert title == "With care: not all is as it should be"
    assert checks == [
        "care: No audit of this release is on record.",
        "care: No figure of Sun 22 Nov 2026 was held against the weeks before it: none is watched, or there are not "
        "yet 28 days of history.",
        "care: No row has landed in the 7 days to Sun 22 Nov 2026.",
    ]


Spoil = Callable[[Night], object]


@pytest.mark.parametrize(
    ("spoil", "title", "check"),
    [
        # Audit and rules.
        (
            lambda n: n.audits({"rule": "a"}, {"rule": "b"}),
            "Yes: every check passed",
            "good: The audit passed: 2 checks, and none that guards a release failed.",
        ),
        (
            lambda n: n.audits({"rule": "sales are recent", "passed": False, "effect": "warned", "rows_broken": None}),
            "With care: not all is as it should be",
            "care: Does not hold: gold.fact_orders: sales are recent.",
        ),
        (
            lambda n: n.audits({"passed": False, "effect": "warned", "rows_broken": 4}),
            "Yes: what is odd is named here",
            "odd: 1 rule found rows that are only odd, 4 times in all; these rows are kept.",
        ),
        (
            lambda n: n.judges({"passed": False, "effect": "warned", "rows_broken": 3, "rule": "known product"}),
            "Yes: what is odd is named here",
            "odd: 1 rule found rows that are only odd, 3 times in all; these rows are kept.",
        ),
        (
            lambda n: n.audits({"rule": "orders are as usual", "table_name": "gold.daily_sales"}),
            "With care: not all is as it should be",
            "care: The audit of this release looked at no rule.",  # a watch speaks for itself
        ),
        (
            lambda n: n.audits({"passed": False, "effect": "withheld", "rows_broken": 2}, passed=False),
            "Not yet: something is wrong",
            "bad: The audit of this release failed: gold.fact_orders: adds up.",
        ),
        # Rows.
        (
            lambda n: n.tallies(balanced=False),
            "Not yet: something is wrong",
            "bad: 1 daily sum does not add up from the files to the tables.",
        ),
        (
            lambda n: n.tallies(rows_quarantined=1),
            "Yes: what is odd is named here",
            "odd: 1 of 100 rows of the last 7 days (1.0%) cannot be used and are set aside: orders 1 row.",
        ),
        (
            lambda n: n.tallies(rows_quarantined=5),
            "With care: not all is as it should be",
            "care: 5 of 100 rows of the last 7 days (5.0%) cannot be used and are set aside: orders 5 rows.",
        ),
        (
            lambda n: n.tallies(entity="order_items", rows_quarantined=7, amount_quarantined=Decimal("1204.00")),
            "With care: not all is as it should be",
            "care: 7 of 200 rows of the last 7 days (3.5%) cannot be used and are set aside: "
            "order_items 7 rows, $1,204.00 of goods.",
        ),
        (
            lambda n: n.tallies(landed=0),
            "With care: not all is as it should be",
            "care: No row has landed in the 7 days to Sun 22 Nov 2026.",
        ),
        # Watched figures.
        (
            lambda n: n.watches(LAST, unusual=True, message="orders: 0, expected 40", score=-9.0),
            "With care: not all is as it should be",
            "care: Of 1 figure watched of Sun 22 Nov 2026, unlike the weeks before: 1 of them; the most of all: "
            "orders: 0, expected 40.",
        ),
        (
            lambda n: n.watches(
                LAST, unusual=True, message="SP: 0", score=-5.0, segment_column="state", segment="SP", figure="of SP"
            ),
            "With care: not all is as it should be",
            "care: Of 1 figure watched of Sun 22 Nov 2026, unlike the weeks before: 1 segment; the most of all: SP: 0.",
        ),
        (
            lambda n: n.watches(LAST - timedelta(days=2), unusual=True, message="m", score=-9.0),
            "Yes: what is odd is named here",
            "odd: Unlike the weeks before it was also: Fri 20 Nov 2026 (1 of them).",
        ),
        # Runs.
        (
            lambda n: n.runs("run-2", exit_code=4, message="audit failed\nmore"),
            "Not yet: something is wrong",
            "bad: The last run (run-2) ended with: audit failed. These figures are of the release before it.",
        ),
        (
            lambda n: n.runs("run-1", exit_code=1, message="the warehouse is away."),
            "Not yet: something is wrong",
            "bad: The run that released these figures (run-1) ended with: the warehouse is away.",
        ),
    ],
)
def test_a_sentence_follows_its_figures(night: Night, spoil: Spoil, title: str, check: str) -> None:
    spoil(night)
    found = said(night)
    assert check in found[1]
    assert found[0] == title


def test_rows_set_aside_are_not_counted_as_kept(night: Night) -> None:
    """101 were kept and 61 set aside: the page said that 162 were kept."""
    night.judges(
        {"rule": "known status", "severity": "error", "rows_broken": 61, "passed": False, "effect": "quarantined"},
        {"rule": "times in order", "rows_broken": 101, "passed": False, "effect": "warned"},
    )
    assert "odd: 1 rule found rows that are only odd, 101 times in all; these rows are kept." in said(night)[1]


def test_what_a_run_that_died_counted_is_not_counted_again(night: Night) -> None:
    night.judges({"rows_broken": 7, "passed": False, "effect": "warned"}, run="died")
    assert not [check for check in said(night)[1] if "odd" in check]


@pytest.mark.parametrize(
    ("after", "publishing", "failed"),
    [
        ([], False, True),
        ([], True, False),  # a run that has come as far as its pages is fine, and not on record yet
        (["bronze"], False, True),
        (["bronze", "publish"], False, False),
        (["run"], False, False),
        (["maintenance"], False, True),
    ],
)
def test_a_failed_run_counts_until_one_has_gone_all_the_way(
    night: Night, after: list[str], publishing: bool, failed: bool
) -> None:
    night.runs("run-2", command="audit", exit_code=4, message="audit failed")
    for command in after:
        night.runs(f"after-{command}", command=command)
    title, _ = said(night, RunRecord("run") if publishing else None)
    assert title == ("Not yet: something is wrong" if failed else "Yes: every check passed")


def test_maintenance_that_failed_says_nothing_of_the_figures(night: Night) -> None:
    night.runs("m", command="maintenance", exit_code=1, message="no")
    assert said(night)[0] == "Yes: every check passed"


def test_an_audit_is_found_by_what_it_looked_at(night: Night) -> None:
    """Not by the run: a task may have audited, a run that died, or the run of a release rolled back to."""
    with night.opened() as data:
        first = data.release
    night.takes_in(run="run-2")  # another version
    night.audits({"rule": "x", "passed": False, "effect": "warned", "rows_broken": 9}, run="a-task-of-its-own")
    night.releases(run="another-task")
    assert "odd: 1 rule found rows that are only odd, 9 times in all; these rows are kept." in said(night)[1]
    night.releases("rollback", of=first)
    assert said(night)[0] == "Yes: every check passed"
    with night.opened() as data:
        again = data.release
    night.releases("rollback", of=again)  # a rollback of a rollback
    assert said(night)[0] == "Yes: every check passed"


def test_figures_of_what_was_withheld_are_not_the_releases(night: Night) -> None:
    night.takes_in(run="run-2")
    night.watches(LAST, run="run-2", unusual=True, message="m", score=9.0)
    night.audits({"passed": False, "effect": "withheld", "rows_broken": 1}, run="run-2", passed=False)
    assert said(night)[0] == "Yes: every check passed"
