"""One cluster for all tests here: brought up where none is, ended after them unless LAKEHOUSE_CLUSTER_KEEP is set."""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Iterator

import pytest

from tests.cluster import kube

IMAGES = ("lakehouse:dev", "lakehouse-redshift:dev", "lakehouse-minio:dev")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """How long things took, and over what data: told, not judged."""
    for text in kube.notes:
        terminalreporter.write_line(f"cluster: {text}")


@pytest.fixture(scope="session")
def cluster() -> Iterator[None]:
    begun = time.monotonic()
    kube.script("up.sh")
    kube.note(f"up in {time.monotonic() - begun:.0f} s")
    yield
    if not os.environ.get("LAKEHOUSE_CLUSTER_KEEP"):
        kube.script("down.sh")


@pytest.fixture(scope="session")
def images(cluster: None) -> None:
    """The images that `make images` makes are in the cluster."""
    for name in IMAGES:
        there = subprocess.run(["docker", "image", "inspect", name], capture_output=True).returncode == 0
        assert there, f"found no image {name} in the Docker engine; `make images` builds it, `make test-cluster` both"
    begun = time.monotonic()
    kube.script("load.sh", *IMAGES)
    kube.note(f"images loaded in {time.monotonic() - begun:.0f} s")
