"""Titles, words and colours of pages, each with figures that make it false."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

import pytest

from spark_app.report import morning, quality, runs
from spark_app.report.site import render
from spark_app.runtime.record import RunRecord
from tests.support.nights import LAST, Night, good_night, started


@pytest.fixture
def night(tmp_path: Path) -> Night:
    return good_night(tmp_path)


def cell(night: Night, table: str, dimension: str) -> tuple[str, str]:
    with night.opened() as data:
        status = {line["table"]: line for line in quality.page(data).more["status"]}
    found = status[table][dimension]
    return found["word"], found["effect"]


def test_a_rule_that_had_no_row_to_look_at_has_passed_nothing(night: Night) -> None:
    assert cell(night, "gold.fact_orders", "accuracy") == ("passed", "none")
    night.audits({"rows_checked": 0})
    assert cell(night, "gold.fact_orders", "accuracy") == ("no row to check", "unseen")
    night.audits({"rows_checked": 0, "rows_broken": None})  # of a whole table: recency, a balance
    assert cell(night, "gold.fact_orders", "accuracy") == ("passed", "none")


@pytest.mark.parametrize(
    ("effect", "word"), [("warned", "odd, kept"), ("quarantined", "rows set aside"), ("withheld", "release withheld")]
)
def test_a_cell_has_the_gravest_outcome(night: Night, effect: str, word: str) -> None:
    night.judges({"effect": effect, "passed": False, "rows_broken": 1}, {"rule": "another"})
    assert cell(night, "silver.orders", "accuracy") == (word, effect)


def test_tables_without_a_contract_are_not_shown(night: Night) -> None:
    night.judges({"table_name": "silver.of_before"})
    with night.opened() as data:
        tables = [line["table"] for line in quality.page(data).more["status"]]
    assert tables == ["gold.fact_orders", "silver.orders"]


def absent(night: Night) -> list[str]:
    with night.opened() as data:
        return list(quality.page(data).more["absent"])


def test_nothing_unusual_is_said_only_of_what_was_judged(tmp_path: Path) -> None:
    judged, not_judged = good_night(tmp_path / "a"), started(tmp_path / "b")
    not_judged.releases()
    assert "No figure that was judged was unusual." in absent(judged)
    assert "No figure that was judged was unusual." not in absent(not_judged)
    assert any(text.startswith("No figure has been judged") for text in absent(not_judged))
    judged.watches(LAST, unusual=True, message="m", score=4.0)
    assert "No figure that was judged was unusual." not in absent(judged)


def test_days_that_do_not_add_up_are_told_and_the_title_promises_nothing(night: Night) -> None:
    with night.opened() as data:
        figure = quality.page(data).figures["reconciliation"]
        assert [row["state"] for row in figure.values] == ["adds up"]
    night.tallies(balanced=False, silver_version=2)
    with night.opened() as data:
        figure = quality.page(data).figures["reconciliation"]
        assert [row["state"] for row in figure.values] == ["⚠ 1 days do not add up"]
    assert "Nothing lost" not in figure.title


def layers(night: Night, publishing: RunRecord | None = None) -> list[str]:
    with night.opened(publishing) as data:
        return [str(row["layer"]) for row in runs.layers(data).values]


def test_a_releases_time_is_that_of_all_runs_behind_it(tmp_path: Path) -> None:
    """A task a layer; what ran before the release before, and after this one, is not its."""
    night = started(tmp_path)
    night.takes_in()
    night.runs("old", command="rebuild")
    night.releases(run="old")
    for layer in ("bronze", "silver", "gold", "audit"):
        night.runs(f"task-{layer}", command=layer)
    night.takes_in(run="task-silver")
    record = RunRecord("publish", run_id="task-publish")
    with record.step("publish", "release"):
        pass
    night.releases(run="task-publish")
    assert layers(night) == ["bronze", "silver", "gold", "audit"]
    assert layers(night, record) == ["bronze", "silver", "gold", "audit", "publish"]
    night.runs("later", command="bronze")
    assert layers(night) == ["bronze", "silver", "gold", "audit"]


def test_a_rollbacks_time_is_that_of_what_it_shows(night: Night) -> None:
    with night.opened() as data:
        first = data.release
    night.runs("run-2")
    night.takes_in(run="run-2")
    night.releases()
    night.releases("rollback", of=first)
    with night.opened() as data:
        assert "up to release 1," in runs.layers(data).definition
        text = render(data)["index.html"]
    assert "which shows release 1 again" in text


def test_what_is_of_now_does_not_say_that_it_is_of_the_release(night: Night) -> None:
    with night.opened() as data:
        pages = render(data)
    sources = {
        name: set(re.findall(r'<p class="source">(\w+)', pages[name])) for name in ("sales.html", "quality.html")
    }
    assert sources == {"sales.html": {"Release"}, "quality.html": {"As"}}
    assert "Every figure is of release 1" in pages["sales.html"].replace("\n", " ")
    assert "Every figure is" not in pages["quality.html"]


def test_a_comparison_needs_its_day(tmp_path: Path) -> None:
    night = good_night(tmp_path)
    with night.opened() as data:
        against = {name: was for name, _, was in morning.page(data).more["tiles"][0].against}
    assert set(against) == {"the day before", "a week before"}, "there is no year before"
    assert all(was is not None for was in against.values())


def test_what_is_unpaid_says_since_when(night: Night) -> None:
    with night.opened() as data:
        note = morning.page(data).figures["unpaid"].note
        assert note == "Of orders from Fri 23 Oct 2026 on."
        assert data.first == LAST - timedelta(days=30)
