"""A made-up shop's dashboards, written once, and a Chromium to open them in."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pytest
from playwright.sync_api import Browser, Page

from spark_app.contracts.load import load_contracts
from spark_app.contracts.views import load_views
from spark_app.report.site import write_site
from spark_app.runtime.settings import load_settings
from spark_app.warehouse.duckdb import DuckDBWarehouse
from tests.support.chromium import chromium
from tests.support.gold_shop import make_gold

LAST = date(2026, 11, 22)
PAGES = ("index", "sales", "customers", "payments", "products", "delivery", "quality")


@dataclass(frozen=True)
class Shop:
    """A home folder with a lake, a warehouse and the site."""

    home: Path

    def url(self, page: str, chosen: str = "") -> str:
        return f"{(self.home / 'reports/site' / page).as_uri()}.html{chosen and '#'}{chosen}"

    def ask(self, sql: str) -> list[tuple[Any, ...]]:
        """Rows of the warehouse, which knows nothing of the dashboards."""
        with duckdb.connect(str(self.home / "warehouse.duckdb"), read_only=True) as connection:
            return connection.execute(sql).fetchall()

    def one(self, sql: str) -> Any:
        [(value,)] = self.ask(sql)
        return value


def made(home: Path, *, days: int, customers: int, orders: int, abroad: int = 0) -> Shop:
    """A shop of this size: gold, a release, the warehouse and the site."""
    gold = make_gold(home, days=days, customers=customers, orders=orders, last=LAST, abroad=abroad)
    contracts = load_contracts()
    DuckDBWarehouse(home / "warehouse.duckdb", load_views(contracts)).load(gold.release(), gold.lake, contracts)
    assert write_site(load_settings("local", home=str(home)), gold.lake, contracts)
    return Shop(home)


@pytest.fixture(scope="session")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Shop:
    """Fifteen months, so that a year before is there."""
    return made(tmp_path_factory.mktemp("shop"), days=460, customers=900, orders=9000)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with chromium() as started:
        yield started


@dataclass
class Opened:
    """A page that is open and drawn; `troubles`: what its console said, and what it asked of a network."""

    page: Page
    troubles: list[str] = field(default_factory=list)

    def drawn(self) -> None:
        """Wait until what is chosen now is shown."""
        self.page.wait_for_function("Number(document.documentElement.dataset.drawn) >= 1", timeout=120_000)

    def choose(self, what: Callable[[], object]) -> None:
        """Do something that draws the page anew, and wait for it."""
        before = int(self.page.evaluate("Number(document.documentElement.dataset.drawn)"))
        what()
        self.page.wait_for_function(
            "before => Number(document.documentElement.dataset.drawn) > before", arg=before, timeout=120_000
        )

    def tile(self, metric: str) -> float:
        """A tile's exact value."""
        return float(self.page.locator(f"[data-metric={metric}] .value").get_attribute("data-value") or "nan")

    def table(self, figure: str) -> list[list[str]]:
        """A figure's table as text, its head first."""
        place = self.page.locator(f"#{figure} details")
        if not place.evaluate("element => element.open"):
            place.locator("summary").click()
        self.page.wait_for_function("name => document.querySelector(`#${name} tbody`)", arg=figure)
        return place.locator("table").evaluate(
            "t => [...t.rows].map(row => [...row.cells].map(cell => cell.textContent))"
        )


Open = Callable[..., Opened]


@pytest.fixture
def opened(browser: Browser, shop: Shop) -> Iterator[Open]:
    """`opened(page, chosen="…", width=…, scheme=…, shop=…)`."""
    contexts = []

    def open_page(name: str, chosen: str = "", *, of: Shop = shop, width: int = 1280, scheme: Any = "light") -> Opened:
        context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme)
        contexts.append(context)
        context.set_default_timeout(120_000)
        shown = Opened(context.new_page())
        troubles = shown.troubles
        shown.page.on("console", lambda said: troubles.append(said.text) if said.type in ("error", "warning") else None)
        shown.page.on("pageerror", lambda error: troubles.append(str(error)))
        shown.page.on("request", lambda asked: troubles.append(asked.url) if asked.url.startswith("http") else None)
        shown.page.goto(of.url(name, chosen))
        shown.drawn()
        return shown

    yield open_page
    for context in contexts:
        context.close()


def number(text: str) -> float:
    """What a written number says: $1,234.50, −3.0%, 12.5 days."""
    plain = text.replace("−", "-").replace("$", "").replace(",", "").replace(" days", "").replace("+", "")
    return float(plain[:-1]) / 100 if plain.endswith("%") else float(plain)
