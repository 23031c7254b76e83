"""A running stand-in: where clients find it, the PostgreSQL behind it, the faults that are armed."""

from __future__ import annotations

import contextlib
import shutil
import socket
from dataclasses import dataclass, field
from pathlib import Path

from redshift_standin.faults import Faults
from redshift_standin.postgres import Postgres
from redshift_standin.scans import Scan


@dataclass
class Standin:
    """A running stand-in. `faults.arm("cut-after-commit")` makes the next COMMIT's answer go missing."""

    host: str
    port: int
    user: str
    password: str
    database: str
    s3_endpoint: str | None
    postgres: Postgres
    listener: socket.socket
    faults: Faults = field(default_factory=Faults)
    scans: list[Scan] = field(default_factory=list)  # not yet in standin.scans
    scratch: Path | None = None
    clients: set[socket.socket] = field(default_factory=set)

    def stop(self) -> None:
        """Cut every client and stop PostgreSQL; a data folder of the stand-in's own goes too."""
        with contextlib.suppress(OSError):
            self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()
        for client in list(self.clients):
            with contextlib.suppress(OSError):
                client.shutdown(socket.SHUT_RDWR)
        self.postgres.stop()
        if self.scratch:
            shutil.rmtree(self.scratch, ignore_errors=True)

    def __enter__(self) -> Standin:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()
