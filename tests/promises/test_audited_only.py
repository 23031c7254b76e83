"""Promise 3: readers see a release that passed its audit, whole, or the one before it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from pyspark.sql import SparkSession

from spark_app.jobs.publish import rollback
from spark_app.runs.opening import open_context
from spark_app.runs.request import RunRequest
from spark_app.runtime.record import RunRecord
from tests.support.drops import Tables, assert_same, copied, drop, gold, run_days, table_dicts, warehouse
from tests.support.kill import Killed, Plug
from tests.support.shop import customer, item, order, product

FIRST, SECOND, THIRD = "2024-03-01", "2024-03-02", "2024-03-03"
ORDERS = 24  # enough for a share to mean something
UseConf = Callable[[Callable[[Path], None]], None]


def land(home: Path, day: str, prefix: str, status: str = "created") -> None:
    at = f"{day} 10:00:00"
    ids = [f"{prefix}{number:02d}" for number in range(ORDERS)]
    drop(home / "landing", "customers", day, [customer("C1", at)])
    drop(home / "landing", "products", day, [product("P1", at)])
    drop(home / "landing", "orders", day, [order(name, "C1", at, status) for name in ids])
    drop(home / "landing", "order_items", day, [item(name, 1, "P1", "10.00", at) for name in ids])


@pytest.fixture(scope="module")
def first_release(tmp_path_factory: pytest.TempPathFactory, spark: SparkSession) -> Path:
    home = tmp_path_factory.mktemp("first")
    land(home, FIRST, "A")
    run_days(home, FIRST)
    return home


@pytest.fixture
def released(first_release: Path, tmp_path: Path) -> Path:
    return copied(first_release, tmp_path)


def release_ids(home: Path) -> list[int]:
    return sorted(row["release_id"] for row in table_dicts(home, "ops.releases"))


def withheld_rules(home: Path) -> set[tuple[str, str]]:
    rows = table_dicts(home, "ops.quality_results")
    return {(row["table_name"], row["rule"]) for row in rows if row["effect"] == "withheld" and row["rule"] != "audit"}


def order_ids(tables: Tables) -> set[str]:
    return {str(row[0])[0] for row in tables["fact_orders"]}


def test_a_day_that_is_mostly_unusable_is_withheld_until_it_comes_corrected(released: Path) -> None:
    shown = warehouse(released)
    land(released, SECOND, "B", status="teleported")
    withheld = run_days(released, SECOND, expect=4)
    assert withheld.release is None
    assert "silver.orders" in withheld.message
    assert withheld_rules(released) == {("silver.orders", "most rows can be used")}
    assert_same(warehouse(released), shown)
    assert release_ids(released) == [1]
    # Asking again changes nothing, and publishing alone does not get around the audit.
    assert run_days(released, SECOND, expect=4, layers=("publish",)).release is None
    # Neither does a rollback, which is newer than what the audit found.
    rollback(open_context(RunRequest("local", home=str(released)), RunRecord("rollback")), 1)
    run_days(released, SECOND, expect=4, layers=("audit", "publish"))
    assert_same(warehouse(released), shown)

    land(released, SECOND, "B")
    assert run_days(released, SECOND).release is not None
    assert release_ids(released) == [1, 2, 3]
    assert_same(warehouse(released), gold(released))
    assert order_ids(warehouse(released)) == {"A", "B"}


@pytest.mark.long
def test_a_night_beside_a_backfill_each_a_task_a_layer(released: Path, plug: Plug) -> None:
    """The backfill's gold comes between the night's audit and its release: that is told, and trying again helps."""
    shown = warehouse(released)
    land(released, SECOND, "B")
    for layer in ("bronze", "silver", "gold", "audit"):
        run_days(released, SECOND, layers=(layer,))
    land(released, THIRD, "C")
    for layer in ("bronze", "silver"):
        run_days(released, FIRST, THIRD, layers=(layer,))
    plug.pull_at(lambda point: point == "gold.fact_orders:after")  # the backfill dies in the middle of gold
    with pytest.raises(Killed):
        run_days(released, FIRST, THIRD, layers=("gold",))
    plug.pull_at(lambda point: False)

    told = run_days(released, SECOND, expect=1, layers=("publish",)).message
    assert "has moved" in told
    assert "after the last audit" in told
    told = run_days(released, SECOND, expect=1, layers=("audit",)).message
    assert "another run is moving gold" in told
    assert_same(warehouse(released), shown)
    assert release_ids(released) == [1]

    for layer in ("gold", "audit"):  # the backfill's retry
        run_days(released, FIRST, THIRD, layers=(layer,))
    assert run_days(released, SECOND, layers=("publish",)).release is not None  # the night's
    assert run_days(released, FIRST, THIRD, layers=("publish",)).release is None  # the backfill's: nothing new
    assert release_ids(released) == [1, 2]
    assert_same(warehouse(released), gold(released))
    assert order_ids(warehouse(released)) == {"A", "B", "C"}


@pytest.mark.long
def test_a_rule_of_a_gold_contract_withholds_all_tables(
    released: Path, own_conf: UseConf, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown = warehouse(released)
    land(released, SECOND, "B")
    own_conf(no_order_of_ten)
    withheld = run_days(released, SECOND, expect=4)
    assert "no order of ten" in withheld.message
    assert withheld_rules(released) == {("gold.fact_orders", "no order of ten")}
    assert_same(warehouse(released), shown)

    monkeypatch.delenv("LAKEHOUSE_CONF")
    assert run_days(released, SECOND).release is not None
    assert_same(warehouse(released), gold(released))


def no_order_of_ten(conf: Path) -> None:
    contract = conf / "contracts/gold/fact_orders.yaml"
    rule = (
        '      - {name: no order of ten, type: custom, engine: sparkSql, implementation: "order_amount <> 10", '
        "dimension: accuracy, severity: error}\n"
    )
    head, found, tail = contract.read_text().rpartition("    quality:\n")
    assert found
    contract.write_text(f"{head}{found}{rule}{tail}")


@pytest.mark.long
@pytest.mark.parametrize("moment", ["before", "after"])
def test_the_warehouse_changes_in_one_moment(released: Path, plug: Plug, moment: str) -> None:
    shown = warehouse(released)
    land(released, SECOND, "B")
    plug.pull_at(lambda point: point == f"warehouse:{moment}")
    with pytest.raises(Killed):
        run_days(released, SECOND)
    assert_same(warehouse(released), shown if moment == "before" else gold(released))
    plug.pull_at(lambda point: False)
    assert (
        run_days(released, SECOND, layers=("audit", "publish")).release is None
    )  # it was released; the load is made up for
    assert_same(warehouse(released), gold(released))
    assert release_ids(released) == [1, 2]
