"""Pictures of Airflow's pages by a headless Chromium, for the docs.

They are taken where a Chromium is installed, and kept in $LAKEHOUSE_SCREENSHOTS where that is set:
LAKEHOUSE_SCREENSHOTS=docs/images make test-airflow PYTEST_ARGS="-k clock"
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import warnings
from pathlib import Path


def take(url: str, name: str) -> None:
    """Keep a picture of a page as `name`; a warning says so where there is no Chromium."""
    chromium = next(
        (found for word in ("chromium", "chromium-browser", "google-chrome") if (found := shutil.which(word))), None
    )
    if chromium is None:
        warnings.warn("No Chromium on this machine: no screenshot is taken", stacklevel=2)
        return
    with tempfile.TemporaryDirectory() as profile:
        picture = Path(profile) / name
        words = ["--headless=new", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--window-size=1400,900"]
        words += [f"--user-data-dir={profile}/profile", "--virtual-time-budget=20000", f"--screenshot={picture}"]
        done = subprocess.run([chromium, *words, url], capture_output=True, text=True, check=False, timeout=180)
        assert picture.is_file(), done.stderr[-2000:]
        assert picture.stat().st_size > 20_000, "an empty page"
        if folder := os.environ.get("LAKEHOUSE_SCREENSHOTS"):
            Path(folder).mkdir(parents=True, exist_ok=True)
            shutil.copyfile(picture, Path(folder) / name)
