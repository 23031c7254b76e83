"""The salt of e-mail hashes: where it may come from, that nothing goes without one, and that a changed one is told."""

from __future__ import annotations

import hashlib
import hmac
import shutil
from datetime import date
from pathlib import Path
from typing import Any

import boto3
import pytest
from moto import mock_aws

from spark_app.contracts.load import load_contracts
from spark_app.jobs.nightly import run
from spark_app.lake import log, writes
from spark_app.lake.paths import Lake
from spark_app.runs.request import RunRequest
from spark_app.runtime.errors import SettingsError
from spark_app.runtime.salt import Salt, find_salt
from spark_app.runtime.settings import Settings, conf_dir, load_settings

SALT, OTHER = "a salt that nobody knows", "another salt nobody knows"
DAY = date(2024, 2, 29)


def settings(environment: str = "prod", **given: Any) -> Settings:
    return load_settings("local").model_copy(update={"environment": environment, **given})


def test_the_salt_is_the_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OUR_SALT", f" {SALT}\n")
    found = find_salt(settings(email_salt_from="OUR_SALT"))
    assert (found.key, found.origin) == (SALT.encode(), "salted, from $OUR_SALT")
    assert SALT not in repr(found)


@pytest.mark.parametrize(
    ("given", "said"), [(None, "found nothing"), ("  ", "found nothing"), ("short", "found 5 char")]
)
def test_a_missing_or_short_salt_is_refused_and_not_shown(
    monkeypatch: pytest.MonkeyPatch, given: str | None, said: str
) -> None:
    monkeypatch.delenv("OUR_SALT", raising=False)
    if given is not None:
        monkeypatch.setenv("OUR_SALT", given)
    with pytest.raises(SettingsError, match=rf"{said}.* in \$OUR_SALT, expected 16 characters") as caught:
        find_salt(settings(email_salt_from="OUR_SALT"))
    assert "short" not in str(caught.value)


def test_only_a_laptop_goes_without() -> None:
    assert find_salt(settings("local")).key is None
    with pytest.raises(SettingsError, match="environment prod: email_salt_from: found none") as caught:
        find_salt(settings("prod"))
    assert caught.value.exit_code == 2


def test_every_environment_that_ships_but_local_refers_to_a_salt() -> None:
    for path in conf_dir().glob("*.yaml"):
        if path.stem not in ("base", "metrics", "prices"):
            found = load_settings(path.stem)
            assert bool(found.email_salt_from or found.email_salt_secret) is (path.stem != "local"), path


def test_by_secrets_manager_where_the_variable_is_not_set(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    monkeypatch.delenv("OUR_SALT", raising=False)
    both = settings(email_salt_from="OUR_SALT", email_salt_secret="shop/salt")
    with mock_aws():
        with pytest.raises(SettingsError, match="email_salt_secret shop/salt: not read from Secrets Manager"):
            find_salt(both)
        boto3.client("secretsmanager").create_secret(Name="shop/salt", SecretString=SALT)
        assert (find_salt(both).key, find_salt(both).origin) == (SALT.encode(), "salted, from secret shop/salt")
        monkeypatch.setenv("OUR_SALT", OTHER)
        assert find_salt(both).key == OTHER.encode()


def test_a_fingerprint_tells_salts_apart_and_is_no_hash_of_one() -> None:
    one, two = Salt(SALT.encode(), ""), Salt(OTHER.encode(), "")
    assert one.fingerprint != two.fingerprint
    assert one.fingerprint == Salt(SALT.encode(), "elsewhere").fingerprint
    assert not hashlib.sha256(SALT.encode()).hexdigest().startswith(one.fingerprint)
    assert not hmac.new(SALT.encode(), b"", hashlib.sha256).hexdigest().startswith(one.fingerprint)
    assert Salt(None, "").fingerprint == "none"


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Of an environment `prod` whose gold holds hashes made with SALT; a day has landed."""
    conf = tmp_path / "conf"
    shutil.copytree(conf_dir(), conf)
    (conf / "prod.yaml").write_text(f"home: {tmp_path}\nemail_salt_from: OUR_SALT\n")
    monkeypatch.setenv("LAKEHOUSE_CONF", str(conf))
    monkeypatch.setenv("OUR_SALT", SALT)
    lake = Lake(str(tmp_path / "lake"))
    writes.create(lake.table("gold.dim_customers"), load_contracts()["gold.dim_customers"].columns)
    writes.advance(lake.table("gold.dim_customers"), log.note_text("r1", {}, salt=Salt(SALT.encode(), "").fingerprint))
    drop = tmp_path / "landing" / "orders" / f"dt={DAY}"
    drop.mkdir(parents=True)
    (drop / "orders.csv").write_text("order_id\n")
    return tmp_path


@pytest.mark.parametrize("layers", [("bronze", "silver", "gold", "audit", "publish"), ("gold",)])
def test_a_changed_salt_is_told_before_anything_is_written(
    home: Path, monkeypatch: pytest.MonkeyPatch, layers: Any, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("OUR_SALT", OTHER)
    outcome = run(RunRequest("prod", first=DAY, last=DAY, layers=layers))
    assert outcome.exit_code == 2
    assert outcome.message.startswith("gold.dim_customers: its e-mail hashes were made with another salt than today's")
    assert "\n" not in outcome.message
    assert "rebuild --from-layer gold" in str(outcome.hint)
    assert {path.parent.name for path in (home / "lake").glob("[!_]*/*")} == {"gold", "ops"}
    printed = capfd.readouterr()
    for path in home.rglob("*"):
        kept = path.read_bytes() if path.is_file() and "conf" not in path.parts else b""
        assert OTHER.encode() not in kept, path
    assert OTHER not in printed.out + printed.err + outcome.message + repr(outcome)


def test_no_salt_ends_a_run_before_anything_is_written(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OUR_SALT")
    outcome = run(RunRequest("prod", first=DAY, last=DAY))
    assert (outcome.exit_code, outcome.message[:40]) == (2, "the salt of e-mail hashes: found nothing")


def test_with_the_salt_it_had_a_run_goes_on(home: Path) -> None:
    assert run(RunRequest("prod", first=DAY, last=DAY)).exit_code == 3  # the other datasets are missing


def test_gold_that_was_hashed_without_a_salt_wants_a_rebuild(home: Path) -> None:
    writes.advance(Lake(str(home / "lake")).table("gold.dim_customers"), log.note_text("r2", {}))
    assert run(RunRequest("prod", first=DAY, last=DAY)).exit_code == 2
