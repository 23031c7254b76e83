"""`carry_down` of a dataset: what stands on an order's first line only; `number_by`: lines without a number."""

from __future__ import annotations

from pathlib import Path

import pytest
from pyspark.sql import SparkSession

from spark_app.quality.neighbours import filled
from spark_app.runtime.errors import SettingsError
from tests.support import mapping
from tests.support.mapping import judged, source_of, usable

pytestmark = pytest.mark.core

SHOP = """
    source: shop
    datasets:
      export:
        columns: [Name, Email, Paid at, Sku, Price, Created at]
        %s
    entities:
      orders:
        from: export
        columns:
          order_id: Name
          customer_id: Email
          status: {default: created}
          purchased_at: Created at
          approved_at: Paid at
          updated_at: Created at
      order_items:
        from: export
        columns: {order_id: Name, item_number: %s, product_id: Sku, unit_price: Price, updated_at: Created at}
"""
CARRY = "carry_down: {within: [Name], columns: [Email, Paid at]}"
BY_FILE, BY_CONTENT = "{number_by: [Name]}", "{number_by: {within: [Name], order_by: [Sku, Price]}}"
FILE = """Name,Email,Paid at,Sku,Price,Created at
#1,a@x,2024-03-05,MUG,1.00,2024-03-05
#2,b@x, ,PEN,1.00,2024-03-05
#1,,,HAT,1.00,2024-03-05
,,,,,
#2,,,CAP,1.00,2024-03-05
#1,,,HAT,0.50,2024-03-05
#3,,,CAP,1.00,2024-03-05
"""


def test_the_first_line_says_it_for_the_others_wherever_they_stand(spark: SparkSession, tmp_path: Path) -> None:
    rows = judged(spark, tmp_path, SHOP % (CARRY, BY_FILE), {"a.csv": FILE})
    found = [(row["order_id"], row["customer_id"], str(row["approved_at"])[:10]) for row in rows]
    assert found == [
        ("#1", "a@x", "2024-03-05"), ("#2", "b@x", "None"), ("#1", "a@x", "2024-03-05"), (None, None, "None"),
        ("#2", "b@x", "None"), ("#1", "a@x", "2024-03-05"), ("#3", None, "None"),
    ]  # fmt: skip
    assert [row["_passed_over"] for row in rows] == [number == 3 for number in range(7)]


def test_of_a_row_set_aside_what_landed_is_told_as_it_stood(spark: SparkSession, tmp_path: Path) -> None:
    line = "#4,d@x,2024-03-05,MUG,1.00,2024-03-05\n#4,,31/31/2024,HAT,1.00,2024-03-05\n"
    rows = judged(spark, tmp_path, SHOP % (CARRY, BY_FILE), {"a.csv": FILE.splitlines(keepends=True)[0] + line})
    first, second = rows
    assert (second["customer_id"], first["_raw"]) == ("d@x", None)
    assert "31/31/2024" in second["_raw"]
    assert "d@x" not in second["_raw"]


def test_unset_each_line_says_its_own(spark: SparkSession, tmp_path: Path) -> None:
    rows = judged(spark, tmp_path, SHOP % ("", BY_FILE), {"a.csv": FILE})
    assert usable(rows, "order_id") == ["#1", "#2"]


def test_without_within_the_line_above_says_it_and_files_are_apart(spark: SparkSession, tmp_path: Path) -> None:
    both = "carry_down: [{columns: [Name]}, {within: [Name], columns: [Email]}]"
    first = "Name,Email,Paid at,Sku,Price,Created at\n#1,a@x,,MUG,1.00,2024-03-05\n,,,HAT,1.00,2024-03-05\n"
    files = {"a.csv": first, "b.csv": "Name,Email,Paid at,Sku,Price,Created at\n,,,PEN,1.00,2024-03-05\n"}
    rows = judged(spark, tmp_path, SHOP % (both, BY_FILE), files)
    assert [(row["order_id"], row["customer_id"]) for row in rows] == [("#1", "a@x"), ("#1", "a@x"), (None, None)]


def test_what_was_carried_is_counted_for_who_looks_at_a_sample(spark: SparkSession, tmp_path: Path) -> None:
    source = source_of(tmp_path, SHOP % (CARRY, BY_FILE))
    rows = mapping.bronze(spark, source, "export", mapping.inspected(tmp_path, source, "export", {"a.csv": FILE}))
    assert filled(rows, source.datasets["export"]) == {"Email": 3, "Paid at": 2}
    assert filled(rows, source.datasets["export"].model_copy(update={"carry_down": ()})) == {}


@pytest.mark.parametrize(("by", "numbers"), [(BY_FILE, [1, 1, 2, 2, 3, 1]), (BY_CONTENT, [3, 2, 2, 1, 1, 1])])
def test_lines_are_numbered_within_their_order(
    spark: SparkSession, tmp_path: Path, by: str, numbers: list[int]
) -> None:
    rows = judged(spark, tmp_path, SHOP % ("", by), {"a.csv": FILE}, "order_items")
    assert usable(rows, "item_number") == numbers


def test_the_same_order_has_the_same_numbers_in_another_file(spark: SparkSession, tmp_path: Path) -> None:
    head, *lines = FILE.splitlines()
    shuffled = "\n".join([head, "#0,z@x,,MUG,1.00,2024-03-05", *sorted(lines, reverse=True)])
    rows = judged(spark, tmp_path, SHOP % ("", BY_CONTENT), {"a.csv": FILE, "b.csv": shuffled}, "order_items")
    found = {}
    for name in ("a.csv", "b.csv"):
        mine = [row for row in rows if row["_source_file"].endswith(name) and row["order_id"] != "#0"]
        found[name] = set(usable(mine, "order_id", "item_number", "product_id", "unit_price"))
    assert found["a.csv"] == found["b.csv"] != set()


def test_rows_that_where_leaves_out_have_no_number(spark: SparkSession, tmp_path: Path) -> None:
    shop = (SHOP % ("", BY_FILE)).replace(
        "order_items:\n        from: export", "order_items:\n        from: export\n        where: sku <> 'MUG'"
    )
    rows = judged(spark, tmp_path, shop, {"a.csv": FILE}, "order_items")
    assert [one for one in usable(rows, "order_id", "item_number") if one[0] == "#1"] == [("#1", 1), ("#1", 2)]


@pytest.mark.parametrize(
    ("keys", "by", "said"),
    [
        (
            "carry_down: {within: [Nam], columns: [Email]}",
            BY_FILE,
            "carry_down.within: unknown column of the file 'Nam'",
        ),
        ("carry_down: {within: [Name], columns: []}", BY_FILE, "datasets.export.carry_down.columns: "),
        ("", "{number_by: [Name], column: Sku}", "found column and number_by; expected one of them"),
        ("", "{number_by: [Nane]}", "number_by.within: unknown column of the file 'Nane'; did you mean 'Name'?"),
    ],
)
def test_what_is_wrong_is_told(tmp_path: Path, keys: str, by: str, said: str) -> None:
    with pytest.raises(SettingsError) as error:
        source_of(tmp_path, SHOP % (keys, by))
    assert said in str(error.value)
