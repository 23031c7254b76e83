"""How well anomalies are found: on Olist's Black Friday, and on faults put into a made-up shop's days.

    .venv/bin/python -m benchmarks.anomalies [--orders-per-day 40,150,500] [--days 126] [--judged 28] [--olist DIR]

The shop's drops are read by DuckDB into the figures the contracts watch, as the pipeline has them: the days before as
they stand in the end, the day judged as it stands that night. Each judged day is looked at as it is (what is told then
is a false alarm) and with each fault in it. Prints a table; nothing is asserted.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path

import duckdb

from spark_app.contracts.figures import Kind
from spark_app.contracts.load import load_contracts
from spark_app.contracts.table import Watch
from spark_app.quality.anomalies import Figure, causes, judge, unusual
from spark_app.quality.history import Series
from spark_app.runtime import duck
from spark_app.shops.demo import generate

START = date(2023, 1, 1)
ENTITIES = ("orders", "order_items", "customers", "payments")
Key = tuple[str, str, str, str]  # table, watch, column of the segment or column looked at, its value
Figures = dict[Key, dict[date, float]]
# What is done to a day's drop, and a word that the first line of the message must hold to have named it.
FAULTS: Mapping[str, tuple[str, ...]] = {
    "the largest state is missing": ("state CA",),
    "customers' state is empty": ("customers.state", "state unknown"),
    "order_items landed twice": ("order_items",),
    "prices × 100": ("order_items", "revenue", "order value"),
    "half a day landed": ("updated_at", "newest change", "orders"),
}
SPOIL: Mapping[str, tuple[str, ...]] = {
    "the largest state is missing": (
        "DELETE FROM day_orders WHERE customer_id IN (SELECT customer_id FROM people WHERE state = 'CA')",
        "DELETE FROM day_order_items WHERE order_id NOT IN (SELECT order_id FROM day_orders)",
        "DELETE FROM day_payments WHERE order_id NOT IN (SELECT order_id FROM day_orders)",
        "DELETE FROM day_customers WHERE state = 'CA'",
    ),
    "customers' state is empty": ("UPDATE day_customers SET state = NULL",),
    "order_items landed twice": ("INSERT INTO day_order_items SELECT * FROM day_order_items",),
    "prices × 100": ("UPDATE day_order_items SET unit_price = unit_price * 100",),
    "half a day landed": tuple(
        f"DELETE FROM day_{entity} WHERE updated_at >= dt + INTERVAL 12 HOUR" for entity in ENTITIES
    ),
}
# (table, column of the segment) -> rows of a day: what is selected is summed by watch.
DAILY: Mapping[str, str] = {
    "gold.daily_sales": """SELECT order_date AS d, '' AS segment, count(*) AS orders, count(*) FILTER (is_new)
        AS new_customers, sum(items) FILTER (live) AS items, sum(amount) FILTER (live) AS revenue,
        sum(amount) FILTER (live) / count(*) FILTER (live) AS average_order_value FROM sold GROUP BY 1""",
    "gold.daily_customers": """SELECT order_date AS d, {by} AS segment, count(*) AS orders,
        coalesce(sum(amount) FILTER (live), 0) AS revenue FROM sold GROUP BY 1, 2""",
    "gold.daily_payments": """SELECT order_date AS d, {by} AS segment, count(*) AS payments, sum(amount) AS amount
        FROM (SELECT method AS payment_method, p.amount, order_date FROM paid p JOIN sold USING (order_id))
        GROUP BY 1, 2""",
}
AGE = "CASE WHEN born IS NULL THEN 'unknown' ELSE ((year(order_date) - year(born)) // 10)::VARCHAR END"


@dataclass(frozen=True)
class Score:
    """Of the days judged: on how many the fault was told, and named in the first line."""

    days: int
    told: int
    named: int


class Shop:
    """The drops of a made-up shop in DuckDB, and the figures of its days."""

    def __init__(self, landing: Path) -> None:
        self.con = duck.connect()
        self.watches = [
            (contract, watch)
            for contract in load_contracts().values()
            for watch in contract.watches
            if contract.qualified in DAILY or (contract.layer == "silver" and contract.name in ENTITIES)
        ]
        for entity in ENTITIES:
            self.con.execute(
                f"CREATE TABLE all_{entity} AS SELECT * EXCLUDE (dt), dt::DATE AS dt FROM read_csv("
                f"'{landing}/{entity}/*/*', union_by_name=true, all_varchar=true, hive_partitioning=true, "
                "ignore_errors=true)"
            )
            self.con.execute(_typed(entity, self._names(f"all_{entity}")))
        self.con.execute(
            "CREATE TABLE firsts AS SELECT customer_id, min(purchased_at::DATE) AS first_day FROM all_orders GROUP BY 1"
        )
        self.history = self._figures("all")
        self.rows: dict[str, dict[date, int]] = {
            entity: dict(self.con.execute(f"SELECT dt, count(*) FROM all_{entity} GROUP BY 1").fetchall())
            for entity in ENTITIES
        }

    def days(self) -> list[date]:
        return [row[0] for row in self.con.execute("SELECT DISTINCT dt FROM all_orders ORDER BY 1").fetchall()]

    def judged(self, day: date, fault: str | None = None) -> list[Figure]:
        """What is told of a day as it stands that night, with a fault in its drop or none."""
        for entity in ENTITIES:
            self.con.execute(f"CREATE OR REPLACE TEMP TABLE day_{entity} AS FROM all_{entity} WHERE dt = '{day}'")
        for sql in SPOIL[fault] if fault else ():
            self.con.execute(sql)
        now = self._figures("day")
        return unusual(judge(list(self._series(now, day)), day))

    def _figures(self, of: str) -> Figures:
        """Every watched figure by day: of `all` drops, or of the one `day` and the orders placed on it."""
        found: Figures = {}
        self._tables(of)
        for table, sql in DAILY.items():
            watches = [watch for contract, watch in self.watches if contract.qualified == table]
            for by in dict.fromkeys(by for watch in watches for by, _ in watch.by or (("", ""),)):
                cut = [watch for watch in watches if not by or by in dict(watch.by)]
                columns = ", ".join(watch.column or "" for watch in cut)
                inner = sql.format(by=AGE if by == "age_band" else by)
                for at, segment, *values in self.con.execute(f"SELECT d, segment, {columns} FROM ({inner})").fetchall():
                    for watch, value in zip(cut, values, strict=True):
                        if at is not None and value is not None:
                            found.setdefault((table, watch.name, by, segment), {})[at] = float(value)
        for entity in ENTITIES:
            self._landed(found, of, entity)
        return found

    def _tables(self, of: str) -> None:
        last = "QUALIFY row_number() OVER (PARTITION BY {} ORDER BY updated_at DESC) = 1"
        before = "SELECT * FROM all_customers WHERE dt < (SELECT min(dt) FROM day_orders)" if of == "day" else ""
        customers = f"({before} UNION ALL BY NAME FROM day_customers)" if before else "all_customers"
        self.con.execute(
            f"CREATE OR REPLACE TEMP TABLE people AS SELECT customer_id, coalesce(state, 'unknown') AS state, "
            f"coalesce(gender, 'unknown') AS gender, birth_date AS born FROM {customers} {last.format('customer_id')}"
        )
        same_day = "AND purchased_at::DATE = dt" if of == "day" else ""
        self.con.execute(
            f"""CREATE OR REPLACE TEMP TABLE sold AS SELECT order_id, purchased_at::DATE AS order_date,
            status NOT IN ('canceled', 'unavailable') AS live, first_day = purchased_at::DATE AS is_new,
            coalesce(items, 0) AS items, coalesce(amount, 0) AS amount, coalesce(state, 'unknown') AS state,
            coalesce(gender, 'unknown') AS gender, born
            FROM (SELECT * FROM {of}_orders WHERE purchased_at IS NOT NULL {same_day} {last.format("order_id")}) o
            LEFT JOIN (SELECT order_id, count(*) AS items, sum(quantity * unit_price + freight_amount) AS amount FROM
              (FROM {of}_order_items {last.format("order_id, item_number")}) GROUP BY 1) USING (order_id)
            LEFT JOIN people USING (customer_id) LEFT JOIN firsts USING (customer_id)"""
        )
        key = "order_id, payment_sequence"
        self.con.execute(
            f"CREATE OR REPLACE TEMP TABLE paid AS SELECT * FROM {of}_payments WHERE amount IS NOT NULL "
            f"{last.format(key)}"
        )

    def _landed(self, found: Figures, of: str, entity: str) -> None:
        table = f"{of}_{entity}"
        names = [name for name in self._names(table) if name != "dt"]
        parts: dict[tuple[str, str], str] = {}
        for contract, watch in self.watches:
            if contract.qualified == f"silver.{entity}":
                for column, sql in _measured(watch, entity, names).items():
                    parts[watch.name, column] = sql
        for at, *values in self.con.execute(
            f"SELECT dt, {', '.join(parts.values())} FROM {table} GROUP BY 1"
        ).fetchall():
            for (name, column), value in zip(parts, values, strict=True):
                if value is not None:
                    found.setdefault((f"silver.{entity}", name, column, ""), {})[at] = float(value)

    def _series(self, now: Figures, day: date) -> Iterator[Series]:
        by_name = {(contract.qualified, watch.name): (contract, watch) for contract, watch in self.watches}
        for key in dict.fromkeys((*self.history, *now)):
            table, name, column, segment = key
            contract, watch = by_name[table, name]
            past = {at: value for at, value in self.history.get(key, {}).items() if at < day}
            values = {**past, **{at: value for at, value in now.get(key, {}).items() if at == day}}
            gold = contract.layer == "gold"
            kind = _kind(watch, gold)
            gaps = kind in ("share", "time") or watch.column == "average_order_value"
            upstream = dict(watch.by).get(column, watch.upstream) if gold else f"{contract.name}.{column}".rstrip(".")
            cut = (column, segment) if gold and watch.by else None
            yield Series(table, watch, kind, upstream, values, cut, self.rows.get(contract.name, {}), gaps, START)

    def _names(self, table: str) -> list[str]:
        return [row[0] for row in self.con.execute(f"DESCRIBE {table}").fetchall()]


def _measured(watch: Watch, entity: str, names: Sequence[str]) -> dict[str, str]:
    """Column looked at ('' for the drop as a whole) -> SQL of what is measured of a drop."""
    end = "dt + INTERVAL 1 DAY"
    return {
        "rows": {"": "count(*)"},
        "amount": {"": "sum(quantity * unit_price + freight_amount)" if entity == "order_items" else "sum(amount)"},
        "repeated": {"": f"1 - count(DISTINCT hash({', '.join(names)})) / count(*)"},
        "missing": {name: f"1 - count({name}) / count(*)" for name in names},
        "distinct": {"": f"count(DISTINCT {watch.column})"},
        "delay": {"": f"date_diff('second', max(updated_at) FILTER (updated_at < {end}), max({end})) / 3600"},
    }.get(watch.measure, {})


def _typed(entity: str, names: Sequence[str]) -> str:
    """The table again in types; what does not cast is null, as if it had been quarantined."""
    kinds = {"quantity": "INT", "unit_price": "DOUBLE", "freight_amount": "DOUBLE", "amount": "DOUBLE"}
    kinds |= {"purchased_at": "TIMESTAMP", "updated_at": "TIMESTAMP", "birth_date": "DATE"}
    parts = [f"try_cast({name} AS {kinds[name]}) AS {name}" for name in names if name in kinds]
    return f"CREATE OR REPLACE TABLE all_{entity} AS SELECT * REPLACE ({', '.join(parts)}) FROM all_{entity}"


def _kind(watch: Watch, gold: bool) -> Kind:
    if gold:
        return "amount" if watch.column in ("revenue", "amount", "average_order_value") else "count"
    kinds: dict[str, Kind] = {"rows": "count", "distinct": "count", "amount": "amount", "delay": "time"}
    return kinds.get(watch.measure, "share")


def back_test(landing: Path, judged: int) -> tuple[dict[str, Score], int, int, float]:
    """(score by fault, false alarms, days judged, figures judged a day) over the last `judged` days of the drops."""
    shop = Shop(landing)
    days = shop.days()[-judged:]
    alarms = 0
    told: dict[str, list[bool]] = {fault: [] for fault in FAULTS}
    named: dict[str, list[bool]] = {fault: [] for fault in FAULTS}
    for day in days:
        clean = shop.judged(day)
        alarms += len(causes(clean))
        usual = {(one.table, one.what) for one in clean}
        for fault, words in FAULTS.items():
            found = [one for one in shop.judged(day, fault) if (one.table, one.what) not in usual]
            told[fault].append(bool(found))
            first = causes(found)[0].text if found else ""
            named[fault].append(any(word in first for word in words))
    scores = {fault: Score(len(days), sum(told[fault]), sum(named[fault])) for fault in FAULTS}
    return scores, alarms, len(days), float(len(shop.history))


def olist_days(folder: Path, first: date, last: date) -> dict[date, list[str]]:
    """What is told of each of Olist's days, by orders and revenue, in all and by state."""
    con = duck.connect()
    con.execute(
        f"""CREATE TABLE sold AS SELECT order_purchase_timestamp::DATE AS d, customer_state AS state,
        order_status NOT IN ('canceled', 'unavailable') AS live, coalesce(amount, 0) AS amount
        FROM '{folder}/olist_orders_dataset.csv' JOIN '{folder}/olist_customers_dataset.csv' USING (customer_id)
        LEFT JOIN (SELECT order_id, sum(price + freight_value) AS amount
                   FROM '{folder}/olist_order_items_dataset.csv' GROUP BY 1) USING (order_id)
        WHERE order_purchase_timestamp >= '2017-01-05'"""
    )
    contracts = load_contracts()
    series = []
    for table, by in (("gold.daily_sales", None), ("gold.daily_customers", "state")):
        for watch in contracts[table].watches:
            if watch.column in ("orders", "revenue"):
                one = replace(watch, by=tuple(pair for pair in watch.by if pair[0] == by))
                series += _olist_series(con, table, one, by)
    start = min(min(one.values) for one in series)
    series = [replace(one, first=start) for one in series]
    found = {}
    for at in range((last - first).days + 1):
        day = first + timedelta(days=at)
        told = causes(unusual(judge([_until(one, day) for one in series], day)))
        if told:
            found[day] = [cause.text for cause in told]
    return found


