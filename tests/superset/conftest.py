"""One real Superset over the demo's warehouse, and Chromium logged in to it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import start
from playwright.sync_api import Browser, BrowserContext, Page

from tests.support.chromium import chromium
from tests.support.demo_shop import demo_home
from tests.support.receivers import free_port


@dataclass(frozen=True)
class Superset:
    """A running Superset: its address, its admin, and the environment it runs in."""

    url: str
    user: str
    password: str
    environment: dict[str, str]


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The home of the demo's shop."""
    return demo_home(tmp_path_factory.mktemp("demo"))


@pytest.fixture(scope="session")
def warehouse(demo: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Its DuckDB warehouse, the tests' own copy."""
    return Path(shutil.copy(demo / "warehouse.duckdb", tmp_path_factory.mktemp("warehouse")))


@pytest.fixture(scope="session")
def superset(warehouse: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Superset]:
    if not (start.BIN / "gunicorn").exists():
        pytest.skip("No Superset in .venv-superset: run make test-superset, which makes it")
    environment = start.settings(tmp_path_factory.mktemp("superset"))
    start.prepare(environment, start.duckdb_uri(warehouse))
    with start.serving(environment, free_port()) as url:
        yield Superset(url, "admin", environment["SUPERSET_ADMIN_PASSWORD"], environment)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with chromium() as started:
        yield started


def log_in(context: BrowserContext, superset: Superset, user: str, password: str) -> Page:
    """A page of somebody who has logged in."""
    page = context.new_page()
    page.set_viewport_size({"width": 1400, "height": 1000})
    page.set_default_timeout(240_000)
    page.goto("/login/")
    page.locator("#username").fill(user)
    page.locator("#password").fill(password)
    page.keyboard.press("Enter")
    page.wait_for_url("**/welcome/**")
    return page


@pytest.fixture(scope="session")
def page(browser: Browser, superset: Superset) -> Iterator[Page]:
    """The admin's page."""
    context = browser.new_context(base_url=superset.url)
    page = log_in(context, superset, superset.user, superset.password)
    yield page
    context.close()


@pytest.fixture(scope="session")
def analyst(browser: Browser, superset: Superset, page: Page) -> Iterator[Page]:
    """The page of Ada, who has the roles that docs/run-superset.md gives to readers."""
    known = page.request.get("/api/v1/security/roles/?q=(page_size:100)").json()["result"]
    roles = [role["id"] for role in known if role["name"] in ("Gamma", "sql_lab", "Shop analyst")]
    assert len(roles) == 3
    token = page.request.get("/api/v1/security/csrf_token/").json()["result"]
    made = page.request.post(
        "/api/v1/security/users/",
        headers={"X-CSRFToken": token, "Referer": superset.url},
        data={
            "username": "ada",
            "password": "Analyst-1",
            "first_name": "Ada",
            "last_name": "Reader",
            "email": "ada@example.com",
            "active": True,
            "roles": roles,
        },
    )
    assert made.ok, made.text()
    context = browser.new_context(base_url=superset.url)
    reader = log_in(context, superset, "ada", "Analyst-1")
    yield reader
    context.close()
