"""The stage: MinIO behind the fault proxy, the stand-in for Redshift, settings that name them, engines and zygotes."""

from __future__ import annotations

import contextlib
import json
import os
import queue
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import object_store
import psycopg
import yaml
from fault_proxy import Proxy, faulty
from redshift_standin import Standin, start

from spark_app.lake.paths import Lake
from spark_app.lake.s3 import client
from spark_app.runtime.settings import S3Settings, conf_dir

BUCKET = "chaos"
ENVIRONMENT = "chaos"
LEASE = 8  # seconds that a silent driver is waited for
PROJECT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Driver:
    """A run under way or over."""

    pid: int
    log: Path
    out: Path
    ended: threading.Event = field(default_factory=threading.Event)
    codes: list[int] = field(default_factory=list)

    def signal(self, number: int) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.pid, number)

    def until_stopped(self, seconds: float) -> None:
        """Wait until it has stopped itself, or has ended, but no longer than that."""
        until = time.monotonic() + seconds
        while time.monotonic() < until and not self.ended.wait(0.1):
            with contextlib.suppress(OSError):
                if Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()[0] == "T":
                    return

    def told(self) -> dict[str, Any]:
        """What it had to say in the end; nothing where it was killed."""
        return json.loads(self.out.read_text()) if self.out.is_file() else {}


