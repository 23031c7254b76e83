"""Tables beside the columns their contract has now."""

from __future__ import annotations

from pathlib import Path

from deltalake import DeltaTable

from spark_app.contracts.table import Column, Type
from spark_app.lake import contents
from spark_app.warehouse.staging import CAME, Slice, read_all_rows
from tests.support.small_lakes import Gold, contract


def column(name: str, kind: Type) -> Column:
    return Column(name, kind, False, "", name, None, None)


def test_columns_that_a_table_lacks_or_has_in_another_type(tmp_path: Path) -> None:
    gold = Gold(tmp_path)
    table = gold.add(contract("t", {"k": (Type("string"), True), "n": (Type("int"), False)}, ["k"]))
    opened = DeltaTable(gold.lake.table(table.qualified).path)
    assert contents.unlike(opened, table.columns) == ([], [])
    later = [column("k", Type("string")), column("n", Type("bigint")), column("new", Type("boolean"))]
    assert contents.unlike(opened, later) == (["new"], ["n"])


def test_rows_of_an_earlier_version_have_later_columns_empty(tmp_path: Path) -> None:
    gold = Gold(tmp_path)
    before = gold.add(contract("t", {"k": (Type("string"), True)}, ["k"]))
    gold.write(before, [{"k": "a"}])
    now = contract("t", {"k": (Type("string"), True), "new": (Type("boolean"), False)}, ["k"])
    rows = contents.rows_as(DeltaTable(gold.lake.table(before.qualified).path).to_pyarrow_dataset(), now.columns)
    assert rows.to_table(columns=["new", "k"]).to_pylist() == [{"new": None, "k": "a"}]
    part = read_all_rows(Slice(now, gold.lake, "full", None, 1, "t", "", lambda: iter(())))
    [batch] = list(part.batches())
    assert batch.to_pylist() == [{"k": "a", "new": None, CAME: True}]
