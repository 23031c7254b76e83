"""What the tests of the promises share."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from spark_app.runtime.settings import conf_dir
from tests.support.kill import plug
from tests.support.two_days import one_released_day

__all__ = ["one_released_day", "own_conf", "plug"]

Edit = Callable[[Path], None]


@pytest.fixture
def own_conf(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[Edit], None]:
    """Gives the run a copy of conf/, edited; `monkeypatch.delenv("LAKEHOUSE_CONF")` goes back to the project's."""
    shipped = conf_dir()

    def use(edit: Edit) -> None:
        copy = tmp_path / "conf"
        shutil.copytree(shipped, copy)
        edit(copy)
        monkeypatch.setenv("LAKEHOUSE_CONF", str(copy))

    return use
