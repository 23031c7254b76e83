"""Loads that go wrong: nothing of the release is visible, the message says why, nothing stays behind."""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import timedelta

import pytest

from spark_app.contracts.ddl import redshift_type
from spark_app.runtime.errors import WarehouseError
from spark_app.warehouse.redshift_session import connected
from tests.support.redshift import PEOPLE, SALES, load, rows, sale
from tests.support.small_lakes import Gold

pytestmark = pytest.mark.stack


def test_a_connection_cut_once_is_made_anew_and_told(warehouse, query, gold, redshift, notes, leftovers):
    load(warehouse, gold)
    gold.merge(SALES, [sale(3, 33)])
    redshift.faults.arm("cut-before-commit:etl.releases")
    assert load(warehouse, gold)["shop_sales"] == ("changes", 1)
    assert [note for note in notes if "the connection was cut" in note and "loaded again by a new one" in note]
    assert rows(query, SALES) == gold.rows(SALES)
    assert leftovers() == ([], [])


def test_who_waits_too_long_for_the_ledger_is_told_so(warehouse, gold):
    load(warehouse, gold)
    gold.merge(SALES, [sale(3, 33)])
    hasty = replace(warehouse, settings=warehouse.settings.model_copy(update={"lock_timeout": 1}))
    with connected(warehouse.settings) as other:
        other.run("BEGIN")
        other.run('LOCK "etl"."releases"')
        with pytest.raises(WarehouseError, match="another session has held the ledger for 1 seconds") as caught:
            load(hasty, gold)
        assert caught.value.retry
    assert load(hasty, gold)["shop_sales"] == ("changes", 1)


def test_a_statement_has_a_limit(warehouse):
    hasty = warehouse.settings.model_copy(update={"statement_timeout": 1})
    with connected(hasty) as session:
        assert session.rows("SHOW statement_timeout") in ([("1s",)], [("1000",)])


def test_a_connection_cut_before_commit_leaves_the_old_release_and_loading_again_helps(
    warehouse, query, gold, redshift
):
    load(warehouse, gold)
    gold.merge(SALES, [sale(3, 33)])
    release = gold.release()
    for _ in range(2):
        redshift.faults.arm("cut-before-commit:etl.releases")
    with pytest.raises(WarehouseError, match="connection was cut") as caught:
        load(warehouse, gold, release)
    assert caught.value.retry
    assert warehouse.loaded_release() == 1
    assert query("SELECT orders FROM analytics.shop_sales WHERE day = '2024-01-03'") == [(1,)]
    assert load(warehouse, gold, release)["shop_sales"] == ("changes", 1)
    assert rows(query, SALES) == gold.rows(SALES)


def test_a_connection_cut_after_commit_is_found_out_from_the_ledger(warehouse, query, gold, redshift, leftovers):
    load(warehouse, gold)
    gold.merge(SALES, [sale(3, 33)])
    release = gold.release()
    redshift.faults.arm("cut-after-commit:etl.releases")
    assert load(warehouse, gold, release)["shop_sales"] == ("changes", 1)
    assert redshift.faults.struck >= 1
    assert warehouse.loaded_release() == 2
    assert rows(query, SALES) == gold.rows(SALES)
    assert load(warehouse, gold, release) == {}
    assert leftovers() == ([], [])


def test_a_full_disk_leaves_the_old_release(warehouse, query, gold, redshift, leftovers):
    load(warehouse, gold)
    gold.merge(SALES, [sale(3, 33)])
    redshift.faults.arm("disk-full:shop_sales")
    with pytest.raises(WarehouseError, match="Disk Full"):
        load(warehouse, gold)
    assert warehouse.loaded_release() == 1
    assert leftovers() == ([], [])


def test_nothing_stays_in_the_temp_prefix_nor_in_etl(warehouse, gold, leftovers):
    load(warehouse, gold)
    assert leftovers() == ([], [])


