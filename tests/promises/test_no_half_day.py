"""Promise 1: a run over an earlier day shows nothing of a later one that another run did not live to take in."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from spark_app.runtime.layers import layers_from
from tests.support.drops import Tables, assert_same, copied, gold, run_days, warehouse
from tests.support.kill import Killed, Plug
from tests.support.two_days import FIRST, SECOND

FIRST_DAY = date.fromisoformat(FIRST)
OVER = "landed_days"  # says of the later day that no night has been about it yet


def one_dataset_after_another(conf: Path) -> None:
    local = conf / "local.yaml"
    local.write_text(local.read_text().replace("parallel: 2", "parallel: 1"))


def rows(tables: Tables) -> Tables:
    return {name: listed for name, listed in tables.items() if name != OVER}


@pytest.fixture
def begun(
    one_released_day: Path, tmp_path: Path, plug: Plug, own_conf: Callable[[Callable[[Path], None]], None]
) -> Path:
    """A home whose second day died when bronze had taken in its orders, and neither payments nor reviews."""
    own_conf(one_dataset_after_another)
    home = copied(one_released_day, tmp_path / "begun")
    dies(home, plug, "bronze.orders:after")
    return home


def dies(home: Path, plug: Plug, point: str) -> None:
    plug.pull_at(lambda reached: reached == point)
    with pytest.raises(Killed):
        run_days(home, SECOND)
    plug.pull_at(lambda reached: False)


def test_a_day_that_a_dead_run_began_is_taken_in_whole(begun: Path, one_released_day: Path, tmp_path: Path) -> None:
    killed, plain = begun, copied(one_released_day, tmp_path / "plain")
    refused = run_days(killed, SECOND, expect=1, layers=layers_from("silver"))
    assert f"{SECOND}: exchange_rates, order_items, payments, refunds, reviews" in refused.message, refused.message

    told = run_days(killed, FIRST).record.warnings
    assert any(f"{SECOND} was taken in in part by a run that did not end" in one for one in told), told

    run_days(plain, SECOND)
    assert_same(rows(gold(killed)), rows(gold(plain)))
    assert_same(rows(warehouse(killed)), rows(gold(plain)))

    run_days(killed, SECOND)
    assert_same(gold(killed), gold(plain))


@pytest.mark.long
@pytest.mark.parametrize(
    "order",
    [
        {"command": "rebuild", "layers": layers_from("silver"), "rebuild_from": "silver"},
        {"command": "quarantine replay", "layers": layers_from("silver"), "days_to_judge": {"payments": (FIRST_DAY,)}},
    ],
    ids=["rebuild", "replay"],
)
def test_what_begins_after_bronze_does_not_release_half_a_day(
    begun: Path, one_released_day: Path, tmp_path: Path, order: dict[str, Any]
) -> None:
    shown = warehouse(begun)
    refused = run_days(begun, SECOND, expect=1, **order)
    assert f"{SECOND}: exchange_rates, order_items, payments, refunds, reviews" in refused.message, refused.message
    assert "readers keep release 1" in refused.message
    assert f"lakehouse run --from {SECOND} --to {SECOND}" in str(refused.hint)
    assert_same(warehouse(begun), shown)

    run_days(begun, SECOND)
    plain = copied(one_released_day, tmp_path / "plain")
    run_days(plain, SECOND)
    assert_same(gold(begun), gold(plain))
    assert_same(warehouse(begun), gold(plain))


@pytest.mark.long
def test_gold_alone_does_not_release_what_silver_has_taken_in_in_part(
    one_released_day: Path, tmp_path: Path, plug: Plug, own_conf: Callable[[Callable[[Path], None]], None]
) -> None:
    own_conf(one_dataset_after_another)
    home = copied(one_released_day, tmp_path / "begun")
    dies(home, plug, "silver.orders:after")
    refused = run_days(home, SECOND, expect=1, layers=layers_from("gold"))
    assert f"{SECOND}: " in refused.message, refused.message
    run_days(home, SECOND)
    plain = copied(one_released_day, tmp_path / "plain")
    run_days(plain, SECOND)
    assert_same(gold(home), gold(plain))


@pytest.mark.long
def test_what_landed_after_bronze_had_looked_is_of_the_next_run(one_released_day: Path, tmp_path: Path) -> None:
    home = copied(one_released_day, tmp_path / "late")
    aside = home / "landing" / "payments" / f"dt={SECOND}"
    aside.rename(tmp_path / "payments")
    run_days(home, SECOND, layers=("bronze",))
    (tmp_path / "payments").rename(aside)
    for file in aside.iterdir():
        file.touch()  # landed now
    run_days(home, SECOND, layers=layers_from("silver"))
