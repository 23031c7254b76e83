"""What a COPY did and which rows were bad: kept on a connection of the stand-in's own, whatever becomes of the COPY."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from redshift_standin.standin import Standin
from redshift_standin.values import Column

KEPT = 10_000


def now() -> datetime:
    """The time, UTC, without a zone, as Redshift's system tables have it."""
    return datetime.now(UTC).replace(tzinfo=None)


@dataclass(frozen=True)
class BadRow:
    """A row that could not be loaded."""

    filename: str
    line: int
    column: Column | None
    position: int
    raw_line: str
    raw_field: str
    code: int
    reason: str


@dataclass
class Load:
    """A COPY under way."""

    query: int
    session: int
    username: str
    oid: int
    table: str
    source: str
    format: str
    started: datetime = field(default_factory=now)
    bad: list[BadRow] = field(default_factory=list)
    errors: int = 0
    files: list[tuple[str, int]] = field(default_factory=list)
    bytes: int = 0

    def note(self, row: BadRow) -> None:
        """Count a bad row."""
        self.errors += 1
        if len(self.bad) < KEPT:
            self.bad.append(row)


def record(server: Standin, load: Load, status: str, rows: int, message: str = "") -> None:
    """Write it to the system tables now."""
    with server.postgres.admin(server.database) as admin, admin.transaction(), admin.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL READ COMMITTED")
        cursor.execute(
            "INSERT INTO standin.loads VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)",
            [
                load.query, load.session, load.username, status, load.oid, load.table, load.started, now(), load.source,
                load.format, rows, load.bytes, len(load.files), load.errors, message,
            ],
        )  # fmt: skip
        cursor.executemany(
            "INSERT INTO standin.load_files VALUES (%s, %s, %s)", [(load.query, name, n) for name, n in load.files]
        )
        cursor.executemany(
            "INSERT INTO standin.load_errors VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)",
            [_values(load, bad) for bad in load.bad],
        )


def _values(load: Load, bad: BadRow) -> Sequence[object]:
    kind = bad.column.type if bad.column else ""
    length = str(bad.column.size or "") if bad.column else ""
    return [
        load.query, load.session, load.oid, load.started, bad.filename, bad.line, bad.column.name if bad.column else "",
        kind, length, bad.position, _clean(bad.raw_line), _clean(bad.raw_field), bad.code, bad.reason[:100],
    ]  # fmt: skip


def _clean(value: str) -> str:
    return value[:1024].replace("\0", "\\0").encode("utf-8", "replace").decode()
