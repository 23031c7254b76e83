"""Releases in Redshift, by COPY: what is loaded, and how little is touched."""

from __future__ import annotations

import shutil
import threading
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from spark_app.contracts.table import Type
from spark_app.lake import log
from spark_app.lake.s3 import client
from spark_app.warehouse import redshift_transaction
from spark_app.warehouse.redshift_copy import copy_stager
from spark_app.warehouse.redshift_session import Session
from tests.support.redshift import PEOPLE, SALES, load, rows, sale
from tests.support.small_lakes import contract

pytestmark = pytest.mark.stack


def test_the_first_load_makes_everything_and_brings_all_rows(warehouse, query, gold):
    assert warehouse.loaded_release() is None
    done = load(warehouse, gold)
    assert done == {"shop_sales": ("full", 20), "shop_people": ("full", 8)}
    assert rows(query, SALES) == gold.rows(SALES)
    assert rows(query, PEOPLE) == gold.rows(PEOPLE)
    assert warehouse.loaded_release() == 1
    ledger = query("SELECT release_id, run_id, kind, tables FROM etl.releases")
    assert [(int(row[0]), row[1], row[2]) for row in ledger] == [(1, "run-1", "run")]
    assert '"gold.shop_sales": 1' in ledger[0][3]


def test_a_later_load_touches_changed_rows_only(warehouse, query, gold, touched):
    load(warehouse, gold)
    before = touched(SALES)
    gold.merge(SALES, [sale(3, 33), sale(21)], gone=[date(2024, 1, 5).isoformat()])
    done = load(warehouse, gold)
    assert done == {"shop_sales": ("changes", 2), "shop_people": ("nothing", 0)}
    assert rows(query, SALES) == gold.rows(SALES)
    after = touched(SALES)
    rewritten = {key for key, mark in after.items() if before.get(key) != mark}
    assert rewritten == {date(2024, 1, 3), date(2024, 1, 21)}


def test_the_same_release_again_does_nothing(warehouse, query, gold):
    release = gold.release()
    load(warehouse, gold, release)
    assert load(warehouse, gold, release) == {}
    assert query("SELECT count(*) FROM etl.releases") == [(1,)]


def test_an_older_release_never_undoes_a_newer_one(warehouse, query, gold):
    old = gold.release()
    gold.merge(SALES, [sale(3, 33)])
    load(warehouse, gold)
    assert load(warehouse, gold, old) == {}
    assert rows(query, SALES) == gold.rows(SALES)


