"""A connection to Redshift: credentials from outside, statements, and errors that say what matters and no secret."""

from __future__ import annotations

import json
import logging
import os
import struct
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

import redshift_connector
from redshift_connector.error import Error, InterfaceError, OperationalError

from spark_app.runtime.errors import SettingsError, WarehouseError
from spark_app.runtime.settings import RedshiftSettings

PASSWORD_VARIABLE = "LAKEHOUSE_REDSHIFT_PASSWORD"
_AGAIN = "nothing of the release is visible there; run again: lakehouse run --layers publish"
# What the driver raises where the server is gone; its own errors about connections are told apart by their kind.
_GONE = (OSError, struct.error, InterfaceError, OperationalError)
_CONFLICTS = ("40001", "40P01")
_ENDED = "57014"  # by statement_timeout, or by an administrator
_STARTING = "57P03"
_PAUSE = 5  # seconds between attempts to reach a workgroup that wakes up
_PROBES = 4  # signs of life without an answer, until a connection counts as cut
# NAT gateways forget a connection after some minutes of silence: AWS's own after 350 seconds.
_LONG_SILENCE = 240


class ConnectionLost(WarehouseError):
    """The connection broke: what the server did with the last statement is not known."""


class Conflict(WarehouseError):
    """Another transaction came in between; running the same again helps."""


class Refused(WarehouseError):
    """Redshift refused a statement. `code` is its SQLSTATE."""

    def __init__(self, message: str, *, hint: str | None = None, code: str = "") -> None:
        super().__init__(message, hint=hint)
        self.code = code


class TimedOut(WarehouseError):
    """A statement was ended: it took longer than the settings allow, or somebody ended it."""


@dataclass
class Clock:
    """When a session last heard of the server."""

    at: float = field(default_factory=time.monotonic)


@dataclass(frozen=True)
class Session:
    """An open connection that commits each statement, unless BEGIN is run."""

    connection: Any = field(repr=False)
    settings: RedshiftSettings
    secrets: tuple[str, ...] = field(repr=False, default=())
    heard: Clock = field(repr=False, default_factory=Clock)

    @property
    def place(self) -> str:
        return place(self.settings)

    def run(self, sql: str, values: Sequence[object] = ()) -> int:
        """Run one statement; the rows it touched. Raises ConnectionLost, Conflict, TimedOut or Refused."""
        with self._cursor(sql, values) as cursor:
            return int(cursor.rowcount)

    def rows(self, sql: str, values: Sequence[object] = ()) -> list[tuple[Any, ...]]:
        """The rows of a query."""
        with self._cursor(sql, values) as cursor:
            return [tuple(row) for row in cursor.fetchall()]

    @contextmanager
    def waiting(self) -> Iterator[None]:
        """Statements that may have to wait for the ledger's lock, to read it or to lock it, for no longer than allowed.

        Redshift has no limit of its own for locks: it is the statements' while this lasts.
        """
        self.run(f"SET statement_timeout TO {self.settings.lock_timeout * 1000}")
        try:
            yield
        except TimedOut as error:
            raise TimedOut(
                f"warehouse {self.place}: another session has held the ledger for {self.settings.lock_timeout} seconds "
                "(redshift.lock_timeout); nothing of the release is visible there",
                hint="see who: SELECT * FROM stv_locks, svv_transactions; end it, or wait; then: "
                "lakehouse run --layers publish",
            ) from error
        self.run(f"SET statement_timeout TO {self.settings.statement_timeout * 1000}")

    @contextmanager
    def _cursor(self, sql: str, values: Sequence[object]) -> Iterator[Any]:
        try:
            cursor = self.connection.cursor()
            cursor.execute(sql, tuple(values) or None)
            yield cursor
            self.heard.at = time.monotonic()
        except (Error, *_GONE) as error:
            # `from None`: the driver's errors and their frames hold statements, roles and passwords.
            raise self._translated(error, sql) from None

    def _translated(self, error: Exception, sql: str) -> WarehouseError:
        said = error.args[0] if error.args and isinstance(error.args[0], dict) else None
        if said is None:
            if isinstance(error, _GONE):
                return ConnectionLost(
                    f"warehouse {self.place}: the connection was cut{self._silence()}: {self.clean(error)}", hint=_AGAIN
                )
            return Refused(f"warehouse {self.place}: {self.clean(error)}", hint=_AGAIN)
        code, message = str(said.get("C", "")), self.clean(said.get("M", ""))
        text = f"warehouse {self.place}: {message} (SQLSTATE {code}) in: {self.clean(_headline(sql))}"
        if code in _CONFLICTS or "serializable isolation violation" in message.lower():
            return Conflict(text, hint=_AGAIN)
        if code == _ENDED:
            limit = f"{self.settings.statement_timeout} seconds (redshift.statement_timeout)"
            return TimedOut(f"{text}; a statement may take {limit}", hint=_AGAIN)
        if code.startswith(("08", "57P")):
            return ConnectionLost(text, hint=_AGAIN)
        return Refused(text, hint=_AGAIN, code=code)

    def _silence(self) -> str:
        seconds = int(time.monotonic() - self.heard.at)
        if seconds < _LONG_SILENCE:
            return ""
        return (
            f" after {seconds} seconds without a word from it, by which a NAT or firewall forgets it "
            f"(redshift.keepalive is {self.settings.keepalive})"
        )

    def clean(self, value: object) -> str:
        """A text on one line, without secrets."""
        text = " ".join(str(value).split())
        for secret in self.secrets:
            text = text.replace(secret, "***")
        return text


