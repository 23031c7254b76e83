"""The `lakehouse` command as a person uses it, over one small shop of four days; the tests build on each other."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest
from click.testing import CliRunner, Result
from pyspark.sql import SparkSession

from spark_app.cli import lakehouse
from spark_app.jobs.maintenance import main as maintenance
from spark_app.lake import log, ops, releases
from spark_app.lake.paths import Lake
from spark_app.runs.opening import open_context
from spark_app.runs.request import RunRequest
from spark_app.runtime.record import RunRecord
from spark_app.runtime.settings import conf_dir
from spark_app.shops.demo import generate
from tests.support.drops import drop, gold, warehouse

FIRST, LAST = date(2024, 1, 1), date(2024, 1, 4)
Command = Callable[..., Result]


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory, spark: SparkSession) -> Path:
    """A home with a space in its name: four days landed, the first three released."""
    home = tmp_path_factory.mktemp("my shop")
    generate(str(home / "landing"), FIRST, 4, orders_per_day=12)
    beads = {"order_id": "O1", "payment_sequence": 9, "method": "beads", "status": "paid", "amount": "12.34"}
    drop(home / "landing", "payments", "2024-01-03", [beads | {"updated_at": "2024-01-03 10:00:00"}], "beads.csv")
    asked = ["run", "--home", str(home), "--from", str(FIRST), "--to", "2024-01-03"]
    assert CliRunner().invoke(lakehouse, asked).exit_code == 0
    return home


@pytest.fixture
def command(shop: Path) -> Command:
    def invoke(*words: str) -> Result:
        return CliRunner().invoke(lakehouse, [*words, "--home", str(shop)])

    return invoke


def told(result: Result) -> Any:
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def test_a_run_says_what_it_did(command: Command) -> None:
    result = command("run", "--date", str(LAST))
    assert result.exit_code == 0
    for said in (
        "The last day",
        "What release 2 changes",
        "Quarantined",
        "Where the time went",
        "readers see release 2",
    ):
        assert said in result.output


def test_steps_say_how_many_rows_they_wrote(shop: Path) -> None:
    """Of a table that was built all its rows, of one that a day was merged into only those of that day."""
    lake = Lake(str(shop / "lake"))
    steps = ops.select(lake.table("ops.steps"), "SELECT * FROM ops_rows WHERE layer IN ('bronze', 'silver', 'gold')")
    built = {f"{s['layer']}.{s['table_name']}": s for s in steps if s["action"] == "built" and s["version"] == 1}
    assert "silver.orders" in built
    assert "gold.daily_sales" in built
    for name, step in built.items():
        assert step["rows_written"] == log.row_count(lake.table(name), 1), name
    merged = [s for s in steps if (s["layer"], s["table_name"], s["action"]) == ("gold", "daily_sales", "merged")]
    assert 1 <= merged[-1]["rows_written"] < log.row_count(lake.table("gold.daily_sales"))
    assert Path("spark-warehouse").exists() is False


def test_running_again_finds_nothing_new(command: Command) -> None:
    said = told(command("run", "--date", str(LAST), "--json"))
    assert (said["message"], said["release_id"], said["current_release_id"]) == ("nothing new", None, 2)


def test_status_knows_lake_and_warehouse(command: Command) -> None:
    said = told(command("status", "--json"))
    assert said["release"]["release_id"] == said["warehouse_release_id"] == 2
    assert [run["exit_code"] for run in said["runs"]] == [0, 0, 0]
    assert "readers see release 2" in command("status").output


def test_releases_are_listed_and_compared(command: Command) -> None:
    assert [one["release_id"] for one in told(command("releases", "list", "--json"))] == [2, 1]
    difference = told(command("releases", "diff", "--json"))
    assert str(LAST) in {day["order_date"] for day in difference["days"]}
    assert command("releases", "diff", "1", "9").exception.message == "no release 9; there are 1 to 2"


def test_quarantine_is_listed_and_shown(command: Command) -> None:
    listed = told(command("quarantine", "list", "--json"))
    assert listed
    entity, rule = listed[0]["entity"], listed[0]["rule"]
    shown = told(command("quarantine", "show", entity, "--rule", rule, "--json"))
    assert len(shown) == listed[0]["rows"]
    assert all(rule in {reason["rule"] for reason in row["reasons"]} for row in shown)
    assert f"{rule}: found" in command("quarantine", "show", entity).output


def test_replay_takes_in_what_the_source_now_knows(
    command: Command, shop: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    conf = tmp_path / "conf"
    shutil.copytree(conf_dir(), conf)
    source = conf / "sources" / "canonical.yaml"
    source.write_text(source.read_text().replace("method: method", "method: {column: method, codes: {beads: cash}}"))
    monkeypatch.setenv("LAKEHOUSE_CONF", str(conf))
    assert paid_in(shop, "cash") == []
    assert told(command("quarantine", "replay", "--entity", "payments", "--json"))["current_release_id"] == 3
    assert paid_in(shop, "cash") == [Decimal("12.34")]
    assert told(command("quarantine", "show", "payments", "--rule", "known payment method", "--json")) == []


def paid_in(shop: Path, method: str) -> list[Decimal]:
    """Amounts that analysts see of a payment method."""
    sql = "SELECT amount FROM fact_payments WHERE payment_method = ? ORDER BY amount"
    with duckdb.connect(str(shop / "warehouse.duckdb"), read_only=True) as connection:
        return [amount for (amount,) in connection.execute(sql, [method]).fetchall()]


def test_rollback_shows_an_earlier_release_until_something_changes(command: Command, shop: Path) -> None:
    now = warehouse(shop)
    assert told(command("releases", "rollback", "2", "--json"))["release_id"] == 4
    assert paid_in(shop, "cash") == []
    again = told(command("run", "--date", str(LAST), "--json"))
    assert again["release_id"] is None
    assert any("rolled back" in warning for warning in again["warnings"])
    assert told(command("releases", "rollback", "3", "--json"))["release_id"] == 5
    assert warehouse(shop) == now


def test_a_rebuild_gives_the_same_rows(command: Command, shop: Path) -> None:
    before = gold(shop)
    assert told(command("rebuild", "--json"))["exit_code"] == 0
    # The project's own source does not know beads, which an earlier test had taken in as cash.
    before["fact_payments"] = [row for row in before["fact_payments"] if "cash" not in row]
    assert gold(shop) == before == warehouse(shop)


def test_maintenance_keeps_releases_readable_and_is_no_news(command: Command, shop: Path) -> None:
    before = gold(shop)
    with pytest.raises(SystemExit) as ended:
        maintenance(["--home", str(shop), "--keep-releases", "30"])
    assert ended.value.code == 0
    context = open_context(RunRequest("local", home=str(shop)), RunRecord("test"))
    assert ops.select(context.table("ops.runs"), "SELECT arg_max(command, ended_at) AS last FROM ops_rows") == [
        {"last": "maintenance"}
    ]
    oldest = releases.find(context.lake, 1)
    assert told(command("run", "--date", str(LAST), "--json"))["message"] == "nothing new"
    assert gold(shop) == before
    assert told(command("releases", "diff", "--json", "1", str(releases.latest(context.lake).release_id)))["tables"]
    assert oldest.tables["gold.fact_orders"] >= 1


def test_doctor_finds_what_is_wrong(command: Command, shop: Path) -> None:
    assert command("doctor").exit_code == 0
    (shop / "landing" / "ordres").mkdir()
    result = command("doctor")
    (shop / "landing" / "ordres").rmdir()
    assert result.exit_code == 2
    assert "landing/ordres: unknown dataset" in result.output


def test_doctor_shows_how_a_sample_would_come_out(command: Command) -> None:
    sample = "tests/data/kiosk/landing/order_lines/dt=2024-12-20/kiosk-2024-12-20.csv"
    said = told(command("doctor", "--source", "kiosk", "--file", sample, "--json"))
    feeds = {column["header"]: column["feeds"] for column in said["columns"]}
    assert "orders.order_id" in feeds["Order No"]
    assert (said["entities"]["orders"]["usable"], said["entities"]["orders"]["quarantined"]) == (11, 1)
    assert "dd/MM/yyyy HH:mm" in said["entities"]["orders"]["reasons"][0]["text"]


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["run", "--layers", "brnze"], "unknown layer 'brnze'; did you mean 'bronze'?"),
        (["run", "--env", "lcal"], "did you mean 'local'?"),
        (["run", "--date", "2024-01-01", "--from", "2024-01-01"], "not both"),
        (["run", "--from", "2024-01-01"], "--from and --to go together"),
        (["run", "--source", "kiosc"], "did you mean 'kiosk'?"),
        (["run", "--date", "31/12/2024"], "expected one as 2024-12-31"),
    ],
)
def test_a_wrong_word_ends_with_two_and_the_right_one(words: list[str], message: str, tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "spark_app.cli", *words, "--home", str(tmp_path)], capture_output=True, text=True
    )
    assert done.returncode == 2
    assert message in done.stderr
    assert "Traceback" not in done.stderr
