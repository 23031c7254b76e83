"""What is remembered of who reads tables: since when they are watched, and when they were last read."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from spark_app.costs.reads import (
    TableReads,
    carry_on,
    keep_look,
    read_known,
    read_last_look,
    unseen,
    watch_in_words,
)
from spark_app.lake.paths import Lake

NOW = datetime(2026, 11, 29, 2, tzinfo=UTC)


def days_ago(days: float) -> datetime:
    return NOW - timedelta(days=days)


def test_watching_begins_with_the_first_look_and_goes_on_while_no_day_is_missed() -> None:
    first = TableReads("t", days_ago(6), days_ago(40), None)
    assert carry_on({}, ["t"], {}, NOW) == [TableReads("t", NOW, NOW, None)]
    assert carry_on({"t": first}, ["t"], {}, NOW) == [TableReads("t", NOW, days_ago(40), None)]
    late = TableReads("t", days_ago(6.01), days_ago(40), None)
    assert carry_on({"t": late}, ["t"], {}, NOW) == [TableReads("t", NOW, NOW, None)], "Redshift forgets after a week"
    blind = TableReads("t", days_ago(1), None, None)
    assert carry_on({"t": blind}, ["t"], {}, NOW) == [TableReads("t", NOW, NOW, None)]


def test_the_last_read_is_the_newest_of_what_was_known_and_what_is_found() -> None:
    known = {"t": TableReads("t", days_ago(1), days_ago(40), days_ago(20))}
    assert carry_on(known, ["t"], {}, NOW)[0].last_read_at == days_ago(20)
    assert carry_on(known, ["t"], {"t": days_ago(2)}, NOW)[0].last_read_at == days_ago(2)
    assert unseen(known, ["t", "u"], NOW) == [
        TableReads("t", NOW, None, days_ago(20)),
        TableReads("u", NOW, None, None),
    ]


def test_looks_are_kept_and_the_newest_has_the_tables_that_the_warehouse_had(tmp_path: Path) -> None:
    lake = Lake(str(tmp_path / "lake"))
    assert (read_last_look(lake), read_known(lake)) == ([], {})
    old = [TableReads("gone", days_ago(1), days_ago(9), None), TableReads("t", days_ago(1), days_ago(9), days_ago(3))]
    new = [TableReads("t", NOW, days_ago(9), days_ago(0.5))]
    keep_look(lake, "r1", old)
    keep_look(lake, "r2", new)
    assert read_last_look(lake) == new
    assert read_known(lake) == {"gone": old[0], "t": new[0]}


def test_it_is_said_how_much_is_known() -> None:
    def said(looked_at: datetime, since: datetime | None) -> str:
        return watch_in_words([TableReads("t", looked_at, since, None)], NOW)

    assert watch_in_words([], NOW) == "who reads which table is not known: no run has asked a Redshift yet"
    assert said(days_ago(7), days_ago(90)) == "who reads which table is not known: last looked at on 2026-11-22"
    assert "the loading user sees no other user's queries" in said(NOW, None)
    assert said(NOW, days_ago(29)) == (
        "who reads which table is watched since 2026-10-31: after 30 days it is said of which nobody"
    )
    assert said(NOW, days_ago(30)) == "who reads which table is watched since 2026-10-30"
