"""The proof that nothing is lost, row by row: what landed, what silver kept, and what its commits say of the rest.

The tables are written here, without Spark; the entity is payments, whose rows stand for money.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from deltalake import CommitProperties, write_deltalake

from spark_app.lake import contents, log, ops
from spark_app.lake.progress import BronzeProgress, JudgedDay, SilverProgress, Sum
from spark_app.runs.context import Context
from spark_app.runs.opening import open_context
from spark_app.runs.request import RunRequest
from spark_app.runtime.record import RunRecord
from spark_app.silver.reconcile import reconcile
from spark_app.tables.declare import silver_tables
from tests.support.ops_rows import put

FIRST, SECOND = date(2024, 3, 1), date(2024, 3, 2)
ENTITY = "payments"
BRONZE = pa.schema([("_batch_date", pa.date32()), ("_source_file", pa.string())])


@dataclass
class Shop:
    """A lake with bronze and silver of payments, brought on day by day."""

    context: Context
    bronze_version: int = -1
    rows: list[dict[str, Any]] = field(default_factory=list)

    def land(self, day: date, in_file: int, *, read: int | None = None, entered: bool = True) -> None:
        """A day of landing: so many rows in its file by our own count, and so many that bronze read of it.

        Not `entered`: the run died after bronze's commit, before it entered the day's files.
        """
        file = f"payments/dt={day}/a.csv"
        count = in_file if read is None else read
        rows = [{"_batch_date": day, "_source_file": file}] * count
        took = BronzeProgress({day: "f"}, {day: in_file})
        note = log.note_text("r", {}, **took.note())
        self._append("bronze.payments", pa.Table.from_pylist(rows, schema=BRONZE), note)
        self.bronze_version = log.version_of(self.context.table("bronze.payments")) or 0
        row = {"dataset": ENTITY, "batch_date": day, "file": file, "rows": in_file, "status": "ingested"}
        put(
            self.context.table("ops.ingested_files"),
            [{**row, "bronze_version": self.bronze_version}] if entered else [],
        )

    def judge(self, days: dict[date, JudgedDay], kept: dict[date, list[str]], **more: Any) -> None:
        """A commit of silver: what became of the days' rows, and the amounts of those that it keeps from now on."""
        progress = SilverProgress(ENTITY, days, **more)
        note = log.note_text("r", {"bronze.payments": self.bronze_version}, **progress.note())
        self._append("silver.payments", self._silver(kept), note)

    def foreign(self, day: date, amount: str) -> None:
        """Somebody else writes a row."""
        self._append("silver.payments", self._silver({day: [amount]}), None)

    def proof(self) -> dict[date, dict[str, Any]]:
        """What is proved by now, by batch date."""
        reconcile(self.context, silver_tables(self.context.contracts))
        newest = "QUALIFY row_number() OVER (PARTITION BY batch_date ORDER BY silver_version DESC) = 1"
        sql = f"SELECT * FROM ops_rows {newest}"
        return {row["batch_date"]: row for row in ops.select(self.context.table("ops.reconciliation"), sql)}

    def _silver(self, kept: dict[date, list[str]]) -> pa.Table:
        contract = self.context.contracts["silver.payments"]
        columns = [(column.name, contents.arrow_type(column.type)) for column in contract.columns]
        schema = pa.schema([*columns, ("_batch_date", pa.date32())])
        at = datetime(2024, 3, 1, tzinfo=UTC)
        rows = [
            {"order_id": f"o{n}", "amount": Decimal(amount), "updated_at": at, "_batch_date": day}
            for day, amounts in kept.items()
            for n, amount in enumerate(amounts)
        ]
        return pa.Table.from_pylist(rows, schema=schema)

    def _append(self, table: str, rows: pa.Table, note: str | None) -> None:
        properties = CommitProperties(custom_metadata={"userMetadata": note}) if note else None
        config = {"delta.enableChangeDataFeed": "true"}
        place = self.context.table(table).path
        write_deltalake(place, rows, mode="append", configuration=config, commit_properties=properties)


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    return Shop(open_context(RunRequest("local", home=str(tmp_path)), RunRecord("run")))


