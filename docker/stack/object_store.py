"""An S3 for laptops and tests: MinIO by its image where Docker runs, else its own server built from its Go module and
kept, else moto's server (which is honest about being none: it checks no rights and knows no faults).

    python docker/stack/object_store.py build      # get the server into the cache beforehand
    python docker/stack/object_store.py image      # lakehouse-minio:dev, for compose and clusters of tests
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

MODULE = "github.com/minio/minio@v0.0.0-20260212201848-7aac2a2c5b7c"
IMAGE = "minio/minio:RELEASE.2025-04-22T22-12-26Z"
LOCAL_IMAGE = "lakehouse-minio:dev"
USER, PASSWORD = "lakehouse", "lakehouse-secret"  # of a server that listens on this machine only
Kind = Literal["minio (image)", "minio", "moto"]


@dataclass(frozen=True)
class ObjectStore:
    """A running server. `environment` is what an AWS client needs to use it."""

    kind: Kind
    endpoint: str

    @property
    def environment(self) -> dict[str, str]:
        return {
            "AWS_ACCESS_KEY_ID": USER,
            "AWS_SECRET_ACCESS_KEY": PASSWORD,
            "AWS_ENDPOINT_URL_S3": self.endpoint,
            "AWS_REGION": "us-east-1",
            "AWS_DEFAULT_REGION": "us-east-1",
            "AWS_EC2_METADATA_DISABLED": "true",  # else clients look for a cloud's credentials first, for half a minute
        }


def cached_server() -> Path:
    """Where the built server is kept."""
    stated = os.environ.get("LAKEHOUSE_CACHE")
    base = Path(stated) if stated else Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "lakehouse"
    return base.expanduser() / "bin" / MODULE.rpartition("@")[2] / "minio"


def server() -> Path | None:
    """The server, built first if need be (some minutes, once); None where there is no Go or it does not build."""
    kept = cached_server()
    if kept.is_file():
        return kept
    if shutil.which("go") is None:
        return None
    print(f"Building {MODULE} (once; kept in {kept.parent})", file=sys.stderr)
    kept.parent.mkdir(parents=True, exist_ok=True)
    # Built aside and moved in one step, so that nobody finds half of it.
    with tempfile.TemporaryDirectory(prefix=".building-", dir=kept.parent) as work:
        done = subprocess.run(
            ["go", "install", MODULE], env={**os.environ, "GOBIN": work}, capture_output=True, text=True
        )
        if done.returncode != 0:
            print(done.stderr[-2000:], file=sys.stderr)
            return None
        (Path(work) / "minio").replace(kept)
    return kept


@contextmanager
def running(data: Path, port: int = 0) -> Iterator[ObjectStore]:
    """An object store on this machine for as long as the block lasts; `port` 0 takes a free one."""
    port = port or _free_port()
    kind, command = _command(data, port)
    log = data.parent / f"{data.name}.log"
    environment = {**os.environ, "MINIO_ROOT_USER": USER, "MINIO_ROOT_PASSWORD": PASSWORD}
    data.mkdir(parents=True, exist_ok=True)
    with log.open("wb") as output:
        process = subprocess.Popen(command, env=environment, stdout=output, stderr=subprocess.STDOUT)
    try:
        _wait(process, port, log)
        yield ObjectStore(kind, f"http://127.0.0.1:{port}")
    finally:
        process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()


def _command(data: Path, port: int) -> tuple[Kind, list[str]]:
    if _docker_runs():
        run = ["docker", "run", "--rm", "--publish", f"127.0.0.1:{port}:9000", "--volume", f"{data.absolute()}:/data"]
        secrets = ["--env", "MINIO_ROOT_USER", "--env", "MINIO_ROOT_PASSWORD"]
        return "minio (image)", [*run, *secrets, IMAGE, "server", "/data", "--quiet"]
    if found := server():
        return "minio", [str(found), "server", str(data), "--address", f"127.0.0.1:{port}", "--quiet"]
    return "moto", [sys.executable, "-m", "moto.server", "--host", "127.0.0.1", "--port", str(port)]


def _docker_runs() -> bool:
    """Whether Docker is there with the image, or able to get it."""
    if shutil.which("docker") is None:
        return False
    for arguments in (["image", "inspect", IMAGE], ["pull", "--quiet", IMAGE]):
        try:
            if subprocess.run(["docker", *arguments], capture_output=True, timeout=300).returncode == 0:
                return True
        except (OSError, subprocess.TimeoutExpired):
            return False
    return False


def make_image() -> None:
    """`lakehouse-minio:dev`: MinIO's own image by another name, or one made of the server built here."""
    if _docker_runs():
        subprocess.run(["docker", "tag", IMAGE, LOCAL_IMAGE], check=True)
        return
    built = server()
    if built is None:
        sys.exit(f"{LOCAL_IMAGE}: found neither {IMAGE} nor a Go to build MinIO with; get one of them")
    docker = Path(__file__).resolve().parents[1]
    words = ["build", "--file", str(docker / "minio" / "Dockerfile"), "--tag", LOCAL_IMAGE, str(built.parent)]
    subprocess.run([str(docker / "engine.sh"), *words], check=True)


def _wait(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and process.poll() is None:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    said = log.read_text(errors="replace")[-2000:]
    raise RuntimeError(f"the object store did not start on port {port}; it said: {said or 'nothing'}")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


if __name__ == "__main__":
    if sys.argv[1:] == ["image"]:
        make_image()
    elif sys.argv[1:] != ["build"]:
        sys.exit(__doc__)
    else:
        print(
            "Docker runs it from its image"
            if _docker_runs()
            else server() or "no Docker and no Go: moto's server it is"
        )
