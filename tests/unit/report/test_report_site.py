"""The dashboards' parts without a browser: how numbers are written, what travels to a page, whether to trust it."""

from __future__ import annotations

import json
from datetime import date, timedelta

from spark_app.contracts.load import load_contracts
from spark_app.lake.paths import Lake
from spark_app.report import products, site
from spark_app.report.data import open_release
from spark_app.report.ripeness import ripeness
from spark_app.runtime.settings import load_settings

LAST = date(2026, 11, 22)
CONTRACTS = load_contracts()


def test_only_the_newest_days_are_shown(seventy_days):
    with open_release(seventy_days.lake, CONTRACTS, "local", 31) as found:
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
    page = products.page(data)
    text = site._embedded(data, page, ripeness(data))
    assert "<" not in text
    assert json.loads(text)["figures"].keys() == page.figures.keys()