def _olist_series(con: duckdb.DuckDBPyConnection, table: str, watch: Watch, by: str | None) -> list[Series]:
    figure = "count(*)" if watch.column == "orders" else "coalesce(sum(amount) FILTER (live), 0)"
    rows = con.execute(f"SELECT {by or 'NULL'}, d, {figure} FROM sold GROUP BY 1, 2").fetchall()
    kind: Kind = "count" if watch.column == "orders" else "amount"
    upstream = watch.by[0][1] if by else watch.upstream
    return [
        Series(table, watch, kind, upstream, {d: float(v) for n, d, v in rows if n == name}, (by, name) if by else None)
        for name in dict.fromkeys(row[0] for row in rows)
    ]


def _until(one: Series, day: date) -> Series:
    return replace(one, values={at: value for at, value in one.values.items() if at <= day})


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--orders-per-day", default="40,150,500")
    parser.add_argument("--days", type=int, default=126)
    parser.add_argument("--judged", type=int, default=28)
    parser.add_argument("--seed", type=int, default=11)
    parser.add_argument("--olist", type=Path, default=Path("../shared/data/olist"))
    given = parser.parse_args()
    for size in map(int, given.orders_per_day.split(",")):
        with tempfile.TemporaryDirectory() as folder:
            generate(folder, START, given.days, orders_per_day=size, seed=given.seed)
            begun = time.monotonic()
            scores, alarms, days, figures = back_test(Path(folder), given.judged)
        print(f"\n{size} orders a day: {days} days of {figures:.0f} figures, {time.monotonic() - begun:.0f} s")
        print(f"  false alarms: {alarms} on {days} days ({alarms / days:.3f} a day)")
        for fault, score in scores.items():
            print(f"  {fault:<30} told {score.told}/{score.days}, named in the first line {score.named}/{score.days}")
    if (given.olist / "olist_orders_dataset.csv").is_file():
        first, last = date(2017, 3, 1), date(2017, 12, 31)
        told = olist_days(given.olist, first, last)
        print(f"\nOlist, {first} to {last}: told of {len(told)} of {(last - first).days + 1} days")
        for day, lines in told.items():
            print(f"  {day}: {lines[0]}")
    else:
        print(f"\nOlist: no dump in {given.olist} (--olist DIR)")


if __name__ == "__main__":
    main()
