"""The dashboards' parts without a browser: how numbers are written, what travels to a page, whether to trust it."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import date, timedelta
from decimal import Decimal
from types import SimpleNamespace

import pytest
from click.testing import CliRunner

from spark_app.cli import lakehouse
from spark_app.contracts.load import load_contracts
from spark_app.lake.paths import Lake
from spark_app.report import site
from spark_app.report.cube import cube
from spark_app.report.data import open_release
from spark_app.report.numbers import Change, changed, day_text, written
from spark_app.report.ripeness import ripeness
from spark_app.runs.dashboards import write_dashboards
from spark_app.runtime.record import RunRecord
from spark_app.runtime.settings import load_settings
from tests.support.gold_shop import make_gold

LAST = date(2026, 11, 22)
CONTRACTS = load_contracts()


@pytest.fixture(scope="module")
def gold(tmp_path_factory):
    made = make_gold(tmp_path_factory.mktemp("gold"), days=70, customers=120, orders=700, last=LAST)
    made.release()
    return made


@pytest.fixture
def data(gold):
    with open_release(gold.lake, CONTRACTS, "local", 800) as found:
        yield found


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (Decimal("1234.5"), "money", "$1,234.50"),
        (Decimal("12345.67"), "money", "$12,346"),
        (-3, "money", "−$3.00"),
        (1234567, "count", "1,234,567"),
        (0.1234, "percent", "12.3%"),
        (0.0512, "change", "+5.1%"),
        (-0.251, "change", "−25%"),
        (0.014, "points", "+1.4 points"),
        (-0.0123, "points", "−1.2 points"),
        (12.34, "days", "12.3 days"),
        (4.125, "score", "4.12"),
        (None, "money", "–"),
        (date(2018, 8, 29), "day", "Wed 29 Aug 2018"),
        ("pix", "text", "pix"),
    ],
)
def test_numbers_are_written_for_people(value, unit, text):
    assert written(value, unit, "USD") == text


def test_money_is_exact_in_tables_and_has_its_sign():
    assert written(Decimal("12345.67"), "money", "BRL", exact=True) == "R$12,345.67"
    assert written(1, "money", "CHF") == "CHF 1.00"


def test_a_change_is_good_or_bad_news():
    assert changed(Decimal(3), 2, "money", "more") == Change("▲ +50%", "good")
    assert changed(3, 2, "count", "less") == Change("▲ +50%", "bad")
    assert changed(2, 4, "count", "neither") == Change("▼ −50%", "")
    assert changed(3, 0, "money", "more") is None
    assert changed(None, 3, "money", "more") is None


def test_no_change_and_one_too_small_to_write_are_no_news():
    assert changed(3, 3, "money", "more") == Change("unchanged", "")
    assert changed(Decimal("100000.01"), 100000, "money", "more") == Change("about the same", "")
    assert changed(0.0501, 0.05, "percent", "less") == Change("about the same", "")


def test_shares_differ_by_points():
    """From 3.9 % to 5.3 % is no +37 %."""
    assert changed(0.053, 0.039, "percent", "less") == Change("▲ +1.4 points", "bad")
    assert changed(0.03, 0, "percent", "less") == Change("▲ +3.0 points", "bad")


def test_a_cube_holds_cents_and_the_places_of_words(data):
    found = cube(data, ["order_date", "state"], ("segment_revenue", "segment_orders"))
    sums = dict(
        zip(
            ("revenue", "orders"),
            data.rows("SELECT sum(revenue) r, sum(orders) o FROM daily_customers")[0].values(),
            strict=True,
        )
    )
    money, orders = found["parts"]
    assert (money["scale"], orders["scale"]) == (100, 1)
    assert Decimal(sum(money["values"])) / 100 == sums["revenue"]
    assert sum(orders["values"]) == sums["orders"]
    assert max(found["days"]) == (LAST - date(1970, 1, 1)).days
    assert found["metrics"] == {"segment_revenue": ["part", 0], "segment_orders": ["part", 1]}
    assert {found["by"]["state"]["words"][at] for at in found["by"]["state"]["at"]} == set(
        found["by"]["state"]["words"]
    )


def test_a_cubes_words_are_sorted_as_what_they_are(data):
    words = cube(data, ["installments"], ("installment_payments",))["by"]["installments"]["words"]
    assert words == [str(number) for number in range(1, 13)]


def test_only_the_newest_days_are_shown(gold):
    with open_release(gold.lake, CONTRACTS, "local", 31) as found:
        assert (found.first, found.last) == (LAST - timedelta(days=30), LAST)
        assert found.rows("SELECT min(order_date) AS day FROM orders") == [{"day": LAST - timedelta(days=30)}]


def test_there_is_no_site_before_the_first_release(tmp_path):
    settings = load_settings("local", home=str(tmp_path))
    assert site.write_site(settings, Lake(str(tmp_path / "lake")), CONTRACTS) is None
    assert not (tmp_path / "reports").exists()


def test_no_page_tells_of_a_person(data):
    text = "".join(content for name, content in site.render(data).items() if name.endswith(".html"))
    hidden = data.rows("SELECT email_hash, customer_id, postal_code FROM dim_customers WHERE email_hash IS NOT NULL")
    assert hidden
    assert not [row for row in hidden if row["email_hash"] in text or f'"{row["customer_id"]}"' in text]


def test_what_is_embedded_cannot_end_its_script(data):
    page = site.PAGES[4](data)
    text = site._embedded(data, page, ripeness(data))
    assert "<" not in text
    assert json.loads(text)["figures"].keys() == page.figures.keys()


def test_dashboards_that_cannot_be_written_are_a_warning_of_the_run(gold):
    settings = load_settings("local").model_copy(update={"reports": "ftp://nowhere/reports"})
    record = RunRecord("run")
    write_dashboards(SimpleNamespace(settings=settings, lake=gold.lake, contracts=CONTRACTS, record=record))
    assert [step.action for step in record.steps] == ["failed"]
    [warning] = record.warnings
    assert "the dashboards were not written" in warning
    assert "lakehouse report" in warning


def test_the_command_writes_the_site_and_says_where(gold):
    home = str(gold.root)
    said = CliRunner().invoke(lakehouse, ["report", "--home", home], catch_exceptions=False).output
    assert "reports/site/index.html" in said.replace("\n", "")
    assert (gold.root / "reports/site/index.html").is_file()


def test_the_command_needs_a_release(tmp_path):
    result = CliRunner().invoke(lakehouse, ["report", "--home", str(tmp_path)])
    assert "there is no release yet" in str(result.exception)


def test_a_command_does_not_wait_for_altair():
    code = "import sys, spark_app.jobs.publish, spark_app.cli.summary; sys.exit('altair' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_a_day_is_written_with_its_weekday():
    assert day_text(date(2024, 2, 29)) == "Thu 29 Feb 2024"
