"""Spark's connector as the loader: what it is asked for before Spark is started, and the settings that ship for it."""

from __future__ import annotations

from typing import Any

import pytest

from spark_app.runtime.errors import SettingsError
from spark_app.runtime.settings import RedshiftSettings, load_settings
from spark_app.warehouse.redshift_session import PASSWORD_VARIABLE
from spark_app.warehouse.redshift_spark import _options

GIVEN = {"host": "h.example", "user": "lakehouse", "iam_role": "arn:aws:iam::1:role/r", "temp": "s3://b/tmp"}


@pytest.fixture(autouse=True)
def password(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(PASSWORD_VARIABLE, "secret")


def test_the_shipped_example_says_all_that_the_connector_needs() -> None:
    settings = load_settings("aws_connector").redshift
    assert settings is not None
    assert settings.loader == "connector"
    found = _options(settings)
    assert found["url"] == "jdbc:redshift://analytics.abc123.us-east-1.redshift.amazonaws.com:5439/dev"
    assert (found["user"], found["password"]) == ("lakehouse", "secret")


def test_the_loader_is_copy_unless_asked_for() -> None:
    shipped = load_settings("aws").redshift
    assert shipped is not None
    assert shipped.loader == "copy"


@pytest.mark.parametrize(
    ("without", "message"),
    [("host", "found no host, user and password"), ("iam_role", "found iam_role 'default', expected the role's ARN")],
)
def test_what_is_missing_is_told(without: str, message: str) -> None:
    given: dict[str, Any] = {key: value for key, value in GIVEN.items() if key != without}
    with pytest.raises(SettingsError, match=message):
        _options(RedshiftSettings(**given))


def test_a_plain_connection_is_asked_for_by_the_url_alone() -> None:
    given: dict[str, Any] = {**GIVEN, "ssl": False}
    assert _options(RedshiftSettings(**given))["url"] == "jdbc:redshift://h.example:5439/dev?ssl=false"