def amounts(row: dict[str, Any]) -> tuple[Decimal, ...]:
    return tuple(row[f"amount_{part}"] for part in ("landed", "accepted", "superseded", "quarantined"))


def rows(row: dict[str, Any]) -> tuple[int, ...]:
    return tuple(row[f"rows_{part}"] for part in ("landed", "accepted", "superseded", "quarantined", "passed_over"))


def test_each_landed_row_is_accounted_for_with_its_money(shop: Shop) -> None:
    shop.land(FIRST, 5)
    judged = JudgedDay(Sum(5, Decimal("10.00")), Sum(1, Decimal("2.50")), Sum(1, Decimal("0.50")), passed_over=1)
    shop.judge({FIRST: judged}, {FIRST: ["3.00", "4.00"]})
    row = shop.proof()[FIRST]
    assert rows(row) == (5, 2, 1, 1, 1)
    assert amounts(row) == (Decimal("10.00"), Decimal("7.00"), Decimal("0.50"), Decimal("2.50"))
    assert row["balanced"]
    assert shop.context.record.warnings == []


def test_what_became_of_new_files_comes_to_what_is_known_of_their_day(shop: Shop) -> None:
    shop.land(FIRST, 2)
    shop.judge({FIRST: JudgedDay(Sum(2, Decimal("7.00")), Sum(1, Decimal("4.00")), unpriced=1)}, {FIRST: ["3.00"]})
    shop.proof()
    shop.land(FIRST, 5)  # all its files now; three rows are new
    more = JudgedDay(Sum(3, Decimal("6.00")), Sum(1, Decimal("2.00")), Sum(1, Decimal("1.00")), passed_over=0)
    shop.judge({FIRST: more}, {FIRST: ["3.00"]}, added=frozenset({FIRST}))
    row = shop.proof()[FIRST]
    assert (rows(row), row["rows_unpriced"]) == ((5, 2, 1, 2, 0), 1)
    assert amounts(row) == (Decimal("13.00"), Decimal("6.00"), Decimal("1.00"), Decimal("6.00"))


def test_a_row_that_silver_lost_on_its_way_is_missing(shop: Shop) -> None:
    shop.land(FIRST, 2)
    shop.judge({FIRST: JudgedDay(Sum(2, Decimal("7.00")))}, {FIRST: ["3.00"]})
    assert not shop.proof()[FIRST]["balanced"]
    assert "payments 2024-03-01: 2 rows landed, but 1 accepted" in shop.context.record.warnings[0]


def test_a_cent_that_was_lost_is_missing(shop: Shop) -> None:
    shop.land(FIRST, 1)
    shop.judge({FIRST: JudgedDay(Sum(1, Decimal("3.00")))}, {FIRST: ["2.99"]})
    assert not shop.proof()[FIRST]["balanced"]


def test_rows_that_bronze_did_not_read_of_a_file_are_missing_and_the_file_is_named(shop: Shop) -> None:
    shop.land(FIRST, 3, read=2)
    shop.judge({FIRST: JudgedDay(Sum(2, Decimal("7.00")))}, {FIRST: ["3.00", "4.00"]})
    row = shop.proof()[FIRST]
    assert (row["rows_landed"], row["balanced"]) == (3, False)
    assert shop.context.record.warnings[0] == (
        "payments/dt=2024-03-01/a.csv: holds 3 rows by our own count, but 2 were read"
    )


def test_a_day_none_of_whose_rows_was_read_is_missing_too(shop: Shop) -> None:
    shop.land(FIRST, 1)
    shop.land(SECOND, 2, read=0)
    shop.judge({FIRST: JudgedDay(Sum(1, Decimal("3.00")))}, {FIRST: ["3.00"]}, full_rebuild=True)
    found = shop.proof()
    assert (found[FIRST]["balanced"], found[SECOND]["balanced"]) == (True, False)


