"""A commit is begun by who has the right to write, and carries that writer's number."""

from __future__ import annotations

import json

import pytest

from spark_app.lake.fence import check, committing, stamped
from spark_app.lake.holding import LeaseLost
from tests.support.leases import Holding


def test_a_writer_without_the_right_begins_no_commit() -> None:
    lost = Holding(4, lost=True)
    with pytest.raises(LeaseLost):
        check(lost, ask=True)
    begun = []
    with committing(Holding(4), "silver.orders"):
        begun.append("yes")
    assert begun == ["yes"]


def test_where_none_is_needed_nothing_is_asked() -> None:
    check(None, ask=True)
    with committing(None, "silver.orders"):
        pass


def test_a_note_has_the_writers_epoch_beside_what_it_says() -> None:
    note = json.dumps({"run_id": "r", "sources": {"bronze.orders": 3}})
    assert json.loads(stamped(Holding(7), note)) == {"epoch": 7, "run_id": "r", "sources": {"bronze.orders": 3}}
    assert stamped(None, note) == note
