"""Views named for people: alike in both warehouses, and refused where they name what is not there."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from spark_app.contracts.ddl import view_ddl, views_ddl
from spark_app.contracts.ddl_script import duckdb_script
from spark_app.contracts.load import load_contracts
from spark_app.contracts.view import complete
from spark_app.contracts.views import load_views
from spark_app.runtime.errors import ContractError

CONTRACTS = load_contracts()
GOLD = [contract for contract in CONTRACTS.values() if contract.layer == "gold"]
VIEWS = load_views(CONTRACTS)

GOOD = """\
name: sales
description: Sales.
grain: one row per day
from: {table: daily_sales, as: s}
joins:
  - {table: dim_dates, as: d, match: "d.date = s.order_date"}
columns:
  - {name: order_date, sql: s.order_date}
  - {name: month, sql: "d.month || ' e.g.'", description: "the month, e.g. 5"}
"""


@pytest.fixture
def warehouse():
    with duckdb.connect(":memory:") as connection:
        for statement in duckdb_script(GOLD, VIEWS) * 2:
            connection.execute(statement)
        yield connection


def test_there_are_views_for_the_daily_tables_and_for_orders():
    assert {"sales_daily", "payments_daily", "customers_daily", "products_daily", "orders"} <= {v.name for v in VIEWS}


def test_every_view_and_each_of_its_columns_is_commented(warehouse):
    found = warehouse.execute(
        "SELECT table_name, column_name, comment FROM duckdb_columns() WHERE schema_name = 'analytics' "
        f"AND table_name IN ({', '.join(repr(v.name) for v in VIEWS)}) ORDER BY table_name, column_index"
    ).fetchall()
    in_order = sorted(VIEWS, key=lambda view: view.name)
    assert found == [(view.name, column.name, column.description) for view in in_order for column in view.columns]
    abouts = warehouse.execute(
        "SELECT view_name, comment FROM duckdb_views() WHERE schema_name = 'analytics'"
    ).fetchall()
    assert all("Grain: one row per" in comment for _, comment in abouts)
    assert len(abouts) == len(VIEWS)


def test_a_view_has_a_row_for_each_of_its_first_table_whatever_it_looks_up(warehouse):
    order = "INSERT INTO analytics.fact_orders (order_id, customer_key, customer_id, order_status, "
    order += "purchased_at, order_date, "
    order += "item_count, items_amount, freight_amount, order_amount, paid_amount, refunded_amount, payment_status, "
    order += "is_first_order) VALUES "
    rest = "'2024-01-01 10:00', '2024-01-01', 1, 1, 0, 1, 1, 0, 'paid', true)"
    warehouse.execute(f"{order} ('O1', 1, 'C1', 'delivered', {rest}, ('O2', -1, 'C9', 'canceled', {rest}")
    customer = "INSERT INTO analytics.dim_customers (customer_key, customer_id, city, valid_from, valid_to, "
    customer += "is_current) VALUES "
    warehouse.execute(
        f"{customer} (1, 'C1', 'Then', '1900-01-01', '2024-02-01', false), (2, 'C1', 'Now', '2024-02-01', NULL, true)"
    )
    found = warehouse.execute("SELECT order_id, is_live, customer_city FROM analytics.orders ORDER BY 1").fetchall()
    assert found == [("O1", True, "Now"), ("O2", False, None)]


def test_a_month_is_added_up_by_the_metrics_of_its_days(warehouse):
    days = [("2024-01-30", 3, 1, "20.00"), ("2024-01-31", 2, 0, "40.00"), ("2024-02-01", 1, 1, "0.00")]
    for day, orders, canceled, revenue in days:
        warehouse.execute(
            "INSERT INTO analytics.daily_sales BY NAME SELECT CAST(? AS DATE) AS order_date, ? AS orders, "
            "? AS canceled_orders, 0 AS customers, 0 AS new_customers, 0 AS returning_customers, 0 AS items, "
            "0 AS items_amount, 0 AS freight_amount, CAST(? AS DECIMAL(18,2)) AS revenue, 0 AS late_deliveries",
            [day, orders, canceled, revenue],
        )
        warehouse.execute(
            "INSERT INTO analytics.dim_dates SELECT 0, CAST(? AS DATE), 2024, 1, month(CAST(? AS DATE)), 1, 1, false",
            [day, day],
        )
        warehouse.execute("INSERT INTO analytics.landed_days SELECT CAST(? AS DATE), true, NULL", [day])
    warehouse.execute(
        "INSERT INTO analytics.landed_days VALUES ('2024-02-02', false, 'orders'), ('2024-02-03', true, NULL)"
    )
    asked = "SELECT month_start, revenue, orders, average_order_value FROM analytics.sales_monthly ORDER BY 1"
    assert warehouse.execute(asked).fetchall() == [
        (date(2024, 1, 1), Decimal("60.00"), 5, 15.0),
        (date(2024, 2, 1), Decimal("0.00"), 1, None),
    ]
    weeks = warehouse.execute("SELECT week_start, orders, days_not_landed FROM analytics.sales_weekly").fetchall()
    assert weeks == [(date(2024, 1, 29), 6, 1)]
    sql = "SELECT orders, revenue, average_order_value FROM analytics.sales_daily WHERE order_date > '2024-02-01' "
    found = warehouse.execute(f"{sql} ORDER BY order_date").fetchall()
    assert found == [(None, None, None), (0, 0, None)], "not landed is not zero, and without orders is"


def test_views_over_views_come_after_them_and_are_dropped_before():
    statements = views_ddl(VIEWS)
    drops = [one for one in statements if one.startswith("DROP")]
    creates = [one for one in statements if one.startswith("CREATE")]
    assert statements[: len(VIEWS)] == drops

    def place(listed, name):
        return next(n for n, one in enumerate(listed) if f'"{name}"' in one.split("\n")[0])

    assert place(drops, "sales_monthly") < place(drops, "sales_daily")
    assert place(creates, "sales_monthly") > place(creates, "sales_daily")


MONTHLY = """\
name: monthly
description: Months.
grain: one row per month
from: {view: sales, as: s}
columns:
  - {name: month, sql: s.month}
  - {metric: revenue}
