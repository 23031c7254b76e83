"""Passwords come from outside, and reach no message, no log and no repr."""

from __future__ import annotations

import json
import logging
import traceback
from dataclasses import replace

import boto3
import pytest

from spark_app.runtime.errors import LakehouseError, SettingsError, WarehouseError
from spark_app.warehouse.redshift_session import PASSWORD_VARIABLE, connected
from tests.support.redshift import PEOPLE, SALES, load, sale

pytestmark = pytest.mark.stack
ROLE = "arn:aws:iam::123456789012:role/loader"


def test_no_secret_in_messages_logs_and_reprs(warehouse, gold, redshift, caplog, capsys, monkeypatch):
    caplog.set_level(logging.DEBUG)
    logging.getLogger("redshift_connector").setLevel(logging.DEBUG)
    shown = [repr(warehouse)]
    load(warehouse, gold)
    gold.merge(SALES, [sale(3, 33)])
    gold.merge(PEOPLE, [{"id": "p1", "city": "x" * 200}])
    monkeypatch.setattr("spark_app.warehouse.redshift_sql.redshift_type", lambda column: "VARCHAR(40)")
    with connected(warehouse.settings) as session:
        shown.append(repr(session))
        with pytest.raises(WarehouseError) as refused:
            session.run(f"COPY etl.nothing FROM 's3://x/y' IAM_ROLE '{ROLE}' FORMAT AS PARQUET")
    raised = [refused]
    with pytest.raises(WarehouseError) as failed:
        load(warehouse, gold)
    raised.append(failed)
    redshift.faults.arm("cut-before-commit")
    monkeypatch.undo()
    monkeypatch.setenv(PASSWORD_VARIABLE, "Wrong-" + redshift.password)
    with pytest.raises(WarehouseError, match="no connection") as denied:
        load(warehouse, gold)
    raised.append(denied)
    for caught in raised:
        shown += ["".join(traceback.format_exception(caught.value)), str(caught.value), repr(caught.value)]
    shown += [caplog.text, *capsys.readouterr()]
    for text in shown:
        # The driver's own frames are no part of a message; ours must not chain to them.
        assert redshift.password not in text
        assert ROLE.split("::")[1] not in text, text[:2000]


def test_without_credentials_the_message_names_the_ways_to_give_them(warehouse, monkeypatch):
    monkeypatch.delenv(PASSWORD_VARIABLE)
    with pytest.raises(
        SettingsError, match=r"no credentials; expected \$LAKEHOUSE_REDSHIFT_PASSWORD.*redshift\.secret"
    ):
        warehouse.loaded_release()


def test_a_password_may_lie_in_secrets_manager(warehouse, redshift, bucket, monkeypatch):
    monkeypatch.delenv(PASSWORD_VARIABLE)
    monkeypatch.setenv("AWS_ENDPOINT_URL", bucket.endpoint)
    keeper = boto3.client("secretsmanager", region_name="us-east-1")
    good, bad = ({"username": redshift.user, "password": redshift.password}, {"user": "x"})
    for name, kept in (("shop/good", good), ("shop/bad", bad)):
        keeper.create_secret(Name=name, SecretString=json.dumps(kept))
    named = warehouse.settings.model_copy(update={"secret": "shop/good", "user": None, "region": "us-east-1"})
    assert replace(warehouse, settings=named).loaded_release() is None
    for secret, message in (
        ("shop/bad", "expected JSON with password"),
        ("shop/none", "not read from Secrets Manager"),
    ):
        with pytest.raises(LakehouseError, match=message):
            replace(warehouse, settings=named.model_copy(update={"secret": secret})).loaded_release()


def test_where_nobody_answers_the_message_says_where(warehouse):
    nowhere = warehouse.settings.model_copy(update={"port": 1})
    with pytest.raises(WarehouseError, match=r"redshift 127\.0\.0\.1:1/dev: no connection"):
        replace(warehouse, settings=nowhere).loaded_release()
