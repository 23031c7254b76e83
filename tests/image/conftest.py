"""The image under test (`IMAGE`, lakehouse:dev by default) and how its containers are run: as Kubernetes will."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Callable
from typing import Any

import pytest

IMAGE = os.environ.get("IMAGE", "lakehouse:dev")
Run = Callable[..., "subprocess.CompletedProcess[str]"]


def docker(*words: str, timeout: int = 900) -> subprocess.CompletedProcess[str]:
    """A docker command; its exit code is the caller's to judge."""
    return subprocess.run(["docker", *words], capture_output=True, text=True, timeout=timeout)


@pytest.fixture(scope="session")
def image() -> dict[str, Any]:
    """What `docker image inspect` says."""
    found = docker("image", "inspect", IMAGE)
    if found.returncode != 0:
        pytest.skip(f"no Docker engine with the image {IMAGE}: {found.stderr.strip()}; make images builds it")
    inspected: dict[str, Any] = json.loads(found.stdout)[0]
    return inspected


@pytest.fixture(scope="session")
def run(image: dict[str, Any]) -> Run:
    """Runs a container with a read-only root and a writable /tmp: run("gold", "--env", …, options=[…])."""

    def in_container(*words: str, options: tuple[str, ...] = ()) -> subprocess.CompletedProcess[str]:
        locked = ["--rm", "--read-only", "--tmpfs", "/tmp:exec,mode=1777", "--cap-drop", "ALL"]
        return docker("run", *locked, *options, IMAGE, *words)

    return in_container


@pytest.fixture(scope="session")
def shell(run: Run) -> Callable[[str], str]:
    """Output of a shell command in a container."""

    def output(command: str) -> str:
        done = run("-c", command, options=("--entrypoint", "/bin/bash"))
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    return output