"""
METRICS = """\
currency: EUR
metrics:
  - {name: revenue, title: R, view: sales, sql: "SUM(CASE WHEN month = 'revenue' THEN 1 ELSE 0 END)", unit: count,
     better: more, description: odd}
"""


def of_metrics(tmp_path: Path, text: str) -> Path:
    (tmp_path / "metrics.yaml").write_text(METRICS)
    (tmp_path / "views").mkdir()
    (tmp_path / "views" / "monthly.yaml").write_text(text)
    return written(tmp_path / "views", GOOD)


def test_a_metrics_columns_are_those_of_the_view_below(tmp_path):
    _, monthly = load_views(CONTRACTS, of_metrics(tmp_path, MONTHLY))
    assert monthly.select("x") == (
        'SELECT\n  "s"."month" AS "month",\n'
        '  SUM(CASE WHEN "s"."month" = \'revenue\' THEN 1 ELSE 0 END) AS "revenue"\n'
        'FROM "x"."sales" AS "s"\nGROUP BY 1'
    )
    assert [column.description for column in monthly.columns] == ["the month, e.g. 5", "odd"]
    assert monthly.tables[0] == ("daily_sales", "s")


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("view: sales", "view: sale", r"monthly\.yaml:4: .*unknown view of tables 'sale'; did you mean 'sales'"),
        ("as: s", "as: S", r"monthly\.yaml:4: .*'S' is no lower-case name"),
        ("s.month", "s.mont", r"monthly\.yaml:6: .*unknown column of sales 'mont'; did you mean 'month'"),
        ("metric: revenue", "metric: revenu", r"monthly\.yaml:7: .*unknown metric of the view 'revenu'; .*'revenue'"),
        (
            "metric: revenue",
            "metric: revenue, sql: s.month",
            r"monthly\.yaml:7: .*is a metric: its name, sql and descr",
        ),
        ("metric: revenue", "description: x", r"monthly\.yaml:7: .*found neither a metric nor a column"),
        ("  - {metric: revenue}\n", "", r"monthly\.yaml:5: columns: found only metrics or none"),
        ("name: month,", "name: revenue,", r"monthly\.yaml:7: .*column 'revenue' stands twice"),
    ],
)
def test_a_wrong_view_of_metrics_is_refused_by_file_line_and_word(tmp_path, old, new, message):
    with pytest.raises(ContractError, match=message):
        load_views(CONTRACTS, of_metrics(tmp_path, MONTHLY.replace(old, new, 1)))


def test_views_are_the_same_text_for_both_warehouses():
    for view in VIEWS:
        drop, create, *comments = view_ddl(view)
        assert drop == f'DROP VIEW IF EXISTS "analytics"."{view.name}"'
        assert create.startswith(f'CREATE VIEW "analytics"."{view.name}" AS\nSELECT\n')
        assert len(comments) == 1 + len(view.columns)


def test_a_view_waits_for_all_its_tables():
    assert [view.name for view in complete(VIEWS, ["customer_cohorts", "daily_sales"])] == ["cohorts"]


def written(tmp_path: Path, text: str) -> Path:
    (tmp_path / "sales.yaml").write_text(text)
    return tmp_path


def test_a_view_is_read_with_its_names_quoted_and_texts_left_alone(tmp_path):
    (view,) = load_views(CONTRACTS, written(tmp_path, GOOD))
    assert [column.sql for column in view.columns] == ['"s"."order_date"', '"d"."month" || \' e.g.\'']
    assert view.columns[0].description == "day of purchase, UTC"
    assert view.select("x").endswith(
        'FROM "x"."daily_sales" AS "s"\nLEFT JOIN "x"."dim_dates" AS "d" ON "d"."date" = "s"."order_date"'
    )


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("name: sales", "name: sale", r"sales\.yaml:1: name: found 'sale', expected the file's own, 'sales'"),
        ("table: daily_sales", "table: daily_sale", r"sales\.yaml:4: .*unknown gold table .*'daily_sales'"),
        ("as: d", "as: s", r"sales\.yaml:6: .*'s' stands twice"),
        (
            "s.order_date}",
            "s.order_dat}",
            r"sales\.yaml:8: .*unknown column of daily_sales 'order_dat'; .*'order_date'",
        ),
        ("d.date", "x.date", r"sales\.yaml:6: .*unknown alias 'x'"),
        (', description: "the month, e.g. 5"', "", r"sales\.yaml:9: .*'month' is not a plain column: it needs a descr"),
        ("name: month", "name: order_date", r"sales\.yaml:9: .*column 'order_date' stands twice"),
        ("grain:", "grains:", r"sales\.yaml:3: grains: unknown key 'grains'; did you mean 'grain'"),
    ],
)
def test_a_wrong_view_is_refused_by_file_line_and_word(tmp_path, old, new, message):
    with pytest.raises(ContractError, match=message):
        load_views(CONTRACTS, written(tmp_path, GOOD.replace(old, new, 1)))


def test_a_view_may_not_take_a_tables_name(tmp_path):
    (tmp_path / "fact_orders.yaml").write_text(GOOD.replace("name: sales", "name: fact_orders"))
    with pytest.raises(ContractError, match="is a gold table already"):
        load_views(CONTRACTS, tmp_path)
