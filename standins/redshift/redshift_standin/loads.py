"""Which rows a COPY found bad, and what was read: kept on a connection of its own, whatever becomes of the client's."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from redshift_standin.standin import Standin


def now() -> datetime:
    """The time, UTC, without a zone, as Redshift's system tables have it."""
    return datetime.now(UTC).replace(tzinfo=None)


@dataclass(frozen=True)
class Column:
    """A column of the table a COPY fills. `size`: bytes, or precision; `scale` of a decimal."""

    name: str
    type: str
    size: int = 0
    scale: int = 0
    required: bool = False

    @property
    def is_text(self) -> bool:
        """Whether its size counts bytes."""
        return self.type in ("varchar", "char")


@dataclass(frozen=True)
class BadRow:
    """A row that could not be loaded."""

    filename: str
    line: int
    column: Column
    raw_field: str
    code: int
    reason: str


@dataclass
class Load:
    """A COPY under way."""

    query: int
    session: int
    oid: int
    table: str
    started: datetime = field(default_factory=now)
    bad: list[BadRow] = field(default_factory=list)


def record(server: Standin, load: Load) -> None:
    """Write the bad rows to the system tables now."""
    with server.postgres.admin(server.database) as admin, admin.transaction(), admin.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL READ COMMITTED")
        cursor.executemany(
            "INSERT INTO standin.load_errors VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)",
            [_values(load, bad) for bad in load.bad],
        )


def record_scans(server: Standin) -> None:
    """Write what was read to where SYS_QUERY_DETAIL shows it. Names are looked up here: who asks may not know all."""
    noted, server.scans = server.scans, []
    with server.postgres.admin(server.database) as admin, admin.transaction(), admin.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL READ COMMITTED")
        cursor.executemany(
            "INSERT INTO standin.scans VALUES (nextval('standin.query_ids'), %s, %s, to_regclass(%s))",
            [(scan.user, scan.started, scan.named) for scan in noted],
        )


def _values(load: Load, bad: BadRow) -> Sequence[object]:
    return [
        load.query, load.session, load.oid, load.started, bad.filename, bad.line, bad.column.name,
        bad.column.type, str(bad.column.size or ""), 0, "", _clean(bad.raw_field), bad.code, bad.reason[:100],
    ]  # fmt: skip


def _clean(value: str) -> str:
    return value[:1024].replace("\0", "\\0").encode("utf-8", "replace").decode()
