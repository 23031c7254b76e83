"""From a load to advice: who has read what, by Redshift's statistics, and what loading the rest costs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from spark_app.contracts.left_out import find_dispensable
from spark_app.contracts.load import load_contracts
from spark_app.contracts.sources import load_source
from spark_app.contracts.views import load_views
from spark_app.costs.advise import advise
from spark_app.costs.breakdown import breakdown
from spark_app.costs.prices import load_prices
from spark_app.costs.reads import TableReads, read_known
from spark_app.jobs.publish import load
from spark_app.lake import ops
from spark_app.runs.context import Context
from spark_app.runs.run_cost import keep_cost
from spark_app.runtime.cost_settings import CostSettings
from spark_app.runtime.record import RunRecord
from spark_app.runtime.settings import load_settings
from spark_app.warehouse.redshift_session import PASSWORD_VARIABLE
from tests.support.gold_shop import make_gold
from tests.support.standin import logged_in

pytestmark = pytest.mark.stack
CONTRACTS = load_contracts()


@pytest.fixture
def context(warehouse, s3, tmp_path) -> Context:
    """A released small shop, an environment that a machine bills, and Redshift without a table."""
    gold = make_gold(tmp_path, days=10, customers=20, orders=100, last=date(2026, 11, 22))
    gold.release()
    cost = CostSettings(billed_by="machine", machine_hour=Decimal(1000))
    update = {"home": str(tmp_path), "warehouse": "redshift", "redshift": warehouse.settings, "s3": s3, "cost": cost}
    settings = load_settings("local").model_copy(update=update)
    return Context(settings, CONTRACTS, load_source("canonical", CONTRACTS), RunRecord("run"))


@pytest.fixture
def ada(loaded, redshift) -> Iterator[Any]:
    """An analyst's session."""
    with logged_in(redshift) as admin:
        admin.execute("CREATE USER ada PASSWORD 'Analyst-1'")
        admin.execute("GRANT USAGE ON SCHEMA analytics TO ada")
        admin.execute("GRANT SELECT ON ALL TABLES IN SCHEMA analytics TO ada")
        with logged_in(redshift, "ada", "Analyst-1") as session:
            yield session
        admin.execute("REVOKE ALL ON ALL TABLES IN SCHEMA analytics FROM ada")
        admin.execute("REVOKE ALL ON SCHEMA analytics FROM ada")
        admin.execute("DROP USER ada")


@pytest.fixture
def plain(loaded, redshift, monkeypatch) -> Iterator[Context]:
    """The same, to go on as a user without rights on system tables."""
    with logged_in(redshift) as admin:
        admin.execute("CREATE USER plain PASSWORD 'Plain-123'")
        monkeypatch.setenv(PASSWORD_VARIABLE, "Plain-123")
        settings = loaded.settings.redshift.model_copy(update={"user": "plain"})
        yield replace(loaded, settings=loaded.settings.model_copy(update={"redshift": settings}))
        admin.execute("DROP USER plain")


@pytest.fixture
def loaded(context: Context) -> Context:
    """After a load."""
    load(context)
    return context


def advice(context: Context) -> dict[str, str]:
    dispensable = find_dispensable(CONTRACTS, load_views(CONTRACTS))
    found = advise(context.settings, context.lake, load_prices(), dispensable, datetime.now(UTC))
    return {one.setting: one.because for one in found}


def watched_before(context: Context, days: int) -> None:
    """A look of yesterday, that has watched all tables for so long and seen nobody."""
    at = datetime.now(UTC)
    rows = [
        TableReads(one.name, at - timedelta(days=1), at - timedelta(days=days), None)
        for one in CONTRACTS.values()
        if one.layer == "gold"
    ]
    ops.add(context.table("ops.table_reads"), [{"run_id": "earlier", **asdict(one)} for one in rows])


def test_the_table_that_nobody_reads_is_named_and_those_that_are_read_are_not(loaded, ada) -> None:
    watched_before(loaded, 40)
    assert ada.execute("SELECT count(*) FROM analytics.payments_monthly").fetchone() is not None
    ada.execute("SELECT order_id FROM analytics.fact_refunds")
    keep_cost(loaded, 60.0, released=True)
    said = advice(loaded)
    assert "redshift.leave_out: [daily_channels]" in said
    assert "nobody but the loading user has read it, watched since" in said["redshift.leave_out: [daily_channels]"]
    for read in ("fact_orders", "daily_payments", "fact_refunds"):
        assert f"redshift.leave_out: [{read}]" not in said, "read, or needed"
    assert loaded.record.notices == []


def test_each_tables_load_has_its_share_of_the_bill_and_shares_are_still_the_whole(loaded) -> None:
    keep_cost(loaded, 60.0, released=True)
    today = datetime.now(UTC).date()
    rows = {row["table_name"]: row for row in breakdown(loaded.lake, "table", today, today)}
    of_tables = {name for name in rows if name.endswith(" into the warehouse")}
    assert len(of_tables) == sum(one.layer == "gold" for one in CONTRACTS.values())
    assert "warehouse" in rows, "what is no table's: connections, locks, the commit"
    assert sum(row["dollars"] for row in rows.values()) == pytest.approx(Decimal("16.6667"), abs=Decimal("0.001"))


def test_a_table_left_out_has_no_advice_and_no_cost(context) -> None:
    redshift = context.settings.redshift.model_copy(update={"leave_out": ("daily_channels",)})
    context = replace(context, settings=context.settings.model_copy(update={"redshift": redshift}))
    watched_before(context, 40)
    load(context)
    keep_cost(context, 60.0, released=True)
    said = advice(context)
    assert "redshift.leave_out: [daily_channels]" not in said
    assert "redshift.leave_out: [daily_products]" in said


def test_a_loading_user_who_sees_nobody_else_claims_nothing_and_says_so_once(plain) -> None:
    """The plain user that the documentation recommends: its own queries are all it sees."""
    watched_before(plain, 40)
    for _ in range(2):
        keep_cost(plain, 60.0, released=True)
        (notice,) = plain.record.notices
        assert "the loading user sees no other user's queries; expected a superuser" in notice.lines[0]
        assert advice(plain) == {}
        assert {one.watched_since for one in read_known(plain.lake).values()} == {None}
    looks = "SELECT count(DISTINCT looked_at) AS looks FROM ops_rows"
    assert ops.select(plain.table("ops.table_reads"), looks) == [{"looks": 2}], "one before, and one today"


def test_one_with_the_role_sys_monitor_sees_what_others_did(plain, redshift) -> None:
    with logged_in(redshift) as admin:
        admin.execute('GRANT ROLE "sys:monitor" TO plain')
    watched_before(plain, 40)
    keep_cost(plain, 60.0, released=True)
    assert plain.record.notices == []
    known = read_known(plain.lake)
    assert all(one.watched_since is not None for one in known.values())
    assert all(one.last_read_at for one in known.values()), (
        "a second user who loads counts as a reader: nothing is lost"
    )