def place(settings: RedshiftSettings) -> str:
    """How messages name the warehouse."""
    where = settings.host or settings.workgroup or settings.cluster
    return f"redshift {bracketed(where or '')}:{settings.port}/{settings.database}"


@contextmanager
def connected(settings: RedshiftSettings) -> Iterator[Session]:
    """A session, closed in the end. Raises SettingsError without credentials, WarehouseError where nobody answers."""
    # The driver's debug log shows statements with the role's ARN.
    driver = logging.getLogger("redshift_connector")
    driver.setLevel(max(logging.INFO, driver.level))
    who = login(settings)
    secrets = tuple(filter(None, (who.get("password"), settings.iam_role if ":" in settings.iam_role else None)))
    empty = Session(None, settings, secrets)
    connection = _open(settings, who, empty)
    connection.autocommit = True
    with suppress(AttributeError):
        connection._usock.settimeout(None)  # the driver's timeout would also end long statements
    session = Session(connection, settings, secrets)
    try:
        session.run(f"SET statement_timeout TO {settings.statement_timeout * 1000}")
        yield session
    finally:
        with suppress(Error, *_GONE, AttributeError):
            connection.close()


def _open(settings: RedshiftSettings, who: dict[str, Any], empty: Session) -> Any:
    """The driver's connection. A serverless workgroup that wakes up does not answer yet, and is waited for."""
    until = time.monotonic() + (settings.wake_timeout if serverless(settings) else 0)
    while True:
        try:
            return redshift_connector.connect(
                database=settings.database,
                port=settings.port,
                ssl=settings.ssl,
                timeout=settings.connect_timeout,
                application_name="lakehouse",
                tcp_keepalive=settings.keepalive > 0,
                tcp_keepalive_idle=settings.keepalive or None,
                tcp_keepalive_interval=max(1, settings.keepalive // _PROBES),
                tcp_keepalive_count=_PROBES,
                **who,
            )
        except (Error, *_GONE, ValueError) as error:
            if _asleep(error) and time.monotonic() + _PAUSE <= until:
                time.sleep(_PAUSE)
                continue
            said = error.args[0] if error.args and isinstance(error.args[0], dict) else {}
            reason = empty.clean(said.get("M") or error)
            waited = (
                f", also not within {settings.wake_timeout} seconds (redshift.wake_timeout)" if _asleep(error) else ""
            )
            raise WarehouseError(
                f"warehouse {place(settings)}: no connection: {reason}; expected Redshift to answer there"
                f"{waited if serverless(settings) else ''}",
                hint="check host, port, network, user and password: lakehouse doctor; once it answers, run again",
            ) from None


def serverless(settings: RedshiftSettings) -> bool:
    """Whether it sleeps when nobody asks."""
    return settings.workgroup is not None or (settings.host or "").endswith(".redshift-serverless.amazonaws.com")


def _asleep(error: Exception) -> bool:
    """Nobody answered in time, or what answered is still starting; not a wrong name, password or certificate."""
    if error.args and isinstance(error.args[0], dict):
        return error.args[0].get("C") == _STARTING
    return any(isinstance(one, TimeoutError | ConnectionError) for one in (error, *error.args))


def login(settings: RedshiftSettings) -> dict[str, Any]:
    """How to log in, as the driver's arguments. Raises SettingsError without credentials."""
    password = os.environ.get(PASSWORD_VARIABLE)
    if password:
        return {"host": _bare(settings.host), "user": settings.user, "password": password}
    if settings.secret:
        return {"host": _bare(settings.host), **_secret(settings)}
    if settings.workgroup:
        serverless = {"is_serverless": True, "serverless_work_group": settings.workgroup}
        return {"iam": True, "region": settings.region, "host": settings.host, **serverless}
    if settings.cluster:
        identity = {"cluster_identifier": settings.cluster, "db_user": settings.user}
        return {"iam": True, "region": settings.region, "host": settings.host, **identity}
    raise SettingsError(
        f"warehouse {place(settings)}: no credentials; expected ${PASSWORD_VARIABLE}, or in the settings "
        "redshift.secret, redshift.workgroup or redshift.cluster",
        hint="see docs/run-on-s3-and-redshift.md",
    )


def _bare(host: str | None) -> str | None:
    """An IPv6 address as the driver wants it: without brackets."""
    return host[1:-1] if host and host.startswith("[") and host.endswith("]") else host


def bracketed(host: str) -> str:
    """A host as URLs want it: an IPv6 address in brackets."""
    return f"[{host}]" if ":" in host and not host.startswith("[") else host


def _secret(settings: RedshiftSettings) -> dict[str, Any]:
    import boto3
    from botocore.exceptions import BotoCoreError, ClientError

    try:
        found = boto3.client("secretsmanager", region_name=settings.region).get_secret_value(
            SecretId=settings.secret or ""
        )
        kept = json.loads(found["SecretString"])
        return {"user": settings.user or kept["username"], "password": kept["password"]}
    except (BotoCoreError, ClientError) as error:
        raise WarehouseError(
            f"redshift.secret {settings.secret}: not read from Secrets Manager: {error}",
            hint="the run's role needs secretsmanager:GetSecretValue on it, and the right region",
        ) from None
    except (KeyError, ValueError, TypeError):
        raise SettingsError(
            f"redshift.secret {settings.secret}: expected JSON with password, and with username where redshift.user "
            "is not set"
        ) from None


def _headline(sql: str) -> str:
    line = " ".join(sql.split())
    return line if len(line) <= 200 else f"{line[:200]} …"
