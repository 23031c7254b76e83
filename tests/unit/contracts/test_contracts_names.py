"""Names of tables without reading their contracts."""

from __future__ import annotations

from spark_app.contracts.load import load_contracts
from spark_app.contracts.names import table_names


def test_they_are_those_of_the_contracts():
    for layer in ("silver", "gold"):
        assert [f"{layer}.{name}" for name in table_names(layer)] == [
            name for name, contract in load_contracts().items() if contract.layer == layer
        ]


def test_a_folder_of_ones_own(tmp_path):
    (tmp_path / "gold").mkdir()
    for name in ("b.yaml", "a.yaml", "notes.txt"):
        (tmp_path / "gold" / name).write_text("")
    assert table_names("gold", tmp_path) == ["a", "b"]
    assert table_names("silver", tmp_path) == []
