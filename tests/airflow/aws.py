"""AWS's services that moto plays, as a process of the project's own environment."""

from __future__ import annotations

import subprocess
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.airflow.parts import until
from tests.airflow.shop import PYTHON
from tests.support.receivers import free_port


@contextmanager
def moto(folder: Path) -> Iterator[str]:
    """Moto's address."""
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    with (folder / "moto.log").open("wb") as log:
        process = subprocess.Popen([PYTHON.parent / "moto_server", "--port", str(port)], stdout=log, stderr=log)
    try:
        until("moto answers", lambda: _answers(url), 60)
        yield url
    finally:
        process.terminate()
        process.wait(30)


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(f"{url}/moto-api/data.json", timeout=5):
            return True
    except urllib.error.URLError:
        return False
