"""The sign of life of a watch."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from spark_app.lake.paths import Lake
from spark_app.lake.watching import Sign, give_sign, is_watching, read_sign
from spark_app.runtime.process import Process, this_process

NOW = datetime(2026, 11, 29, 14, 32, tzinfo=UTC)
SIGN = Sign(this_process(), NOW, 60.0, NOW)


def test_what_was_written_last_is_read(tmp_path: Path) -> None:
    lake = Lake(str(tmp_path))
    assert read_sign(lake) is None
    give_sign(lake, SIGN)
    give_sign(lake, replace(SIGN, doing="batch"))
    assert read_sign(lake) == replace(SIGN, doing="batch")


def test_what_no_program_of_ours_wrote_is_no_sign(tmp_path: Path) -> None:
    (tmp_path / "_watch").mkdir()
    (tmp_path / "_watch" / "sign.json").write_text("{}")
    assert read_sign(Lake(str(tmp_path))) is None


def test_a_watch_is_there_while_its_process_lives(tmp_path: Path) -> None:
    later = NOW + timedelta(days=1)
    assert is_watching(SIGN, later)
    assert not is_watching(replace(SIGN, ended=True), later)
    assert not is_watching(None, NOW)
    assert not is_watching(replace(SIGN, process=replace(this_process(), pid=2**22 + 1)), NOW)


def test_on_another_machine_by_its_looks() -> None:
    far = replace(SIGN, process=Process("far", "far boot ns", 1, "1"))
    assert is_watching(far, NOW + timedelta(minutes=9))
    assert not is_watching(far, NOW + timedelta(minutes=11))
    assert is_watching(replace(far, doing="batch"), NOW + timedelta(minutes=11)), "a batch may take its time"
