"""Places that must lie apart: what is swept or vacuumed there would otherwise be somebody else's."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from spark_app.cli import lakehouse
from spark_app.runtime.apart import overlap, within
from spark_app.runtime.errors import SettingsError
from spark_app.runtime.settings import conf_dir, load_settings

LAKE = "s3a://shop/lake"
REDSHIFT = "warehouse: redshift\nredshift: {host: h, user: u, temp: '%s'}\n"


@pytest.mark.parametrize(
    ("temp", "other"),
    [
        ("s3a://shop/lake", "lake"),
        ("s3a://shop/lake/", "lake"),
        ("s3://shop/lake", "lake"),
        ("s3://shop/lake/tmp", "lake"),
        ("s3://shop", "lake"),
        ("s3://shop/", "lake"),
        ("s3://Shop/LAKE", "lake"),
        ("s3a://shop/landing/tmp", "landing"),
        ("s3a://shop/pages", "reports"),
        ("s3a://shop/pages/site/x", "reports"),
    ],
)
def test_redshift_temp_may_neither_hold_nor_lie_in_another_place(conf: Path, temp: str, other: str) -> None:
    places = f"lake: {LAKE}/\nlanding: s3n://shop/landing\nreports: s3://shop/pages\n"
    (conf / "local.yaml").write_text(places + REDSHIFT % temp)
    with pytest.raises(SettingsError, match=rf"local\.yaml: redshift\.temp: found {temp}, and {other} is") as caught:
        load_settings("local")
    assert caught.value.exit_code == 2


@pytest.mark.parametrize("temp", ["s3://shop/lake2", "s3://shop/tmp/redshift", "s3://other/lake", "s3://shop-lake"])
def test_a_name_that_only_begins_alike_is_apart(conf: Path, temp: str) -> None:
    (conf / "local.yaml").write_text(f"lake: {LAKE}\nlanding: s3a://shop/landing\n" + REDSHIFT % temp)
    assert load_settings("local").redshift is not None


@pytest.mark.parametrize("given", ["s3://shop/tmp/../lake", "s3://shop//tmp", "s3://shop/./tmp"])
@pytest.mark.parametrize("name", ["temp", "lake"])
def test_a_path_that_programs_read_differently_is_refused(conf: Path, given: str, name: str) -> None:
    text = REDSHIFT % (given if name == "temp" else "s3://shop/tmp")
    (conf / "local.yaml").write_text(text + (f"lake: {given}\n" if name == "lake" else ""))
    with pytest.raises(SettingsError, match=rf"{name}: found {given} with .*expected a plain path"):
        load_settings("local")


def test_two_files_of_settings_are_looked_at_as_one(conf: Path) -> None:
    (conf / "base.yaml").write_text("redshift: {temp: 's3://shop/lake/tmp'}\n")
    (conf / "local.yaml").write_text(f"lake: {LAKE}\n")
    with pytest.raises(SettingsError, match=r"redshift\.temp"):
        load_settings("local")


@pytest.mark.parametrize("name", ["landing", "reports", "warehouse_path"])
def test_nothing_may_lie_among_the_tables_of_the_lake(conf: Path, tmp_path: Path, name: str) -> None:
    (tmp_path / "link").symlink_to(tmp_path / "lake")
    for place in ("lake/gold/x", "lake/../lake/Silver", "link/bronze"):
        (conf / "local.yaml").write_text(f"home: {tmp_path}\n{name}: {place}\n")
        with pytest.raises(SettingsError, match=rf"{name}: found .* among the tables of the lake"):
            load_settings("local")
    (conf / "local.yaml").write_text(f"home: {tmp_path}\n{name}: lake/landing\n")
    assert load_settings("local").environment == "local"


def test_a_place_is_in_itself_and_in_no_other_store() -> None:
    assert within("file:///a/b c", "/a/b c")
    assert within("s3://b/x/y", "s3a://b/x/")
    assert not within("/b/x", "s3://b/x")
    assert not within("s3://b/x", "s3://b/x/y")
    assert overlap({"lake": LAKE, "landing": "/drops", "reports": "pages"}) is None


def test_every_settings_file_that_ships_is_fine(monkeypatch: pytest.MonkeyPatch) -> None:
    for path in conf_dir().glob("*.yaml"):
        if path.stem not in ("base", "metrics", "prices"):
            assert load_settings(path.stem).environment == path.stem


def test_the_command_ends_with_2(conf: Path) -> None:
    (conf / "local.yaml").write_text(f"lake: {LAKE}\n" + REDSHIFT % LAKE)
    done = CliRunner().invoke(lakehouse, ["status"])
    assert isinstance(done.exception, SettingsError)
    assert done.exception.exit_code == 2
