"""Views of a gold table and what it looks up."""

from __future__ import annotations

from pathlib import Path

import pytest

from spark_app.contracts.views import load_views
from spark_app.runtime.errors import ContractError
from tests.support.views import CONTRACTS, GOOD


def test_a_view_has_a_row_for_each_of_its_first_table_whatever_it_looks_up(warehouse):
    order = "INSERT INTO analytics.fact_orders (order_id, customer_key, customer_id, order_status, "
    order += "purchased_at, order_date, "
    order += "item_count, items_amount, freight_amount, order_amount, paid_amount, refunded_amount, payment_status, "
    order += "is_first_order, units, currency, discount_amount, tax_amount, order_amount_original, "
    order += "returned_amount) VALUES "
    rest = "'2024-01-01 10:00', '2024-01-01', 1, 1, 0, 1, 1, 0, 'paid', true, 1, 'USD', 0, 0, 1, 0)"
    warehouse.execute(f"{order} ('O1', 1, 'C1', 'delivered', {rest}, ('O2', -1, 'C9', 'canceled', {rest}")
    customer = "INSERT INTO analytics.dim_customers (customer_key, customer_id, city, valid_from, valid_to, "
    customer += "is_current) VALUES "
    warehouse.execute(
        f"{customer} (1, 'C1', 'Then', '1900-01-01', '2024-02-01', false), (2, 'C1', 'Now', '2024-02-01', NULL, true)"
    )
    found = warehouse.execute("SELECT order_id, is_live, customer_city FROM analytics.orders ORDER BY 1").fetchall()
    assert found == [("O1", True, "Now"), ("O2", False, None)]


def written(tmp_path: Path, text: str) -> Path:
    (tmp_path / "sales.yaml").write_text(text)
    return tmp_path


def test_a_view_is_read_with_its_names_quoted_and_texts_left_alone(tmp_path):
    (view,) = load_views(CONTRACTS, written(tmp_path, GOOD))
    assert [column.sql for column in view.columns] == ['"s"."order_date"', '"d"."month" || \' e.g.\'']
    assert view.columns[0].description == "business day of purchase"
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
