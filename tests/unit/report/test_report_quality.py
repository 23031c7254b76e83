"""The dashboard of data quality: what it says of what is in `ops`, and what it does not show."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from deltalake import write_deltalake

from spark_app.contracts.load import load_contracts
from spark_app.lake.paths import Lake
from spark_app.report import health, quality, runs
from spark_app.report.data import ReportData, open_release
from spark_app.report.page import Page
from spark_app.report.site import render
from spark_app.report.trust import trust
from tests.support.gold_shop import make_gold
from tests.support.ops_rows import put

LAST = date(2024, 3, 1)
NOW = datetime.now(UTC)
TOLD = "gold.daily_sales 2024-03-01: orders: 2, expected 40 to 60 (usually 50); comes from orders.order_id"


@pytest.fixture(scope="module")
def lake(tmp_path_factory: pytest.TempPathFactory) -> Lake:
    gold = make_gold(tmp_path_factory.mktemp("shop"), days=40, customers=20, orders=120, last=LAST)
    run_id = gold.release().run_id
    rule = {"run_id": run_id, "candidate": "c", "rows_checked": 10, "expected": "x", "checked_at": NOW}
    results: list[dict[str, Any]] = [
        {"table_name": "silver.orders", "rule": "known", "dimension": "accuracy", "severity": "error"}
        | {"rows_broken": 2, "passed": False, "effect": "quarantined"},
        {"table_name": "silver.orders", "rule": "in order", "dimension": "accuracy", "severity": "warning"}
        | {"rows_broken": 1, "passed": False, "effect": "warned"},
        {"table_name": "gold.fact_orders", "rule": "adds up", "dimension": "consistency", "severity": "error"}
        | {"rows_broken": 0, "passed": True, "effect": "none"},
    ]
    put(gold.lake.table("ops.quality_results"), [{**rule, **one} for one in results])
    base = {"entity": "orders", "dataset": "orders", "balanced": True, "silver_version": 1, "reconciled_at": NOW}
    rows = {"rows_landed": 10, "rows_accepted": 7, "rows_superseded": 1, "rows_quarantined": 2, "batch_date": LAST}
    put(gold.lake.table("ops.reconciliation"), [{**base, **rows}])
    figure = {"run_id": run_id, "table_name": "gold.daily_sales", "rule": "orders are as usual", "figure": "orders"}
    figure |= {
        "kind": "count",
        "expected": 50.0,
        "low": 40.0,
        "high": 60.0,
        "score": 0.0,
        "upstream": "orders.order_id",
    }
    figures = [
        {**figure, "day": LAST - timedelta(days=1), "observed": 51.0, "unusual": False},
        {**figure, "day": LAST, "observed": 2.0, "unusual": True, "message": TOLD, "score": -9.0},
    ]
    put(gold.lake.table("ops.figures"), [{**one, "judged_at": NOW} for one in figures])
    put(
        gold.lake.table("ops.runs"), [_run("r1", 0, 7200.0, "release 1"), _run("r2", 4, 30.0, "the audit failed\nmore")]
    )
    put(
        gold.lake.table("ops.runs"), [{**_run("r3", 0, 9.0, "release 2"), "command": "watch"}]
    )  # one a minute: not listed
    bill = {"run_id": "r1", "command": "run", "landed_days": 1, "released": True, "billed_by": "machine"}
    bills = [{"item": "machine", "dollars": Decimal("6.4")}, {"item": "disk", "dollars": Decimal("0.056")}]
    put(gold.lake.table("ops.bills"), [{**bill, "day": (NOW - timedelta(hours=6)).date(), **one} for one in bills])
    file = {"dataset": "orders", "batch_date": LAST, "status": "ingested", "bronze_version": 1}
    put(gold.lake.table("ops.ingested_files"), [{**file, "message": "unknown columns kept in _extra: tier"}])
    _quarantine(gold.lake)
    return gold.lake


def _run(run_id: str, code: int, seconds: float, message: str) -> dict[str, Any]:
    started = NOW - timedelta(hours=8 - len(run_id) - code)
    base = {"run_id": run_id, "command": "run", "exit_code": code, "seconds": seconds, "message": message}
    return {**base, "started_at": started, "first_day": LAST, "last_day": LAST}


def _quarantine(lake: Lake) -> None:
    rows = [
        ("customers", "birth_date is a date", "birth_date", "31/31/1980"),
        ("customers", "row is whole", None, "C1,Ana Souza,ana@example.org"),
        ("orders", "known order status", "status", "teleported"),
    ]
    data = [
        {
            "entity": entity,
            "batch_date": LAST,
            "source_file": f"/landing/{entity}/dt={LAST}/{entity}.csv",
            "row_number": at,
            "reasons": [{"rule": rule, "column": column, "found": found, "expected": "e", "dimension": "accuracy"}],
        }
        for at, (entity, rule, column, found) in enumerate(rows)
    ]
    write_deltalake(lake.table("silver.quarantine").path, pa.Table.from_pylist(data))


@pytest.fixture
def data(lake: Lake) -> Iterator[ReportData]:
    with open_release(lake, load_contracts(), "local", 100) as opened:
        assert opened is not None
        yield opened


@pytest.fixture
def page(data: ReportData) -> Page:
    return quality.page(data)


def test_status_is_the_gravest_outcome(page: Page) -> None:
    status = {line["table"]: line for line in page.more["status"]}
    cell = status["silver.orders"]["accuracy"]
    assert (cell["word"], cell["broken"], cell["rules"]) == ("rows set aside", 2, 2)
    assert status["gold.fact_orders"]["consistency"]["word"] == "passed"
    assert status["gold.fact_orders"]["accuracy"] is None


def test_what_was_found_stands_beside_what_was_expected(page: Page) -> None:
    (line,) = page.figures["expectations"].values
    assert line["state"] == "⚠ unusual"
    assert (line["found"], line["wanted"], line["usually"]) == ("2", "40 to 60", "50")
    assert [row["state"] for row in page.figures["volumes"].values] == ["usual", "unusual"]
    assert [row["what"] for row in page.figures["unusual"].values] == [TOLD]


def test_personal_values_are_not_shown(data: ReportData) -> None:
    examples = {row["rule"]: row["examples"] for row in health.quarantined(data)}
    assert examples["known order status"] == ["dt=2024-03-01/orders.csv row 2: teleported"]
    assert examples["birth_date is a date"] == ["dt=2024-03-01/customers.csv row 0: a value that is not shown"]
    whole = render(data)["quality.html"]
    assert "teleported" in whole
    assert not any(word in whole for word in ("31/31/1980", "Souza", "ana@example.org"))


def test_reconciliation_schema_and_runs(page: Page) -> None:
    (line,) = page.figures["reconciliation"].values
    assert (line["state"], line["landed"], line["quarantined"]) == ("adds up", 10, 2)
    (line,) = page.figures["schema"].values
    assert line["message"] == "unknown columns kept in _extra: tier"
    newest, before = page.figures["runs"].values
    assert (newest["ended"], newest["said"]) == ("⚠ exit 4", "the audit failed")
    assert (before["ended"], before["minutes"], before["cost"]) == ("fine", 120.0, "$6.46")
    assert newest["cost"] == "–", "nobody billed it"


def test_without_a_bill_nothing_is_said_of_cost(data: ReportData) -> None:
    started = NOW - timedelta(days=40)
    row = {"started_at": started, "first_day": None, "last_day": None, "message": "", "seconds": 1.0, "exit_code": 0}
    found = runs.runs(data, [{**row, "command": "run", "run_id": "r0"}])
    assert "cost" not in [column.name for column in found.columns]
    assert "cost.billed_by" in found.definition


def test_trust_says_what_is_unusual(data: ReportData) -> None:
    found = trust(data)
    assert any(check.state == "care" and TOLD in check.text for check in found.checks)


def test_a_lake_of_one_run_has_a_page(tmp_path: Path) -> None:
    gold = make_gold(tmp_path, days=40, customers=20, orders=120, last=LAST)
    gold.release()
    with open_release(gold.lake, load_contracts(), "local", 100) as opened:
        assert opened is not None
        text, with_docs = render(opened)["quality.html"], render(opened, data_docs=True)["quality.html"]
    assert "No figure has been judged: that takes watches in the contracts, and 28 days of history." in text
    assert "was unusual" not in text
    assert 'href="../quality/index.html"' not in text
    assert 'href="../quality/index.html"' in with_docs


def test_files_that_the_page_leaves_out_are_told_of(tmp_path: Path) -> None:
    gold = make_gold(tmp_path, days=31, customers=20, orders=60, last=LAST)
    gold.release()
    file = {"dataset": "orders", "batch_date": LAST, "status": "ingested", "bronze_version": 1}
    put(
        gold.lake.table("ops.ingested_files"),
        [{**file, "message": f"unknown columns kept in _extra: c{n}"} for n in range(51)],
    )
    with open_release(gold.lake, load_contracts(), "local", 100) as opened:
        figure = quality._schema(opened)
    assert len(figure.values or ()) == 50
    assert figure.definition.endswith("Only the newest 50 are shown.")
