"""Files that are added to a folder: none of them ever replaces another."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

import pytest
from click.testing import CliRunner

from spark_app.cli import lakehouse
from spark_app.lake.objects import adding_files
from spark_app.runtime.errors import UsageError
from spark_app.runtime.settings import AWS_ITSELF


def add(landing: Path, files: dict[str, str]) -> None:
    with adding_files(str(landing), AWS_ITSELF) as folder:
        for name, text in files.items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_text(text)


def test_the_same_again_and_more_is_fine(tmp_path: Path) -> None:
    add(tmp_path, {"orders/dt=2024-01-01/orders.csv": "a"})
    add(tmp_path, {"orders/dt=2024-01-01/orders.csv": "a", "orders/dt=2024-01-02/orders.csv": "b"})
    assert (tmp_path / "orders/dt=2024-01-02/orders.csv").read_text() == "b"


def test_a_file_that_holds_something_else_stays_and_nothing_is_written(tmp_path: Path) -> None:
    add(tmp_path, {"orders/dt=2024-01-01/orders.csv": "the shop's own"})
    with pytest.raises(UsageError, match=r"orders\.csv: is there and holds something else"):
        add(tmp_path, {"customers/dt=2024-01-01/customers.csv": "c", "orders/dt=2024-01-01/orders.csv": "a"})
    assert (tmp_path / "orders/dt=2024-01-01/orders.csv").read_text() == "the shop's own"
    assert not (tmp_path / "customers").exists()


def test_the_demo_never_replaces_a_shops_drop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(import_module("spark_app.cli.demo"), "execute", lambda *_, **__: None)
    words = ["demo", "--days", "2", "--home", str(tmp_path)]
    for _ in range(2):  # the second time it finds what it would write
        assert CliRunner().invoke(lakehouse, words).exception is None
    drop = next((tmp_path / "landing" / "orders").rglob("orders*.csv*"))
    drop.write_text("the shop's own")
    done = CliRunner().invoke(lakehouse, words)
    assert isinstance(done.exception, UsageError)
    assert drop.read_text() == "the shop's own"
