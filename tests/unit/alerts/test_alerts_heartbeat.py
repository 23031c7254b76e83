"""The dead-man's switch: what it is told of which runs, by real requests to a real endpoint."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from spark_app.alerts import heartbeat
from spark_app.alerts.run_alerts import SCHEDULER_VARIABLE
from spark_app.jobs.nightly import run
from spark_app.runs.request import RunRequest
from spark_app.runtime.layers import LAYERS
from spark_app.runtime.record import RunRecord
from spark_app.runtime.settings import conf_dir
from tests.support.inboxes import TOKEN, Pulse, pulse

VARIABLE = "LAKEHOUSE_HEARTBEAT_URL"
NEWEST = datetime.now(UTC).date() - timedelta(days=1)


@pytest.fixture
def service(monkeypatch: pytest.MonkeyPatch) -> Iterator[Pulse]:
    monkeypatch.delenv(SCHEDULER_VARIABLE, raising=False)
    for name in ("http_proxy", "HTTP_PROXY"):
        monkeypatch.delenv(name, raising=False)
    with pulse() as kept:
        monkeypatch.setenv(VARIABLE, kept.url)
        yield kept


def told(exit_code: int, record: RunRecord, layers: tuple[str, ...] = LAYERS, last: date | None = None) -> None:
    heart = heartbeat.heart_of_run(VARIABLE, record, layers, last)
    heartbeat.tell_beginning(heart)
    heartbeat.tell_end(heart, exit_code)


@pytest.mark.parametrize(("code", "word"), [(0, ""), (1, "/fail"), (3, "/fail"), (4, "/fail")])
def test_a_night_tells_that_it_began_and_how_it_ended(service: Pulse, code: int, word: str) -> None:
    kept = RunRecord("run", run_id="r1")
    told(code, kept)
    assert [path for path, _ in service.heard] == [f"/{TOKEN}/start", f"/{TOKEN}{word}"]
    assert [text.startswith("run r1") for _, text in service.heard] == [True, True]
    assert not kept.warnings


def test_a_query_stays_where_it_was(service: Pulse, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, f"{service.url}/?create=1")
    told(0, RunRecord("run"))
    assert [path for path, _ in service.heard] == [f"/{TOKEN}/start?create=1", f"/{TOKEN}?create=1"]


def test_layers_as_processes_of_their_own_tell_it_once(service: Pulse) -> None:
    for layer in LAYERS:
        told(0, RunRecord(layer), (layer,), NEWEST)
    assert [path for path, _ in service.heard] == [f"/{TOKEN}/start", f"/{TOKEN}"]
    told(4, RunRecord("audit"), ("audit",))
    assert service.heard[-1][0] == f"/{TOKEN}/fail"


def test_what_a_scheduler_tries_again_is_no_end_yet(service: Pulse, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(SCHEDULER_VARIABLE, "airflow")
    told(1, RunRecord("silver"), ("silver",))
    assert not service.heard
    told(2, RunRecord("silver"), ("silver",))
    assert [path for path, _ in service.heard] == [f"/{TOKEN}/fail"]


@pytest.mark.parametrize(
    ("command", "last"), [("rebuild", None), ("maintenance", None), ("demo", None), ("run", NEWEST - timedelta(days=1))]
)
def test_what_is_no_night_tells_nothing(service: Pulse, command: str, last: date | None) -> None:
    told(0, RunRecord(command), last=last)
    told(1, RunRecord(command), last=last)
    assert not service.heard


@pytest.mark.parametrize(
    ("url", "problem"),
    [
        (None, "is not set"),
        ("ftp://x/token-that-is-secret", "holds no http or https URL"),
        ("token-that-is-secret", "holds no http or https URL"),
        ("http://127.0.0.1:1/token-that-is-secret", "was not reached (ConnectionRefusedError)"),
    ],
)
def test_a_word_that_is_not_taken_is_a_note_without_the_url(
    service: Pulse, monkeypatch: pytest.MonkeyPatch, url: str | None, problem: str
) -> None:
    monkeypatch.delenv(VARIABLE)
    if url:
        monkeypatch.setenv(VARIABLE, url)
    kept = RunRecord("run")
    told(0, kept)
    assert kept.warnings == [f"heartbeat: ${VARIABLE} {problem}: not told: {word}" for word in ("start", "success")]
    assert TOKEN not in str(kept.warnings)


def test_a_refusal_is_told_by_its_number(service: Pulse) -> None:
    service.answer = 404
    kept = RunRecord("run")
    told(0, kept)
    assert kept.warnings[0] == f"heartbeat: ${VARIABLE} answered 404: not told: start"


def test_a_real_run_tells(service: Pulse, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of a day whose drops are missing; no Spark is needed to see that."""
    conf = tmp_path / "conf"
    shutil.copytree(conf_dir(), conf)
    (conf / "told.yaml").write_text(f"home: {tmp_path}\nheartbeat_url_from: {VARIABLE}\n")
    monkeypatch.setenv("LAKEHOUSE_CONF", str(conf))
    (tmp_path / "landing" / "orders" / f"dt={NEWEST}").mkdir(parents=True)
    outcome = run(RunRequest("told", first=NEWEST, last=NEWEST))
    assert outcome.exit_code == 3
    assert [path for path, _ in service.heard] == [f"/{TOKEN}/start", f"/{TOKEN}/fail"]
    assert service.heard[1][1].endswith("landing incomplete (exit code 3)")
