"""An order of which a line or payment cannot be used says so, as long as that is so; whatever the way it is mended."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path

import duckdb
import pytest
from deltalake import CommitProperties, DeltaTable, write_deltalake

from spark_app.jobs import publish
from spark_app.runs.opening import open_context
from spark_app.runs.request import RunRequest
from spark_app.runtime.record import RunRecord
from tests.support.drops import assert_same, drop, gold, pick, run_days, table_dicts, warehouse
from tests.support.shop import customer, item, order, payment, product

pytestmark = pytest.mark.long

FIRST, SECOND = "2024-01-31", "2024-02-01"
AT, LATER = f"{FIRST} 10:00:00", f"{SECOND} 10:00:00"
GOOD_PAYMENTS = [payment("A", "20.00", "paid", AT), payment("D", "10.00", "paid", AT)]


def first_day(landing: Path) -> None:
    """A lacks a line, B a payment whose word is unknown, C one that the shop sends again; D is whole."""
    drop(landing, "customers", FIRST, [customer("c", AT)])
    drop(landing, "products", FIRST, [product("P", AT)])
    drop(landing, "orders", FIRST, [order(name, "c", AT) for name in "ABCD"])
    lines = [item(name, 1, "P", "10.00", AT) for name in "ABCD"]
    drop(landing, "order_items", FIRST, [*lines, item("A", 2, "P", "ten", AT)])
    bad = [payment("B", "10.00", "paid", AT, method="beads"), payment("C", "10.00", "mislaid", AT)]
    drop(landing, "payments", FIRST, [*GOOD_PAYMENTS, *bad])
    drop(landing, "reviews", FIRST, [])


def second_day(landing: Path) -> None:
    """A's line comes again, usable. C's file of the first day is corrected. E's line has a number nobody can read."""
    drop(landing, "customers", SECOND, [])
    drop(landing, "products", SECOND, [])
    drop(landing, "orders", SECOND, [order("E", "c", LATER)])
    drop(landing, "order_items", SECOND, [item("A", 2, "P", "10.00", LATER), item("E", "one", "P", "10.00", LATER)])
    beads = payment("B", "10.00", "paid", AT, method="beads")
    drop(landing, "payments", FIRST, [*GOOD_PAYMENTS, beads, payment("C", "10.00", "paid", AT)])
    drop(landing, "payments", SECOND, [])
    drop(landing, "reviews", SECOND, [])


def incomplete(home: Path) -> str:
    rows = table_dicts(home, "gold.fact_orders")
    return "".join(sorted(row["order_id"] for row in rows if row["is_incomplete"]))


def beads_are_cash(conf: Path) -> None:
    source = conf / "sources" / "canonical.yaml"
    source.write_text(source.read_text().replace("method: method", "method: {column: method, codes: {beads: cash}}"))


def test_an_order_is_incomplete_while_something_of_it_is_in_quarantine(
    home: Path, own_conf: Callable[[Callable[[Path], None]], None]
) -> None:
    landing = home / "landing"
    first_day(landing)
    run_days(home, FIRST)
    assert incomplete(home) == "ABC"
    assert pick(home, "daily_sales", "orders", "incomplete_orders") == [(4, 3)]

    second_day(landing)
    run_days(home, SECOND)
    assert incomplete(home) == "BE"
    assert pick(home, "daily_sales", "order_date", "incomplete_orders") == [
        (date(2024, 1, 31), 1),
        (date(2024, 2, 1), 1),
    ]
    assert_same(warehouse(home), gold(home))

    own_conf(beads_are_cash)
    run_days(home, SECOND, layers=("silver", "gold"), days_to_judge={"payments": (date.fromisoformat(FIRST),)})
    assert incomplete(home) == "E"
    fresh = home / "fresh"
    shutil.copytree(landing, fresh / "landing")
    run_days(fresh, FIRST, SECOND, layers=("bronze", "silver", "gold"))
    assert_same(gold(home), gold(fresh))


def test_a_lake_made_before_this_was_told_goes_on(home: Path) -> None:
    first_day(home / "landing")
    run_days(home, FIRST)
    _as_before(home, "gold/fact_orders", ["is_incomplete"], drop_source="silver.quarantine")
    _as_before(home, "gold/daily_sales", ["incomplete_orders"])
    _as_before(home, "silver/quarantine", ["order_id", "item_number", "payment_sequence", "updated_at"], feed=False)
    with duckdb.connect(str(home / "warehouse.duckdb")) as connection:
        connection.execute("ALTER TABLE analytics.fact_orders DROP COLUMN is_incomplete")
        connection.execute("ALTER TABLE analytics.daily_sales DROP COLUMN incomplete_orders")

    second_day(home / "landing")
    outcome = run_days(home, SECOND)
    actions = {step.table: step.action for step in outcome.record.steps if step.layer == "gold"}
    assert actions["fact_orders"] == "built: new is_incomplete"
    assert actions["daily_sales"] == "built: new incomplete_orders"
    # Payments of the first day were judged again, as their file was corrected; lines of it were not.
    assert incomplete(home) == "BE"
    assert_same(warehouse(home), gold(home))
    assert "nothing new" in run_days(home, SECOND).message

    context = open_context(RunRequest("local", home=str(home)), RunRecord("releases"))
    assert publish.rollback(context, 1).of_release == 1
    with duckdb.connect(str(home / "warehouse.duckdb"), read_only=True) as connection:
        assert connection.sql("SELECT orders, incomplete_orders FROM daily_sales").fetchall() == [(4, None)]
        assert connection.sql("SELECT count(*), count(is_incomplete) FROM orders").fetchall() == [(4, 0)]
    assert "the dashboards were not written" not in " ".join(context.record.warnings)


def _as_before(home: Path, table: str, lacks: list[str], *, feed: bool = True, drop_source: str = "") -> None:
    """The table's newest version as the code before would have left it: without these columns, at the same version."""
    path = home / "lake" / table
    opened = DeltaTable(str(path))
    rows, partition = opened.to_pyarrow_table().drop_columns(lacks), opened.metadata().partition_columns
    [entry] = opened.history(1)
    note = json.loads(entry["userMetadata"])
    note["sources"].pop(drop_source, None)
    shutil.rmtree(path)
    settings = {"delta.enableChangeDataFeed": "true"} if feed else None
    DeltaTable.create(str(path), schema=rows.schema, partition_by=partition, configuration=settings)
    while (made := DeltaTable(str(path))).version() < entry["version"] - 1:
        write_deltalake(made, rows.slice(0, 0), mode="append")
    noted = CommitProperties(custom_metadata={"userMetadata": json.dumps(note)})
    write_deltalake(DeltaTable(str(path)), rows, mode="append", commit_properties=noted)
    assert DeltaTable(str(path)).version() == entry["version"]
