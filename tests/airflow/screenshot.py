"""Pictures of Airflow's pages by a headless Chromium, for the docs.

They are taken where a Chromium is installed, and kept in $LAKEHOUSE_SCREENSHOTS where that is set:
LAKEHOUSE_SCREENSHOTS=docs/images make test-airflow PYTEST_ARGS="-k clock"
"""

from __future__ import annotations

import base64
import json
import os
import re
import shutil
import subprocess
import tempfile
import urllib.request
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import websocket

from tests.airflow.parts import until

SIZE = {"width": 1280, "height": 520, "deviceScaleFactor": 1, "mobile": False}
WIDEST = 200_000  # bytes of a picture in docs/
# The page is drawn by React: a DAG's page shows the graph where the browser remembers it so.
REMEMBERED = "localStorage.setItem('default_dag_view', JSON.stringify('graph'));"


def take_graph(url: str, nodes: int, name: str) -> None:
    """Keep a picture of a run's page with a graph of `nodes` tasks; a warning says so where there is no Chromium."""
    chromium = next(
        (found for word in ("chromium", "chromium-browser", "google-chrome") if (found := shutil.which(word))), None
    )
    if chromium is None:
        warnings.warn("No Chromium on this machine: no screenshot is taken", stacklevel=2)
        return
    with _page(chromium) as page:
        page.call("Page.enable")
        page.call("Emulation.setDeviceMetricsOverride", **SIZE)
        page.call("Page.addScriptToEvaluateOnNewDocument", source=REMEMBERED)
        page.call("Page.navigate", url=url)
        drawn = "document.querySelectorAll('.react-flow__node').length"
        until(f"{nodes} tasks are drawn", lambda: (page.value(drawn) or 0) >= nodes, 300)
        until("the page is at rest", lambda: page.value(STILL), 300)
        picture = base64.b64decode(page.call("Page.captureScreenshot", format="png")["data"])
    assert len(picture) < WIDEST
    if folder := os.environ.get("LAKEHOUSE_SCREENSHOTS"):
        Path(folder).mkdir(parents=True, exist_ok=True)
        (Path(folder) / name).write_bytes(picture)


# Nothing is loading, and all is where it was when this was last asked.
STILL = """(() => {
  const nodes = [...document.querySelectorAll('.react-flow__node')];
  const now = nodes.map(one => JSON.stringify(one.getBoundingClientRect())).join();
  const same = window.before === now;
  window.before = now;
  return same && !document.querySelector('[aria-busy=true], .chakra-skeleton, .chakra-spinner');
})()"""


class Page:
    """A tab, spoken to by Chromium's DevTools protocol."""

    def __init__(self, address: str) -> None:
        self._socket = websocket.create_connection(address, timeout=60, suppress_origin=True)
        self._number = 0

    def call(self, method: str, **params: Any) -> dict[str, Any]:
        """The answer of a method; events in between are passed over."""
        self._number += 1
        self._socket.send(json.dumps({"id": self._number, "method": method, "params": params}))
        while (found := json.loads(self._socket.recv())).get("id") != self._number:
            pass
        assert "error" not in found, f"{method}: {found}"
        return dict(found["result"])

    def value(self, expression: str) -> Any:
        """What an expression gives in the page; None where it cannot be told yet."""
        return self.call("Runtime.evaluate", expression=expression)["result"].get("value")


@contextmanager
def _page(chromium: str) -> Iterator[Page]:
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        words = ["--headless=new", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--no-proxy-server"]
        words += [f"--user-data-dir={profile}", "--remote-debugging-port=0", "about:blank"]
        with (Path(profile) / "log").open("wb") as log:
            process = subprocess.Popen([chromium, *words], stdout=log, stderr=log)
        try:
            text = Path(profile) / "log"
            found = until("Chromium listens", lambda: re.search(r"ws://127\.0\.0\.1:(\d+)/", text.read_text()), 60)
            with urllib.request.urlopen(f"http://127.0.0.1:{found[1]}/json/list", timeout=30) as answer:
                (tab,) = [one for one in json.loads(answer.read()) if one["type"] == "page"]
            yield Page(tab["webSocketDebuggerUrl"])
        finally:
            process.terminate()
            process.wait(30)
