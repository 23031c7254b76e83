"""One gold table brought to its input: rows of fact_payments in, rows of daily_payments and what was done out."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from pyspark.sql import SparkSession

from spark_app.contracts.table import Column, Type
from spark_app.gold.fit import check_gold
from spark_app.jobs import gold
from spark_app.lake import delta, feed, log, writes
from spark_app.runs.context import Context
from spark_app.runs.opening import open_context
from spark_app.runs.request import RunRequest
from spark_app.runtime.errors import ContractError, LakeError
from spark_app.runtime.record import RunRecord, Step
from spark_app.tables import daily_payments
from tests.support.frames import Rows, frame

INPUT, TABLE = "gold.fact_payments", "gold.daily_payments"
SCHEMA = (
    "order_id string, payment_sequence int, customer_key bigint, order_date date, paid_at timestamp, "
    "payment_method string, payment_status string, installments int, amount decimal(18,2), _month date"
)


@dataclass
class Shop:
    """A lake with fact_payments; `refresh` brings daily_payments to it."""

    context: Context
    spark: SparkSession

    def pay(self, *payments: tuple[str, str, str]) -> None:
        """Payments of (order, day, amount) from now on: of an order that has one, in its place."""
        rows: Rows = [
            (order, 1, 1, day, None, "pix", "paid", 1, amount, f"{day[:7]}-01") for order, day, amount in payments
        ]
        found, note = frame(self.spark, SCHEMA, rows), log.note_text("r", {})
        if log.own_commit(self.context.table(INPUT)) is None:
            delta.append(found, self.context.table(INPUT), note, partition=delta.MONTH)
        else:
            on, clauses = (
                "t.order_id = s.order_id",
                "WHEN MATCHED THEN UPDATE SET {set} WHEN NOT MATCHED THEN INSERT {insert}",
            )
            delta.merge(self.spark, found, self.context.table(INPUT), on, clauses, found.columns, note)

    def refresh(self, *, full_rebuild: bool = False) -> Step:
        """What the step says that it did."""
        gold._refresh(self.context, self.spark, daily_payments.TABLE, {}, full_rebuild)
        return self.context.record.steps[-1]

    def rows(self) -> list[tuple[Any, ...]]:
        """Day, number and amount of payments."""
        sql = "SELECT order_date::VARCHAR, payments, amount::VARCHAR FROM data ORDER BY 1"
        return feed.over_version(self.context.table(TABLE), None, sql)


@pytest.fixture
def shop(tmp_path: Path, spark: SparkSession) -> Shop:
    context = open_context(RunRequest("local", home=str(tmp_path)), RunRecord("run"))
    month = Column(delta.MONTH, Type("date"), False, "", "", None, None)
    columns = [*context.contracts[INPUT].columns, month]
    writes.create(context.table(INPUT), columns, partition=delta.MONTH, change_feed=True)
    return Shop(context, spark)


def test_the_first_time_it_is_built_of_all_there_is(shop: Shop) -> None:
    shop.pay(("a", "2024-03-01", "1.10"), ("b", "2024-03-01", "2.00"), ("c", "2024-03-02", "3.00"))
    step = shop.refresh()
    assert (step.action, step.rows) == ("built", 2)
    assert shop.rows() == [("2024-03-01", 2, "3.10"), ("2024-03-02", 1, "3.00")]


def test_then_only_what_differs_is_written(shop: Shop) -> None:
    shop.pay(("a", "2024-03-01", "1.10"), ("c", "2024-03-02", "3.00"))
    shop.refresh()
    shop.pay(("c", "2024-03-02", "4.00"))
    step = shop.refresh()
    assert (step.action, step.rows) == ("merged", 1)
    assert shop.rows() == [("2024-03-01", 1, "1.10"), ("2024-03-02", 1, "4.00")]


def test_a_row_that_moves_to_another_day_leaves_the_day_it_was_of(shop: Shop) -> None:
    shop.pay(("a", "2024-02-29", "1.10"), ("c", "2024-03-02", "3.00"))
    shop.refresh()
    shop.pay(("a", "2024-03-02", "1.10"))
    shop.refresh()
    assert shop.rows() == [("2024-03-02", 2, "4.10")]


def test_a_change_that_changes_no_row_moves_the_progress_on(shop: Shop) -> None:
    shop.pay(("a", "2024-03-01", "1.10"))
    shop.refresh()
    shop.pay(("a", "2024-03-01", "1.10"))
    step = shop.refresh()
    assert (step.action, step.rows) == ("unchanged rows", 0)
    commit = log.own_commit(shop.context.table(TABLE))
    assert commit is not None
    assert commit.sources == {INPUT: log.version_of(shop.context.table(INPUT))}


def test_nothing_new_is_nothing_to_do(shop: Shop) -> None:
    shop.pay(("a", "2024-03-01", "1.10"))
    shop.refresh()
    assert (shop.refresh().action, shop.rows()) == ("unchanged", [("2024-03-01", 1, "1.10")])


def test_a_rebuild_gives_the_same_rows(shop: Shop) -> None:
    shop.pay(("a", "2024-03-01", "1.10"), ("c", "2024-03-02", "3.00"))
    shop.refresh()
    before = shop.rows()
    assert shop.refresh(full_rebuild=True).action == "built"
    assert shop.rows() == before


def test_an_input_that_is_not_there_is_named(tmp_path: Path, spark: SparkSession) -> None:
    context = open_context(RunRequest("local", home=str(tmp_path)), RunRecord("run"))
    with pytest.raises(LakeError, match=r"gold\.daily_payments: its input gold\.fact_payments is not at"):
        Shop(context, spark).refresh()


def test_a_column_of_another_type_is_refused_unless_gold_is_rebuilt(shop: Shop) -> None:
    shop.pay(("a", "2024-03-01", "1.10"))
    shop.refresh()
    contract = shop.context.contracts[TABLE]
    other = [replace(one, type=Type("int")) if one.name == "payments" else one for one in contract.columns]
    changed = {**shop.context.contracts, TABLE: replace(contract, columns=tuple(other))}
    other_shop = Shop(replace(shop.context, contracts=changed), shop.spark)
    with pytest.raises(ContractError, match=r"gold\.daily_payments has payments in another type") as told:
        check_gold(other_shop.context, full_rebuild=False)
    assert (told.value.exit_code, told.value.hint) == (2, "derive it anew: lakehouse rebuild --from-layer gold")
    check_gold(other_shop.context, full_rebuild=True)
