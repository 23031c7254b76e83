"""A writer that was taken over loads nothing into Redshift: rows of (epochs of the ledger, of the load)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from spark_app.lake.holding import LeaseLost
from spark_app.warehouse import redshift_ledger
from spark_app.warehouse.base import LoadedByLater
from tests.support.leases import Holding
from tests.support.redshift import SALES, rows, sale

pytestmark = pytest.mark.stack


def by(gold, epoch, *, lost=False):
    return replace(gold.lake, fence=Holding(epoch, lost=lost))


def ledger(query):
    return [tuple(row) for row in query("SELECT release_id, epoch FROM etl.releases ORDER BY 1")]


def test_a_load_of_a_lesser_epoch_is_refused(warehouse, query, gold):
    warehouse.load(gold.release(), by(gold, 2), gold.contracts)
    before = rows(query, SALES)
    gold.merge(SALES, [sale(3, 33)])
    release = gold.release()
    with pytest.raises(LoadedByLater, match="found a load of epoch 2, expected none above 1"):
        warehouse.load(release, by(gold, 1), gold.contracts)
    assert (ledger(query), rows(query, SALES)) == ([(1, 2)], before)
    warehouse.load(release, by(gold, 3), gold.contracts)
    assert (ledger(query), rows(query, SALES)) == ([(1, 2), (2, 3)], gold.rows(SALES))


def test_one_that_was_taken_over_while_it_staged_is_refused_within_its_transaction(warehouse, query, gold, monkeypatch):
    warehouse.load(gold.release(), by(gold, 1), gold.contracts)
    before = rows(query, SALES)
    gold.merge(SALES, [sale(3, 33)])
    seen = iter([1, 4])  # as it is when the load begins, and after it has the lock
    monkeypatch.setattr(redshift_ledger, "greatest_epoch", lambda session: next(seen))
    with pytest.raises(LoadedByLater, match="found a load of epoch 4, expected none above 3"):
        warehouse.load(gold.release(), by(gold, 3), gold.contracts)
    assert (ledger(query), rows(query, SALES)) == ([(1, 1)], before)


def test_one_that_lost_the_lake_while_it_loaded_commits_nothing(warehouse, query, gold):
    with pytest.raises(LeaseLost):
        warehouse.load(gold.release(), by(gold, 1, lost=True), gold.contracts)
    assert ledger(query) == []


def test_a_ledger_from_before_there_were_epochs_gets_them(warehouse, query, gold):
    warehouse.load(gold.release(), gold.lake, gold.contracts)
    query("ALTER TABLE etl.releases DROP COLUMN epoch", fetch=False)
    gold.merge(SALES, [sale(3, 33)])
    warehouse.load(gold.release(), by(gold, 1), gold.contracts)
    assert ledger(query) == [(1, None), (2, 1)]
