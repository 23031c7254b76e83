"""What a figure's own past expects of it."""

from __future__ import annotations

import math
import random

import pytest

from spark_app.quality import robust

WEEK = (100, 95, 90, 92, 110, 140, 160)


def past(days: int, seed: int = 1, growth: float = 0.0) -> list[float]:
    """A shop with quiet and busy weekdays, some noise, and perhaps growth."""
    chance = random.Random(seed)
    return [round(WEEK[at % 7] * (1 + growth * at) * chance.uniform(0.93, 1.07)) for at in range(days)]


def test_a_usual_day_is_expected_of_its_weekday() -> None:
    known = past(70)
    found = robust.expect_next("count", known, WEEK[0])
    assert found is not None
    assert found.middle == pytest.approx(WEEK[0], rel=0.08)
    assert abs(found.score) < 2
    # The level of another weekday is not usual on this one.
    saturday = robust.expect_next("count", known, WEEK[5] * 1.15)
    assert saturday is not None
    assert saturday.score > robust.LIMIT


def test_growth_is_continued() -> None:
    found = robust.expect_next("count", past(70, growth=0.02), 0)
    assert found is not None
    assert found.middle == pytest.approx(WEEK[0] * (1 + 0.02 * 70), rel=0.08)


def test_a_third_of_wrong_days_does_not_bend_what_is_expected() -> None:
    known = past(70)
    plain = robust.expect_next("count", known, WEEK[0])
    for at in range(43, 70, 4):  # a quarter of the newest 28
        known[at] *= 50
    bent = robust.expect_next("count", known, WEEK[0])
    assert plain is not None
    assert bent is not None
    assert bent.middle == pytest.approx(plain.middle, rel=0.2)


def test_little_history_says_nothing() -> None:
    assert robust.expect_next("count", past(robust.FEWEST - 1), 0) is None
    assert robust.expect_next("count", past(robust.FEWEST), 0) is not None
    holes = [math.nan if at % 2 else 10.0 for at in range(50)]
    assert robust.expect_next("time", holes, 1000) is None


def test_a_trickle_of_money_says_nothing() -> None:
    assert robust.expect_next("amount", [0.0, 0.0, 50.0] * 20, 900) is None


@pytest.mark.parametrize("seed", range(5))
def test_chance_alone_does_not_cry_wolf(seed: int) -> None:
    """Small counts that are all chance: of 200 days hardly one is beyond the limit."""
    chance = random.Random(seed)
    days = [float(sum(chance.random() < 0.02 for _ in range(200))) for _ in range(270)]
    told = [
        abs(found.score) > robust.limit_for(20)
        for at in range(70, 270)
        if (found := robust.expect_next("count", days[:at], days[at]))
    ]
    assert len(told) == 200
    assert sum(told) <= 1


def test_shares_are_judged_by_how_many_rows_they_are_of() -> None:
    known = [0.02 + 0.001 * (at % 5) for at in range(60)]
    few, many = (robust.expect_next("share", known, 0.08, rows=rows) for rows in (20, 5000))
    assert few is not None
    assert many is not None
    assert few.score < robust.LIMIT < many.score


def test_the_limit_grows_with_the_figures_judged() -> None:
    assert robust.limit_for(1) == pytest.approx(robust.LIMIT)
    assert robust.limit_for(27) == pytest.approx(4.298, abs=0.001)


def test_runs_have_no_weekdays() -> None:
    found = robust.expect_without_season("time", [100, 103, 98, 101, 99, 104, 100, 102, 97, 300], 400)
    assert found.middle == pytest.approx(100.5, abs=1)
    assert found.high < 400
