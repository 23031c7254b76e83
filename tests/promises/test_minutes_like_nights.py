"""Promise 1 in minutes: a day taken in as it runs, in pieces, ends as its night would have."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from spark_app.jobs.watch import Batch, WatchRequest, watch
from spark_app.runs import window
from tests.support.drops import assert_same, copied, drop, gold, pick, run_days, table_dicts, warehouse
from tests.support.kill import Killed, Plug
from tests.support.shop import customer, item, order, payment, product
from tests.support.two_days import FIRST, SECOND, second_day

pytestmark = pytest.mark.long

AT = f"{SECOND} 09:00:00"


def without_night(conf: Path) -> None:
    """Its nights are those of the tests."""
    local = conf / "local.yaml"
    local.write_text(f"{local.read_text()}watch: {{night: null}}\n")


@pytest.fixture(autouse=True)
def the_second_day_is_running(
    monkeypatch: pytest.MonkeyPatch, own_conf: Callable[[Callable[[Path], None]], None]
) -> None:
    monkeypatch.setattr(window, "running_day", lambda context: date.fromisoformat(SECOND))
    own_conf(
        lambda conf: (conf / "local.yaml").write_text((conf / "local.yaml").read_text() + "watch: {night: null}\n")
    )


@pytest.fixture
def home(one_released_day: Path, tmp_path: Path) -> Path:
    """The first day released by its night; of the second nothing has landed yet."""
    made = copied(one_released_day, tmp_path / "minutes")
    for path in (made / "landing").glob(f"*/dt={SECOND}"):
        for file in path.iterdir():
            file.unlink()
        path.rmdir()
    return made


def batch(home: Path, batches: int = 1) -> list[Batch]:
    made: list[Batch] = []
    watch(WatchRequest("local", str(home), every=1, batches=batches), made.append)
    return made


def morning(landing: Path) -> None:
    """Half an order: its customer and its line, and a payment that nobody can use."""
    drop(landing, "customers", SECOND, [customer("C2", AT, "Lima", "PE")], "0900.csv")
    drop(landing, "products", SECOND, [product("P1", AT, "games")], "0900.csv")
    drop(landing, "orders", SECOND, [order("O2", "C2", f"{SECOND} 08:00:00")], "0900.csv")
    drop(landing, "payments", SECOND, [payment("O2", "9.00", "dreamt of", AT)], "0900.csv")


def noon(landing: Path) -> None:
    drop(landing, "order_items", SECOND, [item("O2", 1, "P1", "12.00", f"{SECOND} 08:00:00")], "1200.csv")
    drop(landing, "payments", SECOND, [payment("O1", "10.00", "paid", AT)], "1200.csv")
    delivered = order("O1", "C1", f"{FIRST} 10:00:00", "delivered", delivered_at=AT, updated_at=AT)
    drop(landing, "orders", SECOND, [delivered], "1200.csv")


def complete(home: Path) -> dict[str, object]:
    return {str(day): whole for day, whole in pick(home, "landed_days", "order_date", "is_complete")}


def page(home: Path) -> str:
    return " ".join((home / "reports" / "site" / "index.html").read_text().split())


def kinds(home: Path) -> list[str]:
    return [row["kind"] for row in sorted(table_dicts(home, "ops.releases"), key=lambda row: int(row["release_id"]))]


def test_a_day_in_pieces_ends_as_its_night(home: Path, tmp_path: Path) -> None:
    morning(home / "landing")
    (first,) = batch(home)
    assert (first.step, first.outcome.exit_code, first.news.drops) == ("batch", 0, 4), first.outcome.message
    assert complete(home) == {FIRST: True, SECOND: False}
    assert "Today so far" not in page(home), "the day is long over by the clock"
    assert "Thu 1 Feb 2024 so far, as of" in page(home)
    assert "Orders <strong>1</strong>" in page(home)
    assert "1 of 4 rows of its drops cannot be used" in page(home), "all payments so far: no whole drop yet"
    assert warehouse(home) == gold(home)

    noon(home / "landing")
    second = batch(home)
    assert [one.outcome.exit_code for one in second] == [0]
    assert "Revenue <strong>$12.00</strong>" in page(home)
    assert kinds(home) == ["run", "intraday", "intraday"]

    nights = copied(home, tmp_path / "nights")
    plain = tmp_path / "plain"
    shutil.copytree(home / "landing", plain / "landing")
    run_days(plain, FIRST)
    run_days(plain, SECOND)
    run_days(nights, SECOND)
    assert_same(gold(nights), gold(plain))
    assert_same(warehouse(nights), gold(plain))
    assert complete(nights) == {FIRST: True, SECOND: True}
    assert kinds(nights)[-1] == "run", "the night completes the day, and says so in a release"
    assert "so far" not in page(nights)


def test_killed_in_a_batch_the_next_goes_on(home: Path, tmp_path: Path, plug: Plug) -> None:
    second_day(home / "landing")
    plain = copied(home, tmp_path / "plain")
    plug.pull_at(lambda point: point == "silver.orders:after")
    with pytest.raises(Killed):
        batch(home)
    plug.pull_at(lambda point: False)
    (again,) = batch(home)
    assert again.outcome.exit_code == 0, again.outcome.message
    batch(plain)
    assert_same(gold(home), gold(plain))
    assert_same(warehouse(home), gold(plain))


def test_what_a_night_withheld_no_batch_releases(home: Path) -> None:
    """All payments of the day are unusable: of a running day nothing is said yet, its night withholds."""
    morning(home / "landing")
    batch(home)
    drop(home / "landing", "order_items", SECOND, [item("O2", 1, "P1", "12.00", AT)], "1200.csv")
    withheld = run_days(home, SECOND, expect=4)
    assert "most rows can be used" in withheld.message
    drop(home / "landing", "customers", SECOND, [customer("C3", AT)], "1300.csv")
    (late,) = batch(home)
    assert late.outcome.exit_code == 4
    assert "most rows can be used" in late.outcome.message
    assert kinds(home) == ["run", "intraday"]