def test_two_loads_at_once_give_one_release(warehouse, query, gold):
    load(warehouse, gold)
    gold.merge(SALES, [sale(day, 7) for day in (1, 2, 22)])
    release = gold.release()
    ready, outcome = threading.Barrier(2), []

    def run() -> None:
        ready.wait()
        try:
            outcome.append(load(warehouse, gold, release))
        except Exception as error:  # shown by the assertion below
            outcome.append(error)

    threads = [threading.Thread(target=run) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    assert sorted(map(str, outcome)) == ["{'shop_sales': ('changes', 3), 'shop_people': ('nothing', 0)}", "{}"]
    assert query("SELECT count(*) FROM etl.releases WHERE release_id = 2") == [(1,)]
    assert rows(query, SALES) == gold.rows(SALES)


def test_two_first_loads_at_once_give_one_release(warehouse, query, gold):
    release = gold.release()
    ready, outcome = threading.Barrier(2), []

    def run() -> None:
        ready.wait()
        try:
            outcome.append(len(load(warehouse, gold, release)))
        except Exception as error:
            outcome.append(error)

    threads = [threading.Thread(target=run) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    assert sorted(map(str, outcome)) == ["0", "2"]
    assert rows(query, SALES) == gold.rows(SALES)


def test_readers_see_the_old_release_until_the_commit(warehouse, query, gold, monkeypatch):
    load(warehouse, gold)
    gold.merge(SALES, [sale(3, 33)])
    gold.merge(PEOPLE, [{"id": "p1", "city": "Nantes"}])
    release, seen = gold.release(), []
    commit = redshift_transaction._commit

    def looking(session, of):
        seen.append(query("SELECT orders FROM analytics.shop_sales WHERE day = '2024-01-03'"))
        seen.append(query("SELECT city FROM analytics.shop_people WHERE id = 'p1'"))
        commit(session, of)

    monkeypatch.setattr(redshift_transaction, "_commit", looking)
    load(warehouse, gold, release)
    assert seen == [[(1,)], [("Lyon",)]]
    assert query("SELECT orders FROM analytics.shop_sales WHERE day = '2024-01-03'") == [(33,)]


def test_a_wide_gap_is_loaded_whole(warehouse, query, gold):
    load(warehouse, gold)
    gold.merge(SALES, [sale(day, 2) for day in range(1, 16)])
    assert load(warehouse, gold)["shop_sales"] == ("full", 20)
    assert rows(query, SALES) == gold.rows(SALES)


def test_where_the_change_feed_is_gone_the_table_is_loaded_whole(warehouse, query, gold):
    load(warehouse, gold)
    gold.merge(SALES, [sale(3, 33)])
    shutil.rmtree(Path(gold.lake.table(SALES.qualified).path) / "_change_data")
    assert load(warehouse, gold)["shop_sales"] == ("full", 20)
    assert rows(query, SALES) == gold.rows(SALES)


def test_a_table_without_a_change_feed_is_loaded_by_the_files_that_changed(warehouse, query, gold):
    plain = gold.add(contract("shop_plain", {"id": (Type("int"), True)}, ["id"]), change_feed=False)
    gold.write(plain, [{"id": n} for n in range(9)])
    load(warehouse, gold)
    gold.write(plain, [{"id": 9}])
    assert load(warehouse, gold)["shop_plain"] == ("changes", 1)
    gold.merge(plain, gone=[4])
    load(warehouse, gold)
    assert rows(query, plain) == gold.rows(plain)


@pytest.mark.parametrize("how", ["changes", "full"])
def test_a_rollback_brings_the_earlier_rows_back(warehouse, query, gold, how, touched):
    first = gold.release()
    load(warehouse, gold, first)
    before = touched(SALES)
    days = (3, 21) if how == "changes" else range(1, 16)
    gold.merge(SALES, [sale(day, 9) for day in days], gone=[date(2024, 1, 20).isoformat()])
    load(warehouse, gold)
    again = gold.release("rollback", first.tables)
    assert load(warehouse, gold, again)["shop_sales"][0] == how
    assert rows(query, SALES) == gold.rows(SALES, first.tables[SALES.qualified])
    assert warehouse.loaded_release() == 3
    if how == "changes":
        after = touched(SALES)
        assert {key for key in after if after[key] != before[key]} == {date(2024, 1, 3), date(2024, 1, 20)}


def test_a_table_is_sent_in_several_parts_below_the_runs_own_prefix(warehouse, query, gold, s3, monkeypatch):
    keys: list[str] = []
    upload = client(s3).upload_fileobj
    monkeypatch.setattr(client(s3), "upload_fileobj", lambda f, b, key: (keys.append(key), upload(f, b, key)))
    monkeypatch.setattr("spark_app.warehouse.redshift_copy._GROUP_ROWS", 2)
    monkeypatch.setattr("spark_app.warehouse.staging._BATCH_ROWS", 2)
    small = replace(warehouse, stager=copy_stager(s3, "default", part_bytes=1))
    load(small, gold)
    parts = [key for key in keys if "/shop_people/part-" in key]
    assert len(parts) == 4
    assert parts[0].startswith("temp/run-1/")
    assert rows(query, PEOPLE) == gold.rows(PEOPLE)


def test_an_empty_table_is_loaded_without_a_copy(warehouse, query, gold):
    empty = gold.add(contract("shop_empty", {"id": (Type("int"), True)}, ["id"]))
    assert load(warehouse, gold)["shop_empty"] == ("full", 0)
    assert rows(query, empty) == []


def test_after_the_ledger_is_emptied_everything_is_loaded_whole_once(warehouse, query, gold):
    load(warehouse, gold)
    query("DELETE FROM etl.releases", fetch=False)
    assert load(warehouse, gold) == {"shop_sales": ("full", 20), "shop_people": ("full", 8)}
    assert rows(query, SALES) == gold.rows(SALES)
    assert log.row_count(gold.lake.table(SALES.qualified)) == 20


def test_one_more_day_asks_and_sends_the_same_however_long_the_history(warehouse, gold, s3, monkeypatch):
    asked: list[str] = []
    sizes: list[int] = []
    cursor, upload = Session._cursor, client(s3).upload_fileobj
    monkeypatch.setattr(Session, "_cursor", lambda self, sql, values: (asked.append(sql), cursor(self, sql, values))[1])
    monkeypatch.setattr(
        client(s3), "upload_fileobj", lambda f, *to: (sizes.append(f.seek(0, 2)), f.seek(0), upload(f, *to))
    )
    costs = []
    for days in (20, 1000):
        gold.write(SALES, [{**sale(1), "day": date(2000, 1, 1) + timedelta(n)} for n in range(days - 20)])
        load(warehouse, gold)
        gold.merge(SALES, [{**sale(1), "day": date(2030, 1, 1) + timedelta(days)}])
        asked.clear()
        sizes.clear()
        assert load(warehouse, gold)["shop_sales"] == ("changes", 1)
        costs.append((len(asked), sum(sizes)))
    assert costs[0] == costs[1]
