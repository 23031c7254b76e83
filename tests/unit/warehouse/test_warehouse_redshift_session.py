"""Sessions of Redshift without one: how long is waited for what, and what is said of a connection that broke."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Callable
from typing import Any

import pytest
from redshift_connector.error import InterfaceError, OperationalError, ProgrammingError

from spark_app.runtime.errors import WarehouseError
from spark_app.runtime.settings import RedshiftSettings
from spark_app.warehouse import redshift_session
from spark_app.warehouse.redshift_session import (
    PASSWORD_VARIABLE,
    ConnectionLost,
    TimedOut,
    bracketed,
    connected,
    login,
)

SLEEPS = OperationalError("connection time out", TimeoutError("timed out"))
REFUSES = InterfaceError("communication error", ConnectionRefusedError("refused"))
NO_NAME = InterfaceError("communication error", socket.gaierror(-2, "Name or service not known"))
NO_TRUST = InterfaceError("communication error", ssl.SSLCertVerificationError("self-signed"))
STARTS = ProgrammingError({"C": "57P03", "M": "the database system is starting up"})
WRONG = ProgrammingError({"C": "28000", "M": "password authentication failed"})


class Driver:
    """What redshift_connector is to us: `failures` come first, then a connection that runs statements."""

    def __init__(self, *failures: Exception) -> None:
        self.failures, self.asked, self.said = list(failures), list[dict[str, Any]](), list[str]()
        self.fails: dict[str, Exception] = {}
        self.now = 0.0
        self.rowcount, self.autocommit = 0, False

    def connect(self, **asked: Any) -> Driver:
        self.asked.append(asked)
        if self.failures:
            raise self.failures.pop(0)
        return self

    def cursor(self) -> Driver:
        return self

    def execute(self, sql: str, _: object) -> None:
        self.said.append(sql)
        if sql in self.fails:
            raise self.fails[sql]

    def close(self) -> None:
        self.said.append("closed")

    def sleep(self, seconds: float) -> None:
        self.now += seconds


@pytest.fixture
def driver(monkeypatch: pytest.MonkeyPatch) -> Callable[..., Driver]:
    def make(*failures: Exception) -> Driver:
        made = Driver(*failures)
        monkeypatch.setenv(PASSWORD_VARIABLE, "Secret-1")
        monkeypatch.setattr(redshift_session.redshift_connector, "connect", made.connect)
        monkeypatch.setattr(redshift_session.time, "sleep", made.sleep)
        monkeypatch.setattr(redshift_session.time, "monotonic", lambda: made.now)
        return made

    return make


def settings(**given: Any) -> RedshiftSettings:
    return RedshiftSettings(**{"host": "shop.1.eu.redshift-serverless.amazonaws.com", "user": "loader", **given})


@pytest.mark.parametrize("failure", [SLEEPS, REFUSES, STARTS])
def test_a_serverless_workgroup_that_wakes_up_is_waited_for(driver: Callable[..., Driver], failure: Exception) -> None:
    fake = driver(failure, failure, failure)
    with connected(settings()) as session:
        session.run("SELECT 1")
    assert (len(fake.asked), fake.now) == (4, 15.0)


def test_it_is_not_waited_for_for_ever(driver: Callable[..., Driver]) -> None:
    fake = driver(*[SLEEPS] * 100)
    with (
        pytest.raises(WarehouseError, match=r"no connection: .*also not within 30 seconds \(redshift\.wake_timeout\)"),
        connected(settings(wake_timeout=30)),
    ):
        pass
    assert fake.now == 30.0


@pytest.mark.parametrize("failure", [NO_NAME, NO_TRUST, WRONG])
def test_what_waiting_cannot_mend_is_told_at_once(driver: Callable[..., Driver], failure: Exception) -> None:
    fake = driver(failure)
    with pytest.raises(WarehouseError, match="no connection"), connected(settings()):
        pass
    assert fake.now == 0.0


def test_a_provisioned_cluster_is_not_waited_for(driver: Callable[..., Driver]) -> None:
    fake = driver(SLEEPS)
    with pytest.raises(WarehouseError, match="no connection"), connected(settings(host="shop.redshift.amazonaws.com")):
        pass
    assert (len(fake.asked), fake.now) == (1, 0.0)


@pytest.mark.parametrize(("keepalive", "idle", "between"), [(60, 60, 15), (3, 3, 1)])
def test_a_silent_connection_gives_signs_of_life(
    driver: Callable[..., Driver], keepalive: int, idle: int, between: int
) -> None:
    fake = driver()
    with connected(settings(keepalive=keepalive)):
        pass
    asked = fake.asked[0]
    assert (asked["tcp_keepalive"], asked["tcp_keepalive_idle"], asked["tcp_keepalive_interval"]) == (
        True,
        idle,
        between,
    )


def test_or_gives_none(driver: Callable[..., Driver]) -> None:
    fake = driver()
    with connected(settings(keepalive=0)):
        pass
    assert fake.asked[0]["tcp_keepalive"] is False


def test_statements_and_locks_have_limits(driver: Callable[..., Driver]) -> None:
    fake = driver()
    with connected(settings(statement_timeout=7, lock_timeout=3)) as session, session.waiting():
        session.run("LOCK x")
    assert fake.said == [
        "SET statement_timeout TO 7000",
        "SET statement_timeout TO 3000",
        "LOCK x",
        "SET statement_timeout TO 7000",
        "closed",
    ]


def test_a_limit_that_is_reached_is_named(driver: Callable[..., Driver]) -> None:
    fake = driver()
    ended = ProgrammingError({"C": "57014", "M": "Query cancelled on user's request"})
    fake.fails = {"SELECT 1": ended, "LOCK x": ended}
    with connected(settings()) as session:
        with pytest.raises(TimedOut, match=r"may take 3600 seconds \(redshift\.statement_timeout\)"):
            session.run("SELECT 1")
        with (
            pytest.raises(TimedOut, match=r"another session has held the ledger for 600 seconds") as caught,
            session.waiting(),
        ):
            session.run("LOCK x")
    assert caught.value.retry


@pytest.mark.parametrize(("seconds", "told"), [(10, False), (400, True)])
def test_a_connection_that_a_nat_forgot_is_told_so(driver: Callable[..., Driver], seconds: int, told: bool) -> None:
    fake = driver()
    fake.fails = {"COMMIT": ConnectionResetError(104, "Connection reset by peer")}
    with connected(settings()) as session:
        fake.now = seconds
        with pytest.raises(ConnectionLost, match="the connection was cut") as caught:
            session.run("COMMIT")
    assert ("a NAT or firewall forgets it" in str(caught.value)) is told
    assert caught.value.retry


def test_an_ipv6_address_has_brackets_in_urls_and_none_for_the_driver(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(PASSWORD_VARIABLE, "Secret-1")
    for given in ("fd00::5", "[fd00::5]"):
        assert login(settings(host=given))["host"] == "fd00::5"
        assert redshift_session.place(settings(host=given)) == "redshift [fd00::5]:5439/dev"
    assert bracketed("house.example.com") == "house.example.com"
