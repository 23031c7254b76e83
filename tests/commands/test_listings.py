"""What a listing leaves out it counts, and says how it is shown; JSON leaves out nothing that was not asked to be."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pyarrow as pa
import pytest
from click.testing import CliRunner
from deltalake import write_deltalake

from spark_app.cli import lakehouse
from spark_app.jobs.audit import MOST, _message
from spark_app.lake.paths import Lake
from spark_app.quality.profile import Finding
from spark_app.runtime.days import day_ranges
from spark_app.runtime.messages import clipped, some
from tests.support.ops_rows import put

DAY = date(2024, 3, 1)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Seven runs, and 24 quarantined orders of which one has a long row."""
    folder = tmp_path_factory.mktemp("home")
    lake = Lake(str(folder / "lake"))
    begun = datetime(2024, 3, 1, tzinfo=UTC)
    runs = [
        {"run_id": f"r{at}", "command": "run", "started_at": begun + timedelta(days=at), "seconds": 1.0}
        | {"exit_code": 0, "message": "nothing new"}
        for at in range(6)
    ]
    failed = {**runs[0], "run_id": "r6", "started_at": begun + timedelta(days=6), "exit_code": 1}
    put(lake.table("ops.runs"), [*runs, {**failed, "message": "it broke\nhere\nand there"}])
    reason = {"rule": "known order status", "column": "status", "found": "x", "expected": "y", "dimension": "accuracy"}
    rows = [
        {"entity": "orders", "batch_date": DAY, "source_file": "orders.csv", "row_number": at}
        | {"reasons": [reason], "raw": json.dumps({"order_id": "O" * (600 if at == 1 else 6)})}
        for at in range(1, 25)
    ]
    write_deltalake(lake.table("silver.quarantine").path, pa.Table.from_pylist(rows))
    return folder


def said(*words: str) -> str:
    result = CliRunner().invoke(lakehouse, list(words), catch_exceptions=False)
    assert result.exit_code == 0
    return result.output


def test_quarantined_rows_that_are_not_shown_are_counted(home: Path) -> None:
    shown = said("quarantine", "show", "orders", "--home", str(home))
    assert shown.count("found 'x', expected y") == 20
    assert "4 more: --limit 0 shows all" in shown
    assert "… and 116 more characters, which --json shows" in shown
    everything = said("quarantine", "show", "orders", "--limit", "0", "--home", str(home))
    assert everything.count("found 'x', expected y") == 24
    assert " more: " not in everything


def test_json_has_all_quarantined_rows_unless_fewer_are_asked_for(home: Path) -> None:
    rows = json.loads(said("quarantine", "show", "orders", "--json", "--home", str(home)))
    assert len(rows) == 24
    assert len(rows[0]["raw"]["order_id"]) == 600
    assert len(json.loads(said("quarantine", "show", "orders", "--json", "--limit", "3", "--home", str(home)))) == 3


def test_runs_that_are_not_shown_are_counted(home: Path) -> None:
    shown = said("status", "--home", str(home))
    assert "2 more: --runs 0 shows all" in shown
    assert "it broke (and 2 more lines: --json)" in shown
    assert " more: " not in said("status", "--runs", "0", "--home", str(home))
    assert len(json.loads(said("status", "--json", "--home", str(home)))["runs"]) == 7


def test_days_are_named_as_ranges_and_lists_say_how_much_is_left() -> None:
    days = [DAY + timedelta(days=at) for at in (0, 1, 2, 5, 7, 8)]
    assert day_ranges(days) == ["2024-03-01 to 2024-03-03", "2024-03-06", "2024-03-08 to 2024-03-09"]
    assert some(day_ranges(days), 2) == "2024-03-01 to 2024-03-03, 2024-03-06 and 1 more"
    assert some(["a", "b"], 2) == "a, b"
    assert clipped("abcdef", 4) == "abcd… (2 more characters)"
    assert clipped("abcd", 4) == "abcd"


def test_a_failed_audit_says_how_many_rules_it_does_not_name() -> None:
    rules = [Finding("gold.t", f"r{at}", "accuracy", "error", 10, 1, 1.0, None, "none") for at in range(MOST + 2)]
    assert _message(rules, None).endswith("and 2 more: lakehouse status")
    assert "more" not in _message(rules[:MOST], None)