def test_files_and_staging_tables_of_loads_dead_for_a_day_are_removed(
    warehouse, gold, query, bucket, leftovers, monkeypatch
):
    load(warehouse, gold)
    query('CREATE TABLE "etl"."stage_20240101000000_0a1b2c3d_0_dead" (a INTEGER)', fetch=False)
    query('CREATE TABLE "etl"."stage_29990101000000_0a1b2c3d_0_alive" (a INTEGER)', fetch=False)
    bucket.put("temp/run-0/20240101000000_0a1b2c3d/dead/x.parquet", b"")
    bucket.put("temp/somebody/elses.parquet", b"")
    monkeypatch.setattr("spark_app.warehouse.redshift_temp.LEFT_OVER", timedelta(seconds=2))
    time.sleep(3.1)
    bucket.put("temp/run-9/20240101000000_0a1b2c3d/alive/x.parquet", b"")
    gold.merge(SALES, [sale(3, 33)])
    load(warehouse, gold)
    assert leftovers() == (
        ["temp/run-9/20240101000000_0a1b2c3d/alive/x.parquet", "temp/somebody/elses.parquet"],
        ["stage_29990101000000_0a1b2c3d_0_alive"],
    )


def test_a_copy_with_a_bad_row_names_file_line_column_and_reason_and_shows_nothing(
    warehouse, query, gold, monkeypatch, leftovers
):
    load(warehouse, gold)
    gold.merge(SALES, [sale(3, 33)])
    gold.merge(PEOPLE, [{"id": "p1", "city": "x" * 200}])
    release = gold.release()
    monkeypatch.setattr("spark_app.warehouse.staging.redshift_type", lambda column: "VARCHAR(65535)")
    monkeypatch.setattr(
        "spark_app.warehouse.redshift_sql.redshift_type",
        lambda column: "VARCHAR(40)" if column.type.name == "string" else redshift_type(column),
    )
    with pytest.raises(WarehouseError, match="COPY refused") as caught:
        load(warehouse, gold, release)
    text = str(caught.value)
    for part in ("shop_people", ".parquet", "line 1", '"city"', "longer"):
        assert part in text, text
    assert warehouse.loaded_release() == 1
    assert query("SELECT orders FROM analytics.shop_sales WHERE day = '2024-01-03'") == [(1,)]
    assert leftovers() == ([], [])


def test_another_lakes_release_is_refused(warehouse, gold, tmp_path):
    load(warehouse, gold)
    other = Gold(tmp_path / "other", run="other")
    other.add(SALES)
    other.write(SALES, [sale(1)])
    load_other = replace(other.release(), release_id=2)
    with pytest.raises(
        WarehouseError, match=r"found release 1 of run run-1, expected a release of the lake .*has none such"
    ):
        load(warehouse, other, load_other)


def test_rows_somebody_else_wrote_are_found_by_counting(warehouse, query, gold):
    load(warehouse, gold)
    query("INSERT INTO analytics.shop_sales VALUES ('2020-01-01', 1, 1)", fetch=False)
    gold.merge(SALES, [sale(3, 33)])
    with pytest.raises(WarehouseError, match="21 rows after loading, expected 20"):
        load(warehouse, gold)
    assert warehouse.loaded_release() == 1


def test_a_table_with_rows_of_somebodys_own_is_not_replaced(warehouse, gold, query, leftovers):
    query("CREATE SCHEMA analytics", fetch=False)
    query("CREATE TABLE analytics.shop_sales (day DATE, orders BIGINT, revenue DECIMAL(18,2))", fetch=False)
    query("INSERT INTO analytics.shop_sales VALUES ('2020-01-01', 7, 1)", fetch=False)
    with pytest.raises(WarehouseError, match=r'found table "analytics"\."shop_sales" with rows that no') as caught:
        load(warehouse, gold)
    assert (caught.value.exit_code, caught.value.retry) == (2, False)
    assert query("SELECT orders FROM analytics.shop_sales") == [(7,)]
    query("DELETE FROM analytics.shop_sales", fetch=False)
    assert load(warehouse, gold)["shop_sales"] == ("full", 20)
    assert leftovers() == ([], [])
