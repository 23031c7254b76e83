"""What tests of settings share."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from spark_app.runtime.settings import conf_dir


@pytest.fixture
def conf(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A conf folder whose base.yaml and local.yaml say nothing."""
    copy = tmp_path / "conf"
    shutil.copytree(conf_dir(), copy)
    for name in ("base.yaml", "local.yaml"):
        (copy / name).write_text("{}\n")
    monkeypatch.setenv("LAKEHOUSE_CONF", str(copy))
    return copy
