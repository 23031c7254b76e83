"""One cluster for all tests here: brought up where none is, ended after them unless LAKEHOUSE_CLUSTER_KEEP is set."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator

import pytest

from tests.cluster import kube


@pytest.fixture(scope="session")
def cluster() -> Iterator[None]:
    begun = time.monotonic()
    kube.script("up.sh")
    sys.stderr.write(f"\ncluster: up in {time.monotonic() - begun:.0f} s\n")
    yield
    if not os.environ.get("LAKEHOUSE_CLUSTER_KEEP"):
        kube.script("down.sh")
