"""Promise 1: a run over an earlier day shows nothing of a later one that another run did not live to take in."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support.drops import Tables, assert_same, copied, gold, run_days, warehouse
from tests.support.kill import Killed, Plug
from tests.support.two_days import FIRST, SECOND

OVER = "landed_days"  # says of the later day that no night has been about it yet


def one_dataset_after_another(conf: Path) -> None:
    local = conf / "local.yaml"
    local.write_text(local.read_text().replace("parallel: 2", "parallel: 1"))


def rows(tables: Tables) -> Tables:
    return {name: listed for name, listed in tables.items() if name != OVER}


def test_a_day_that_a_dead_run_began_is_taken_in_whole(
    one_released_day: Path, tmp_path: Path, plug: Plug, own_conf: Callable[[Callable[[Path], None]], None]
) -> None:
    own_conf(one_dataset_after_another)
    killed, plain = (copied(one_released_day, tmp_path / name) for name in ("killed", "plain"))
    plug.pull_at(lambda point: point == "bronze.orders:after")
    with pytest.raises(Killed):
        run_days(killed, SECOND)
    plug.pull_at(lambda point: False)
    told = run_days(killed, FIRST).record.warnings
    assert any(f"{SECOND} was taken in in part by a run that did not end" in one for one in told), told

    run_days(plain, SECOND)
    assert_same(rows(gold(killed)), rows(gold(plain)))
    assert_same(rows(warehouse(killed)), rows(gold(plain)))

    run_days(killed, SECOND)
    assert_same(gold(killed), gold(plain))
