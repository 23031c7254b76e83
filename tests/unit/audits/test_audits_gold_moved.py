"""Gold that another run has moved, or half moved: told as such, with whose it is and when, and worth a retry."""

from __future__ import annotations

from pathlib import Path

import pytest

from spark_app.audits.gold_moved import GoldMoved
from spark_app.jobs import audit, publish
from spark_app.lake import log, writes
from spark_app.runs.context import Context
from spark_app.runs.opening import open_context
from spark_app.runs.request import RunRequest
from spark_app.runtime.errors import AuditFailed
from spark_app.runtime.record import RunRecord
from spark_app.tables.declare import gold_tables
from tests.support.nights import CONTRACTS, Night, started


def opened(night: Night, run: str = "") -> Context:
    return open_context(RunRequest("local", home=str(night.gold.root)), RunRecord("publish", run))


def moves(night: Night, run: str, silver: int, names: tuple[str, ...] | None = None) -> None:
    """A run's gold layer: every table (or those named) has taken in silver at this version, and gold as it is."""
    tables = gold_tables(CONTRACTS)
    for name in [one for one in ("dim_customers", "fact_orders", *tables) if one in (names or tables)]:
        full = f"gold.{name}"
        writes.create(night.lake.table(full), CONTRACTS[full].columns)
        inputs = tables[name].inputs.values()
        taken = {
            one: (log.version_of(night.lake.table(one)) or 0) if one.startswith("gold.") else silver for one in inputs
        }
        writes.advance(night.lake.table(full), log.note_text(run, taken))


@pytest.fixture
def night(tmp_path: Path) -> Night:
    """A release; then a run that has moved all of gold, and whose audit passed."""
    night = started(tmp_path)
    night.releases()
    moves(night, "the-night", silver=1)
    moves(night, "the-night", silver=1)  # tables in any order: now each has taken in the others as they are
    night.audits(run="the-night")
    return night


def test_gold_moved_by_another_run_after_the_audit_is_not_a_failed_audit(night: Night) -> None:
    moves(night, "the-backfill", silver=2)
    with pytest.raises(GoldMoved) as caught:
        publish.run(opened(night, "the-nights-publish"))
    assert (caught.value.exit_code, caught.value.retry) == (1, True)
    said = str(caught.value)
    assert "run the-backfill has moved" in said
    assert f"after the last audit (run the-night, {night.at:%Y-%m-%d %H:%M:%S} UTC)" in said
    assert "readers keep release 1" in said
    assert "run again" in said


def test_what_failed_its_audit_or_was_never_audited_is_told_as_before(night: Night) -> None:
    moves(night, "the-backfill", silver=2)
    night.audits(run="the-backfill", passed=False)
    with pytest.raises(AuditFailed, match="have not passed an audit"):
        publish.run(opened(night))


def test_moving_gold_oneself_and_leaving_out_the_audit_is_told_as_before(night: Night) -> None:
    moves(night, "alone", silver=2)
    with pytest.raises(AuditFailed, match="run the audit first"):
        publish.run(opened(night, "alone"))


def test_half_of_gold_moved_by_another_run_is_not_audited(night: Night) -> None:
    moves(night, "the-backfill", silver=2, names=("fact_orders",))
    with pytest.raises(GoldMoved) as caught:
        audit.run(opened(night))
    assert (caught.value.exit_code, caught.value.retry) == (1, True)
    said = str(caught.value)
    assert "run the-backfill has moved fact_orders (" in said
    assert "and not yet fact_order_items, customer_cohorts" in said
    assert "nothing was audited, readers keep release 1" in said


def test_dimensions_alone_moved(night: Night) -> None:
    """No gold table is behind another by its versions: the facts have not taken in the silver that dimensions have."""
    moves(night, "the-backfill", silver=2, names=("dim_customers",))
    with pytest.raises(GoldMoved, match="run the-backfill has moved dim_customers"):
        audit.run(opened(night))
