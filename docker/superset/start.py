"""Superset on this machine, over a DuckDB warehouse: `make superset`; tests start it the same way."""

from __future__ import annotations

import argparse
import json
import os
import secrets
import signal
import subprocess
import time
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from superset_assets.bundle import files, write

from spark_app.runtime.reporting import USUAL_CURRENCY

HERE = Path(__file__).resolve().parent
BIN = HERE.parents[1] / ".venv-superset" / "bin"
START_SECONDS = 600


def duckdb_uri(warehouse: Path) -> str:
    """A DuckDB file, for reading only: no other file can be reached through it, and no setting changed."""
    return f"duckdb:///{warehouse.resolve()}?access_mode=read_only&enable_external_access=false&lock_configuration=true"


def settings(home: Path) -> dict[str, str]:
    """The environment that Superset runs in. Its metadata and its two secrets live in `home`."""
    home.mkdir(parents=True, exist_ok=True)
    kept = home / "secrets.json"
    if not kept.exists():
        made = {"SUPERSET_SECRET_KEY": secrets.token_urlsafe(48), "SUPERSET_ADMIN_PASSWORD": secrets.token_urlsafe(12)}
        kept.touch(mode=0o600)
        kept.write_text(json.dumps(made))
    return {
        **json.loads(kept.read_text()),
        "SUPERSET_HOME": str(home.resolve()),
        "SUPERSET_METADATA_URI": f"sqlite:///{home.resolve() / 'superset.db'}",
        "SUPERSET_CONFIG_PATH": str(HERE / "superset_config.py"),
    }


def prepare(
    environment: Mapping[str, str],
    uri: str,
    connect_args: Mapping[str, Any] | None = None,
    currency: str = USUAL_CURRENCY,
) -> str:
    """Bring Superset's metadata up to date and the assets in; what it said. CalledProcessError where that fails."""
    bundle = Path(environment["SUPERSET_HOME"]) / "assets.zip"
    write(files(uri, connect_args, currency), bundle)
    command = [str(BIN / "python"), str(HERE / "prepare.py"), str(bundle)]
    env = {**os.environ, **environment}
    return subprocess.run(
        command, env=env, check=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ).stdout


@contextmanager
def serving(environment: Mapping[str, str], port: int) -> Iterator[str]:
    """Superset's pages at the address given, until the block ends. Its log is server.log in its home."""
    home = Path(environment["SUPERSET_HOME"])
    command = [str(BIN / "gunicorn"), "--bind", f"127.0.0.1:{port}", "--workers", "1", "--worker-class", "gthread"]
    command += ["--threads", "8", "--timeout", "120", "--no-control-socket", "superset.app:create_app()"]
    with (home / "server.log").open("w") as log:
        server = subprocess.Popen(command, env={**os.environ, **environment}, cwd=home, stdout=log, stderr=log)
        try:
            _wait(server, f"http://127.0.0.1:{port}", home / "server.log")
            yield f"http://127.0.0.1:{port}"
        finally:
            server.terminate()
            try:
                server.wait(30)
            except subprocess.TimeoutExpired:
                server.kill()


def _wait(server: subprocess.Popen[bytes], url: str, log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and server.poll() is None:
        with suppress(OSError), urllib.request.urlopen(f"{url}/health", timeout=5):
            return
        time.sleep(0.5)
    raise RuntimeError(f"Superset does not answer at {url}/health: {log} says why")


def main() -> None:
    """Serve until Ctrl-C."""
    parser = argparse.ArgumentParser(description="Superset over a warehouse.")
    parser.add_argument("--warehouse", type=Path, default=Path(".lakehouse/warehouse.duckdb"), help="a DuckDB file")
    parser.add_argument("--uri", help="SQLAlchemy URI of another warehouse, without a password")
    parser.add_argument("--home", type=Path, default=Path(".lakehouse/superset"), help="where Superset keeps its own")
    parser.add_argument("--currency", default=USUAL_CURRENCY, help="reporting.currency of the settings")
    parser.add_argument("--port", type=int, default=8088)
    asked = parser.parse_args()
    if not asked.uri and not asked.warehouse.is_file():
        parser.error(f"no warehouse at {asked.warehouse}: make one with `make demo`, or name one with --warehouse")
    environment = settings(asked.home)
    print("Preparing Superset (a minute the first time)", flush=True)
    try:
        prepare(environment, asked.uri or duckdb_uri(asked.warehouse), currency=asked.currency)
    except subprocess.CalledProcessError as problem:
        raise SystemExit(problem.stdout) from None
    with serving(environment, asked.port) as url, suppress(KeyboardInterrupt):
        print(f"{url}  user admin, password {environment['SUPERSET_ADMIN_PASSWORD']}  (Ctrl-C ends)", flush=True)
        signal.pause()


if __name__ == "__main__":
    main()
