"""What is unlike the weeks before is noticed, with the segment behind it, where it comes from, and the run."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest

from spark_app.contracts.table import Threshold
from spark_app.lake import ops
from spark_app.lake.completed import ALL_OVER, Completed
from spark_app.monitoring import figures
from spark_app.quality.profile import Finding
from tests.support.ops_rows import put
from tests.support.watched_shop import DAYS, LAST, World


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


def judged(world: World, tables: dict[str, int], completed: Completed = ALL_OVER) -> list[Finding]:
    return figures.judge_figures(world.context, tables, completed, released=False)


def test_usual_days_are_quiet(world: World) -> None:
    world.landed()
    assert world.told(world.gold()) == []
    assert ops.select(world.lake.table("ops.figures"), "SELECT * FROM ops_rows WHERE unusual") == []
    kept = ops.select(world.lake.table("ops.figures"), "SELECT DISTINCT figure, low < observed AS above FROM ops_rows")
    assert {"figure": "orders", "above": True} in kept


def test_a_missing_state_is_one_cause_and_named(world: World) -> None:
    tables = world.gold(lost="SP")
    lines = world.told(tables)
    assert len(world.record.notices) == 1
    assert "gold.daily_sales 2024-03-01: orders: " in lines[0]
    assert "driven by state SP" in lines[0]
    assert any("orders of state SP: 0, expected " in line and "comes from customers.state" in line for line in lines)
    kept = ops.select(world.lake.table("ops.figures"), "SELECT run_id, day, segment FROM ops_rows WHERE segment = 'SP'")
    assert kept
    assert {(row["run_id"], row["day"]) for row in kept} == {("r60", LAST)}


def test_a_file_that_landed_twice_is_seen_by_its_repeated_rows(world: World) -> None:
    world.landed(twice=True)
    lines = world.told(world.gold())
    assert len(world.record.notices) == 1
    assert lines[0].startswith("unusual: silver.order_items 2024-03-01: share of rows that landed twice: 50.0 %")
    assert any("rows landed: 220" in line for line in lines)


def test_an_emptied_column_is_named(world: World) -> None:
    world.landed(emptied="seller_id")
    lines = world.told(world.gold())
    assert lines[0].startswith("unusual: silver.order_items 2024-03-01: share of rows without seller_id: 100.0 %")
    assert lines[0].endswith("comes from order_items.seller_id")


def test_half_a_day_says_when_its_news_end(world: World) -> None:
    world.landed(until=12)
    lines = world.told(world.gold())
    assert lines[0].startswith(
        "unusual: silver.order_items 2024-03-01: hours from the newest change to the day's end: 12"
    )
    assert any("rows landed: 55" in line for line in lines)


def test_an_empty_drop_is_seen_though_gold_is_what_was_released(world: World) -> None:
    world.landed(until=0)
    lines = world.told(world.gold(), released=True)
    assert any("silver.order_items 2024-03-01: rows landed: 0" in line for line in lines)


def test_what_was_released_and_looked_at_is_not_told_again(world: World) -> None:
    world.landed()
    world.told(world.gold())
    world.gold(lost="SP")
    assert world.told({"gold.daily_sales": 1, "gold.daily_customers": 1}, released=True) == []


def test_a_young_shop_is_left_alone(world: World) -> None:
    assert world.told(world.gold(lost="SP", days=DAYS[-28:])) == []


def test_a_watch_of_severity_error_withholds(world: World) -> None:
    tables = world.gold(lost="SP")
    findings = {finding.rule: finding for finding in judged(world, tables)}
    assert not findings["orders are as usual"].passed
    assert not any(finding.withholds for finding in findings.values())
    world.change("gold.daily_sales", "orders are as usual", severity="error")
    withheld = [one.rule for one in judged(world, tables) if one.withholds]
    assert withheld == ["orders are as usual"]


def test_the_contract_stands_above_what_was_learned(world: World) -> None:
    tables = world.gold(lost="MG")
    orders_said = "gold.daily_sales 2024-03-01: orders: "
    assert any(orders_said not in line for line in world.told(tables))
    for change, expected in (
        ({"bounds": Threshold(10, 5000, "rows")}, False),
        ({"bounds": Threshold(None, 80, "rows")}, True),
        ({"limit": 1.0, "change": 5.0}, True),
        ({"change": 90.0}, False),
    ):
        world.change(
            "gold.daily_sales", "orders are as usual", **{"bounds": None, "limit": None, "change": None} | change
        )
        world.record.notices.clear()
        assert any(orders_said in line for line in world.told(tables)) is expected, change


@pytest.mark.parametrize("silent", [1, 5, 30, 200])
def test_a_day_without_orders_is_never_as_usual(world: World, silent: int) -> None:
    """However long there have been none: weeks of nothing teach nobody that nothing is usual."""
    days = [LAST - timedelta(days=silent + back) for back in reversed(range(60))]
    lines = world.told(world.gold(days=days))
    assert any(f"gold.daily_sales {LAST}: orders: 0, expected " in line for line in lines)


def test_a_day_off_each_week_is_as_usual(world: World) -> None:
    """LAST is a Friday: a shop that never sells on Fridays."""
    days = [day for day in DAYS if day.weekday() != LAST.weekday()]
    assert world.told(world.gold(days=days)) == []


def test_a_day_that_did_not_land_is_neither_judged_nor_history(world: World) -> None:
    gone = {LAST, *DAYS[10:20]}
    base = {"dataset": "orders", "bronze_version": 1, "status": "ingested"}
    put(world.lake.table("ops.ingested_files"), [{**base, "batch_date": day} for day in DAYS if day not in gone])
    world.told(world.gold(days=[day for day in DAYS if day not in gone]))
    rows = ops.select(
        world.lake.table("ops.figures"), "SELECT DISTINCT day FROM ops_rows WHERE table_name = 'gold.daily_sales'"
    )
    assert LAST not in {row["day"] for row in rows}
    assert not gone & {row["day"] for row in rows}


def test_after_a_bulk_load_the_weeks_shown_are_judged_and_nobody_is_told(world: World) -> None:
    days = [LAST - timedelta(days=back) for back in reversed(range(120))]
    tables = world.gold(days=[day for day in days if day != DAYS[20]])
    assert world.told(tables) == []
    sql = "SELECT day, bool_or(unusual) AS odd FROM ops_rows WHERE figure = 'orders' AND segment IS NULL GROUP BY 1"
    judged = {row["day"]: row["odd"] for row in ops.select(world.lake.table("ops.figures"), sql)}
    assert set(days[-56:]) <= set(judged)
    assert judged[DAYS[20]], "a day without orders among them is unusual"
    world.record.first_day = world.record.last_day = LAST + timedelta(days=1)
    world.gold(days=[*days, LAST + timedelta(days=1)])
    before = ops.select(world.lake.table("ops.figures"), "SELECT count(*) AS n FROM ops_rows WHERE day <= '2024-03-01'")
    world.told(tables | {"gold.daily_sales": 1})
    after = ops.select(world.lake.table("ops.figures"), "SELECT count(*) AS n FROM ops_rows WHERE day <= '2024-03-01'")
    assert before == after, "each day is judged once"


def test_a_history_that_ended_long_ago_is_judged_to_its_end(world: World) -> None:
    """A bulk load of old days in a drop of today's: the day that pages show is the last one sold on."""
    tables = world.gold()
    today = LAST + timedelta(days=900)
    world.record.first_day = world.record.last_day = today
    world.told(tables)
    rows = ops.select(world.lake.table("ops.figures"), "SELECT DISTINCT day FROM ops_rows WHERE NOT unusual")
    assert LAST in {row["day"] for row in rows}
    sql = "SELECT min(day) > DATE '2024-03-01' AS later, max(observed) AS most FROM ops_rows WHERE unusual"
    odd = ops.select(world.lake.table("ops.figures"), f"{sql} AND figure = 'orders'")
    assert odd == [{"later": True, "most": 0.0}], "the days since, one by one"


def test_a_day_that_is_not_over_is_like_no_week_before(world: World) -> None:
    """Nothing of its drops is looked at either: their history is that of whole drops."""
    world.landed(until=12)
    world.record.intraday = True
    before = LAST - timedelta(days=1)
    assert judged(world, world.gold(lost="SP"), Completed(before, before)) == []
    assert world.record.notices == []
    assert ops.select(world.lake.table("ops.profiles"), "SELECT * FROM ops_rows") == []


def test_what_a_night_completed_and_readers_lack_is_judged_by_a_batch_of_the_next_day_too(world: World) -> None:
    world.change("gold.daily_sales", "orders are as usual", severity="error")
    world.record.intraday = True
    tables = world.gold(lost="SP")
    withheld = [one.rule for one in judged(world, tables, Completed(LAST - timedelta(days=1), LAST)) if one.withholds]
    assert withheld == ["orders are as usual"]


def test_a_lake_that_has_seen_no_night_yet_has_nothing_to_judge(world: World) -> None:
    world.record.intraday = True
    assert judged(world, world.gold(lost="SP"), Completed(date.min, date.min)) == []
