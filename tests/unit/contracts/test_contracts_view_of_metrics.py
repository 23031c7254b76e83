"""Views that add up another by period or place."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from spark_app.contracts.views import load_views
from spark_app.runtime.errors import ContractError
from tests.support.views import CONTRACTS, GOOD


def test_a_month_is_added_up_by_the_metrics_of_its_days(warehouse):
    days = [("2024-01-30", 3, 1, "20.00"), ("2024-01-31", 2, 0, "40.00"), ("2024-02-01", 1, 1, "0.00")]
    for day, orders, canceled, revenue in days:
        warehouse.execute(
            "INSERT INTO analytics.daily_sales BY NAME SELECT CAST(? AS DATE) AS order_date, ? AS orders, "
            "? AS canceled_orders, 0 AS customers, 0 AS new_customers, 0 AS returning_customers, 0 AS items, "
            "0 AS items_amount, 0 AS freight_amount, CAST(? AS DECIMAL(18,2)) AS revenue, 0 AS late_deliveries, "
            "0 AS units, 0 AS gross_sales, 0 AS discounts, 0 AS returns, 0 AS net_sales, 0 AS shipping, 0 AS taxes, "
            "0 AS total_sales, 0 AS cost_of_goods, 0 AS gross_margin",
            [day, orders, canceled, revenue],
        )
        warehouse.execute(
            "INSERT INTO analytics.dim_dates SELECT 0, CAST(? AS DATE), 2024, 1, month(CAST(? AS DATE)), 1, 1, false",
            [day, day],
        )
        warehouse.execute("INSERT INTO analytics.landed_days SELECT CAST(? AS DATE), true, NULL, true", [day])
    warehouse.execute(
        "INSERT INTO analytics.landed_days VALUES ('2024-02-02', false, 'orders', true), "
        "('2024-02-03', true, NULL, true)"
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


def written(tmp_path: Path, text: str) -> Path:
    (tmp_path / "sales.yaml").write_text(text)
    return tmp_path
