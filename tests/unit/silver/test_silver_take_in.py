"""An entity's days taken in: rows of bronze in, rows of silver and what became of the rest out.

The entity is payments, whose rows stand for money. Bronze is written here, as its layer writes it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from pyspark.sql import SparkSession

from spark_app.jobs import silver
from spark_app.lake import delta, feed, log, quarantine
from spark_app.lake.progress import SilverProgress, Sum, silver_progress
from spark_app.runs.context import Context
from spark_app.runs.opening import open_context
from spark_app.runs.request import RunRequest
from spark_app.runtime.record import RunRecord
from spark_app.silver.judging import Work
from spark_app.silver.take_in import take_in
from spark_app.tables.declare import silver_tables
from tests.support.frames import frame

FIRST, SECOND = date(2024, 3, 1), date(2024, 3, 2)
BRONZE = (
    "order_id string, payment_sequence string, method string, status string, installments string, amount string, "
    "paid_at string, updated_at string, _source_file string, _row_number bigint, _batch_date date, "
    "_ingested_at timestamp, _run_id string, _extra string, _corrupt_record string, _damage string, _month date"
)
OWN = (None, "r", None, None, None, "2024-03-01")
Payment = tuple[str, str, str]  # order, amount, when it was changed


@dataclass
class Shop:
    """A lake with bronze of payments; `take` brings silver to it."""

    context: Context
    spark: SparkSession
    daily: bool = True  # whether payments are due every day
    where: str | None = None

    def land(self, day: date, *payments: Payment) -> None:
        """What bronze holds of a day from now on."""
        file = f"payments/dt={day}/a.csv"
        rows = [
            (order, "1", "pix", "paid", "1", amount, at, at, file, number, str(day), *OWN)
            for number, (order, amount, at) in enumerate(payments, 1)
        ]
        found, note = frame(self.spark, BRONZE, rows), log.note_text("r", {})
        if log.version_of(self.context.table("bronze.payments")) is None:
            delta.append(found, self.context.table("bronze.payments"), note, partition=delta.MONTH)
        else:
            where = delta.date_in("_batch_date", [day])
            delta.overwrite(found, self.context.table("bronze.payments"), note, where=where)

    def take(self, *days: date, replaced: tuple[date, ...] = ()) -> SilverProgress:
        """Take these days in (none: all there are); what the commit says of it."""
        contract = replace(self.context.contracts["silver.payments"], daily=self.daily)
        version = log.version_of(self.context.table("bronze.payments")) or 0
        own = log.version_of(self.context.table("silver.payments"))
        table = silver_tables(self.context.contracts)["payments"]
        parts = [part.model_copy(update={"where": self.where}) for part in self.context.source.entities["payments"]]
        work = Work(table, contract, tuple(parts), {"payments": version}, {}, days or None, replaced, own)
        take_in(self.context, self.spark, work)
        commit = log.last_commit(self.context.table("silver.payments"))
        assert commit is not None
        return silver_progress(commit.note)

    def rows(self) -> list[tuple[Any, ...]]:
        """Order, amount and batch date of the rows that hold."""
        sql = "SELECT order_id, amount::VARCHAR, _batch_date FROM data ORDER BY 1"
        return feed.over_version(self.context.table("silver.payments"), None, sql)

    def set_aside(self) -> list[tuple[date, str]]:
        """Batch date and rule of what cannot be used."""
        sql = "SELECT batch_date, reasons[1].rule AS rule FROM quarantined ORDER BY 1, row_number"
        return [(row["batch_date"], row["rule"]) for row in quarantine.select(self.context.lake, sql)]


@pytest.fixture
def shop(tmp_path: Path, spark: SparkSession) -> Shop:
    context = open_context(RunRequest("local", home=str(tmp_path)), RunRecord("run"))
    quarantine.ensure(context.lake, context.run_id)
    silver._create(context, context.contracts["silver.payments"])
    return Shop(context, spark)


def test_of_a_key_the_newest_row_holds_and_what_cannot_be_used_is_set_aside(shop: Shop) -> None:
    shop.land(
        FIRST,
        ("a", "1.00", "2024-03-01 08:00:00"),
        ("a", "2.00", "2024-03-01 09:00:00"),
        ("b", "lots", "2024-03-01 08:00:00"),
    )
    progress = shop.take()
    assert shop.rows() == [("a", "2.00", FIRST)]
    assert shop.set_aside() == [(FIRST, "amount is a decimal")]
    day = progress.days[FIRST]
    assert (day.landed, day.superseded, day.quarantined.rows) == (Sum(3, Decimal("3.00")), Sum(1, Decimal("1.00")), 1)
    assert progress.full_rebuild


def test_a_later_days_row_takes_an_earlier_ones_place_and_an_older_one_does_not(shop: Shop) -> None:
    shop.land(FIRST, ("a", "1.00", "2024-03-01 08:00:00"), ("b", "5.00", "2024-03-01 09:00:00"))
    shop.take()
    shop.land(SECOND, ("a", "2.00", "2024-03-02 08:00:00"), ("b", "4.00", "2024-02-28 09:00:00"))
    progress = shop.take(SECOND)
    assert shop.rows() == [("a", "2.00", SECOND), ("b", "5.00", FIRST)]
    assert progress.days[SECOND].superseded == Sum(1, Decimal("4.00"))
    assert progress.displaced == {FIRST: Sum(1, Decimal("1.00"))}


def test_where_a_corrected_day_lacks_its_row_the_older_one_holds_again(shop: Shop) -> None:
    shop.land(FIRST, ("a", "1.00", "2024-03-01 08:00:00"))
    shop.take()
    shop.land(SECOND, ("a", "2.00", "2024-03-02 08:00:00"))
    shop.take(SECOND)
    shop.land(SECOND, ("c", "3.00", "2024-03-02 08:00:00"))
    progress = shop.take(SECOND, replaced=(SECOND,))
    assert shop.rows() == [("a", "1.00", FIRST), ("c", "3.00", SECOND)]
    assert progress.displaced == {FIRST: Sum(-1, Decimal("-1.00"))}


def test_days_in_another_order_give_the_same(shop: Shop) -> None:
    shop.land(SECOND, ("a", "2.00", "2024-03-02 08:00:00"))
    shop.take()
    shop.land(FIRST, ("a", "1.00", "2024-03-01 08:00:00"), ("b", "5.00", "2024-03-01 09:00:00"))
    shop.take(FIRST)
    assert shop.rows() == [("a", "2.00", SECOND), ("b", "5.00", FIRST)]


def test_the_same_day_again_changes_no_row(shop: Shop) -> None:
    shop.land(FIRST, ("a", "1.00", "2024-03-01 08:00:00"))
    shop.take()
    version = log.version_of(shop.context.table("silver.payments")) or 0
    progress = shop.take(FIRST, replaced=(FIRST,))
    assert log.rows_written(shop.context.table("silver.payments"), version) == 0
    assert progress.days[FIRST].landed == Sum(1, Decimal("1.00"))


def test_a_corrected_row_of_the_same_place_is_written(shop: Shop) -> None:
    shop.land(FIRST, ("a", "1.00", "2024-03-01 08:00:00"))
    shop.take()
    shop.land(FIRST, ("a", "1.50", "2024-03-01 08:00:00"))
    shop.take(FIRST, replaced=(FIRST,))
    assert shop.rows() == [("a", "1.50", FIRST)]


def test_what_was_set_aside_and_is_corrected_is_no_longer(shop: Shop) -> None:
    shop.land(FIRST, ("a", "lots", "2024-03-01 08:00:00"))
    shop.take()
    assert len(shop.set_aside()) == 1
    shop.land(FIRST, ("a", "1.00", "2024-03-01 08:00:00"))
    shop.take(FIRST, replaced=(FIRST,))
    assert shop.set_aside() == []
    assert shop.rows() == [("a", "1.00", FIRST)]


@pytest.mark.parametrize("daily", [True, False])
def test_a_day_of_which_nothing_is_meant_is_told_where_it_is_due(shop: Shop, daily: bool) -> None:
    shop.daily, shop.where = daily, "status = 'refunded'"
    shop.land(FIRST, ("a", "1.00", "2024-03-01 08:00:00"))
    progress = shop.take()
    assert (shop.rows(), progress.days[FIRST].passed_over) == ([], 1)
    told = [f"payments {FIRST}: where leaves out all of its 1 rows"]
    assert [line for line in shop.context.record.warnings if "leaves out" in line] == (told if daily else [])