def test_a_row_of_a_later_day_that_outdoes_one_is_counted_on_both_days(shop: Shop) -> None:
    shop.land(FIRST, 1)
    shop.judge({FIRST: JudgedDay(Sum(1, Decimal("3.00")))}, {FIRST: ["3.00"]})
    assert shop.proof()[FIRST]["balanced"]
    shop.land(SECOND, 1)
    # The newer row takes the older one's place: silver's change feed shows one that went and one that came.
    taken = SilverProgress(ENTITY, {SECOND: JudgedDay(Sum(1, Decimal("5.00")))}, {FIRST: Sum(1, Decimal("3.00"))})
    note = log.note_text("r", {"bronze.payments": shop.bronze_version}, **taken.note())
    opened = log.open_table(shop.context.table("silver.payments"))
    assert opened is not None
    opened.update(
        {"amount": "CAST(5.00 AS DECIMAL(18,2))", "_batch_date": f"DATE '{SECOND}'"},
        commit_properties=CommitProperties(custom_metadata={"userMetadata": note}),
    )
    found = shop.proof()
    assert rows(found[FIRST]) == (1, 0, 1, 0, 0)
    assert rows(found[SECOND]) == (1, 1, 0, 0, 0)
    assert found[FIRST]["balanced"]
    assert found[SECOND]["balanced"]


def test_what_somebody_else_wrote_does_not_pass(shop: Shop) -> None:
    shop.land(FIRST, 1)
    shop.judge({FIRST: JudgedDay(Sum(1, Decimal("3.00")))}, {FIRST: ["3.00"]})
    shop.foreign(FIRST, "9.00")
    assert not shop.proof()[FIRST]["balanced"]
    assert any("silver.payments version 1 was written by none of our runs" in w for w in shop.context.record.warnings)


def test_nothing_new_is_nothing_to_prove(shop: Shop) -> None:
    shop.land(FIRST, 1)
    shop.judge({FIRST: JudgedDay(Sum(1, Decimal("3.00")))}, {FIRST: ["3.00"]})
    tables = silver_tables(shop.context.contracts)
    assert reconcile(shop.context, tables) == 1
    assert reconcile(shop.context, tables) == 0


def test_a_full_rebuild_is_proved_from_what_silver_holds(shop: Shop) -> None:
    shop.land(FIRST, 1)
    shop.judge({FIRST: JudgedDay(Sum(9, Decimal("99.00")))}, {})
    assert not shop.proof()[FIRST]["balanced"]
    shop.judge({FIRST: JudgedDay(Sum(1, Decimal("3.00")))}, {FIRST: ["3.00"]}, full_rebuild=True)
    assert shop.proof()[FIRST]["balanced"]


@pytest.mark.parametrize("full_rebuild", [False, True])
def test_what_a_killed_run_did_not_live_to_enter_is_held_against_its_count_too(shop: Shop, full_rebuild: bool) -> None:
    shop.land(FIRST, 1)
    shop.judge({FIRST: JudgedDay(Sum(1, Decimal("3.00")))}, {FIRST: ["3.00"]})
    shop.land(SECOND, 2, entered=False)
    both = {FIRST: JudgedDay(Sum(1, Decimal("3.00"))), SECOND: JudgedDay(Sum(2, Decimal("5.00")))}
    shop.judge(both if full_rebuild else {SECOND: both[SECOND]}, {SECOND: ["2.00", "3.00"]}, full_rebuild=full_rebuild)
    found = shop.proof()
    assert found[SECOND]["balanced"], found[SECOND]
    assert rows(found[SECOND]) == (2, 2, 0, 0, 0)


def test_rows_of_it_that_were_not_read_are_missing(shop: Shop) -> None:
    shop.land(FIRST, 3, read=2, entered=False)
    shop.judge({FIRST: JudgedDay(Sum(2, Decimal("5.00")))}, {FIRST: ["2.00", "3.00"]})
    assert not shop.proof()[FIRST]["balanced"]
