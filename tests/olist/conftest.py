"""Where the public Olist dump lies: its licence keeps it out of the project, so tests on it may skip."""

from __future__ import annotations

import os
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def olist_dir() -> Path:
    """The directory with the nine CSV files: $OLIST_DIR, else shared/data/olist beside the checkout."""
    beside = Path(__file__).resolve().parents[2].parent / "shared" / "data" / "olist"
    found = Path(os.environ.get("OLIST_DIR") or beside)
    if not (found / "olist_orders_dataset.csv").is_file():
        pytest.skip(f"The Olist dump is not in {found}; set OLIST_DIR to the directory with its CSV files.")
    return found
