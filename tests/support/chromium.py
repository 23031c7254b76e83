"""Debian's Chromium, or the one that $CHROMIUM names."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright


@contextmanager
def chromium() -> Iterator[Browser]:
    """A browser without a window; skips, and says so, where there is none."""
    path = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
    if path is None:
        pytest.skip("There is no Chromium here (Debian: apt-get install chromium, or name one in $CHROMIUM).")
    with sync_playwright() as playwright:
        # Its own sandbox cannot start as root, which containers of CI are.
        started = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield started
        started.close()


def keep_picture(page: Page, name: str, width: int) -> None:
    """A picture for the docs, where $LAKEHOUSE_SCREENSHOTS says to keep them."""
    if not (folder := os.environ.get("LAKEHOUSE_SCREENSHOTS")):
        return
    page.set_viewport_size({"width": width, "height": 1000})
    Path(folder).mkdir(parents=True, exist_ok=True)
    page.screenshot(path=Path(folder) / f"{name}.png", animations="disabled")