@dataclass
class Machine:
    """One warm engine and its zygote: where drivers run."""

    conf: Path
    folder: Path
    environment: dict[str, str]

    def __post_init__(self) -> None:
        self.folder.mkdir(parents=True)
        self._count, self._drivers = 0, dict[int, Driver]()
        self._began: queue.Queue[dict[str, Any]] = queue.Queue()
        self._engine = self._process("tests.chaos.engine")
        self._zygote = self._process("tests.chaos.zygote")
        self._gateway = self._line(self._engine)
        assert self._line(self._zygote) == {"ready": True}
        threading.Thread(target=self._listen, daemon=True).start()

    def begin(
        self,
        first: date,
        last: date,
        *,
        conf: Path,
        failpoint: str = "",
        clock: float = 0,
        wait: float = 0,
        trace: str = "",
    ) -> Driver:
        """Start a run over these days."""
        self._count += 1
        log, out = self.folder / "drivers.log", self.folder / f"{self._count}.json"
        order = {"id": self._count, "days": [str(first), str(last)], "failpoint": failpoint, "clock": clock}
        order |= {"wait": wait, "log": str(log), "out": str(out), "trace": trace, **self._where(conf)}
        self._write(self._zygote, json.dumps(order))
        driver = Driver(self._began.get(timeout=60)["began"], log, out)
        self._drivers[driver.pid] = driver
        return driver

    def settle(self) -> float:
        """End what dead drivers have left at work in the engine; how long that took."""
        self._write(self._engine, "settle")
        return float(self._line(self._engine)["seconds"])

    def end(self) -> None:
        for process in (self._zygote, self._engine):
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait(30)

    def _where(self, conf: Path) -> dict[str, Any]:
        environment = {**self.environment, "LAKEHOUSE_CONF": str(conf)}
        return {"environment": environment, "port": self._gateway["port"], "secret": self._gateway["secret"]}

    def _process(self, module: str) -> subprocess.Popen[bytes]:
        own = {"LAKEHOUSE_CONF": str(self.conf), "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
        with (self.folder / f"{module.rpartition('.')[2]}.log").open("wb") as log:
            return subprocess.Popen(
                [sys.executable, "-m", module],
                cwd=PROJECT,
                env={**os.environ, **self.environment, **own, "PYTHONPATH": python_path()},
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                start_new_session=True,
            )

    def _listen(self) -> None:
        """What the zygote says: drivers that began, and those that have ended."""
        assert self._zygote.stdout is not None
        for line in self._zygote.stdout:
            said = json.loads(line)
            if "began" in said:
                self._began.put(said)
            else:
                self._over(said)

    def _over(self, said: dict[str, Any]) -> None:
        deadline = time.monotonic() + 5
        while said["ended"] not in self._drivers and time.monotonic() < deadline:
            time.sleep(0.01)
        driver = self._drivers.pop(said["ended"])
        driver.codes.append(said["code"])
        driver.ended.set()

    def _line(self, process: subprocess.Popen[bytes]) -> dict[str, Any]:
        assert process.stdout is not None
        line = process.stdout.readline()
        while line and not line.startswith(b"{"):
            line = process.stdout.readline()
        assert line, f"a process ended: {self.folder}"
        found: dict[str, Any] = json.loads(line)
        return found

    @staticmethod
    def _write(process: subprocess.Popen[bytes], line: str) -> None:
        assert process.stdin is not None
        process.stdin.write(line.encode() + b"\n")
        process.stdin.flush()


def python_path() -> str:
    return os.pathsep.join(str(PROJECT / part) for part in (".", "docker/stack", "standins/redshift"))


@dataclass
class World:
    """Everything that outlives a lake."""

    folder: Path
    store: object_store.ObjectStore
    proxy: Proxy
    house: Standin
    environment: dict[str, str]

    @property
    def s3(self) -> S3Settings:
        """The store itself, past the proxy."""
        return S3Settings(endpoint=self.store.endpoint, region="us-east-1", path_style=True, log_table=None)

    def lake(self, name: str) -> Lake:
        """A lake as it is, past the proxy."""
        return Lake(f"s3a://{BUCKET}/{name}/lake", self.s3)

    def conf(self, name: str, *, warehouse: str = "redshift") -> Path:
        """Settings of a lake of this name, reached through the proxy."""
        conf = self.folder / "conf" / name
        shutil.copytree(conf_dir(), conf)
        found: dict[str, Any] = yaml.safe_load((conf / "minio.yaml").read_text())
        found |= {"landing": f"s3a://{BUCKET}/landing", "lake": f"s3a://{BUCKET}/{name}/lake", "home": str(self.folder)}
        found |= {"reports": str(self.folder / "reports"), "warehouse": warehouse}
        found["s3"]["endpoint"] = self.proxy.endpoint
        found["spark"] |= {"driver_memory": "1500m"}
        found["lease_seconds"] = LEASE
        found["redshift"] |= {"port": self.house.port, "temp": f"s3a://{BUCKET}/{name}/tmp"}
        if warehouse == "none":
            del found["redshift"]
        (conf / f"{ENVIRONMENT}.yaml").write_text(yaml.safe_dump(found))
        return conf

    def reader(self) -> psycopg.Connection[Any]:
        """A session on the warehouse that sees what analysts see."""
        return self.house.postgres.admin(self.house.database)

    def empty_warehouse(self) -> None:
        with self.reader() as admin:
            for schema in ("analytics", "etl"):
                admin.execute(f"DROP SCHEMA IF EXISTS {schema} CASCADE")

    def copy(self, source: str, to: str) -> None:
        """A lake as it is, by another name."""
        s3 = client(self.s3)
        pages = s3.get_paginator("list_objects_v2").paginate(Bucket=BUCKET, Prefix=f"{source}/lake/")
        keys = [found["Key"] for page in pages for found in page.get("Contents", [])]

        def one(key: str) -> None:
            s3.copy_object(Bucket=BUCKET, CopySource={"Bucket": BUCKET, "Key": key}, Key=f"{to}{key[len(source) :]}")

        with ThreadPoolExecutor(8) as pool:
            list(pool.map(one, keys))

    def machine(self, name: str) -> Machine:
        """An engine and a zygote."""
        return Machine(self.conf(f"machine-{name}"), self.folder / name, self.environment)


@contextmanager
def world(folder: Path) -> Iterator[World]:
    """All of it for as long as the block lasts."""
    with (
        object_store.running(folder / "data") as store,
        faulty(store.endpoint) as proxy,
        start(s3_endpoint=store.endpoint) as house,
    ):
        environment = {
            **store.environment,
            "LAKEHOUSE_REDSHIFT_PASSWORD": house.password,
            "LAKEHOUSE_EMAIL_SALT": "a-salt-that-is-no-secret",
        }
        os.environ |= environment
        made = World(folder, store, proxy, house, environment)
        client(made.s3).create_bucket(Bucket=BUCKET)
        yield made
