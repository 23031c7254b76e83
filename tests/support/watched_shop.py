"""A lake with sixty days of a shop whose figures are watched."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
from deltalake import write_deltalake

from spark_app.contracts.load import load_contracts
from spark_app.contracts.sources import load_source
from spark_app.contracts.table import Contract, Watch
from spark_app.lake import log
from spark_app.lake.completed import ALL_OVER
from spark_app.monitoring import figures
from spark_app.runs.context import Context
from spark_app.runtime.record import RunRecord
from spark_app.runtime.settings import load_settings
from tests.support.ops_rows import put
from tests.support.small_lakes import arrow

CONTRACTS = load_contracts()
LAST = date(2024, 3, 1)
DAYS = [LAST - timedelta(days=back) for back in reversed(range(60))]
WEEK = (100, 95, 90, 92, 110, 140, 160)
STATES = {"SP": 0.5, "RJ": 0.3, "MG": 0.2}


def orders(day: date, state: str) -> int:
    """The shop's orders: a week's pattern with a little noise, by state."""
    return round(WEEK[day.weekday()] * STATES[state] * (1 + 0.03 * (day.toordinal() * 7 % 5 - 2)))


class World:
    """A lake with sixty days of a shop, and what a run of its last day makes of it."""

    def __init__(self, home: Path) -> None:
        settings = load_settings("local").model_copy(update={"home": str(home)})
        self.record = RunRecord("run", run_id="r60", first_day=LAST, last_day=LAST)
        self.contracts = dict(CONTRACTS)
        self.source = load_source("canonical", self.contracts)
        self.context = Context(settings, self.contracts, self.source, self.record)
        self.lake = self.context.lake

    def gold(self, lost: str | None = None, days: list[date] = DAYS) -> dict[str, int]:
        """The daily tables; of the last day a state is lost."""
        sales, customers = [], []
        for day in days:
            there = {state: orders(day, state) for state in STATES if (day, state) != (LAST, lost)}
            placed = sum(there.values())
            sales.append({"order_date": day, "orders": placed, "items": placed, "revenue": 50 * placed})
            customers += [
                {"order_date": day, "state": state, "orders": count, "revenue": 50 * count, "gender": "unknown"}
                for state, count in there.items()
            ]
        return {"gold.daily_sales": self._write("daily_sales", sales)} | {
            "gold.daily_customers": self._write("daily_customers", customers)
        }

    def _write(self, name: str, rows: list[dict[str, Any]]) -> int:
        write_deltalake(self.lake.table(f"gold.{name}").path, arrow(CONTRACTS[f"gold.{name}"], rows), mode="overwrite")
        return log.version_of(self.lake.table(f"gold.{name}")) or 0

    def landed(self, twice: bool = False, emptied: str | None = None, until: int = 24) -> None:
        """Bronze and the ledger of order_items; the last day's drop perhaps spoiled."""
        rows = []
        for day in DAYS:
            times = 2 if twice and day == LAST else 1
            for at in range(WEEK[day.weekday()]):
                hour = at * 24 // WEEK[day.weekday()]
                if day == LAST and hour >= until:
                    continue
                row = {"order_id": f"{day}-{at}", "item_number": "1", "product_id": f"p{at % 20}", "quantity": "1"}
                row |= {"unit_price": "9.90", "freight_amount": "1.00", "seller_id": "s1"}
                row["updated_at"] = f"{day} {hour:02}:59:30"
                if emptied and day == LAST:
                    row[emptied] = " "
                rows += [{**row, "_batch_date": day}] * times
        path = self.lake.table("bronze.order_items").path
        write_deltalake(path, pa.Table.from_pylist(rows), mode="overwrite")
        version = log.version_of(self.lake.table("bronze.order_items")) or 0
        base = {"dataset": "order_items", "bronze_version": version, "status": "ingested"}
        put(self.lake.table("ops.ingested_files"), [{**base, "batch_date": day} for day in DAYS])
        counted = {day: sum(row["_batch_date"] == day for row in rows) for day in DAYS}
        tallies = [
            {"dataset": "order_items", "entity": "order_items", "batch_date": day, "rows_landed": count}
            | {"rows_quarantined": 0, "amount_landed": 10 * count, "silver_version": version, "balanced": True}
            for day, count in counted.items()
        ]
        put(self.lake.table("ops.reconciliation"), tallies)

    def change(self, table: str, name: str, **more: Any) -> None:
        """A watch of a contract, said otherwise."""
        contract: Contract = self.contracts[table]
        watches: tuple[Watch, ...] = tuple(
            replace(watch, **more) if watch.name == name else watch for watch in contract.watches
        )
        assert watches != contract.watches
        self.contracts[table] = replace(contract, watches=watches)

    def told(self, tables: Mapping[str, int], released: bool = False) -> list[str]:
        figures.judge_figures(self.context, tables, ALL_OVER, released=released)
        return [line for notice in self.record.notices for line in notice.lines]
