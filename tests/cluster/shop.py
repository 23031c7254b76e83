"""The shop whose nights are run: Olist where its dump is at hand, else the made-up one; and what gold must say."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import duckdb

from spark_app.shops import demo
from spark_app.shops.olist import replay
from tests.cluster.olist_weeks import cut
from tests.olist import figures

SALES = "SELECT * FROM analytics.daily_sales ORDER BY order_date"
STATUS = "SELECT order_status, count(*) FROM analytics.fact_orders GROUP BY 1 ORDER BY 1"
# Olist: a week, then two more with Black Friday in them. The orders' whole lives, so the days reach into spring.
OLIST = (date(2017, 11, 13), date(2017, 11, 19), date(2017, 12, 3))
DEMO = (date(2024, 1, 1), date(2024, 1, 20), date(2024, 2, 29))


@dataclass(frozen=True)
class Days:
    """Landed days in a folder, and what each of two queries must answer once they are in the warehouse."""

    landing: Path
    first: date
    last: date
    expected: Callable[[], dict[str, list[tuple[Any, ...]]]]
    told: str

    @property
    def range(self) -> list[str]:
        return ["--from", str(self.first), "--to", str(self.last)]


def days(dump: Path | None, folder: Path, *, more: bool) -> Days:
    """The first days of the shop, or with `more` these and as many again; `dump` is Olist's, if it is at hand."""
    if dump is None:
        return _demo(folder, DEMO[2 if more else 1])
    small = cut(dump, folder / "dump", OLIST[0], OLIST[2 if more else 1])
    done = replay(small, str(folder / "landing"))
    assert done.first_day
    assert done.last_day
    told = f"Olist, real orders of {OLIST[0]} to {OLIST[2 if more else 1]}: {done.days} days, {done.rows}"
    return Days(folder / "landing", done.first_day, done.last_day, lambda: _by_sql(small), told)


def _by_sql(dump: Path) -> dict[str, list[tuple[Any, ...]]]:
    """Figures worked out from the dump's files by SQL alone."""
    return {SALES: figures.daily_sales(dump), STATUS: figures.orders_by_status(dump)}


def _demo(folder: Path, last: date) -> Days:
    demo.generate(str(folder / "landing"), DEMO[0], (last - DEMO[0]).days + 1)
    told = f"NOT real orders: no Olist dump at hand, so the made-up shop, {DEMO[0]} to {last}"
    return Days(folder / "landing", DEMO[0], last, lambda: _by_laptop(folder, last), told)


def _by_laptop(home: Path, last: date) -> dict[str, list[tuple[Any, ...]]]:
    """What a laptop makes of the same days, in its own DuckDB."""
    words = ["run", "--home", str(home), "--from", str(DEMO[0]), "--to", str(last)]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    done = subprocess.run(
        [sys.executable, "-m", "spark_app.cli", *words], capture_output=True, text=True, env=environment
    )
    assert done.returncode == 0, done.stdout + done.stderr
    with duckdb.connect(str(home / "warehouse.duckdb"), read_only=True) as warehouse:
        return {sql: warehouse.execute(sql).fetchall() for sql in (SALES, STATUS)}
