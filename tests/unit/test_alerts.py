"""Alerts of runs that no Airflow watches: who is told what, by a real message to a real endpoint."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from datetime import date
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from spark_app.jobs import alerts
from spark_app.jobs.nightly import Order, run
from spark_app.runtime.record import RunRecord
from spark_app.runtime.settings import Settings, load_settings

VARIABLE = "LAKEHOUSE_ALERT_URL"


class Inbox:
    """An endpoint that keeps the messages it gets as JSON; `answer` is its HTTP status."""

    def __init__(self) -> None:
        self.messages: list[dict[str, str]] = []
        self.answer, self.port = 200, 0

    @property
    def url(self) -> str:
        return f"json://token-that-is-secret@127.0.0.1:{self.port}/"


@pytest.fixture
def inbox() -> Iterator[Inbox]:
    kept = Inbox()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            kept.messages.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(kept.answer)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        kept.port = server.server_port
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        yield kept
        server.shutdown()


@pytest.fixture
def settings(monkeypatch: pytest.MonkeyPatch, inbox: Inbox) -> Settings:
    monkeypatch.delenv(alerts.SCHEDULER_VARIABLE, raising=False)
    monkeypatch.setenv(VARIABLE, inbox.url)
    return load_settings("local").model_copy(update={"alerts": (VARIABLE,)})


def record() -> RunRecord:
    return RunRecord("run", run_id="r1", first_day=date(2024, 2, 29), last_day=date(2024, 2, 29))


def test_a_failure_says_what_broke_where_and_what_to_run(settings: Settings, inbox: Inbox) -> None:
    kept = record()
    alerts.tell(settings, kept, 4, "the audit failed\n    gold.fact_orders: no {{ templates }}", "look there")
    (message,) = inbox.messages
    assert message["title"] == "lakehouse local: audit failed, release withheld (2024-02-29)"
    assert message["message"].splitlines() == [
        "what  the audit failed",
        "          gold.fact_orders: no {{ templates }}",
        f"where run, run r1, lake {settings.resolve('lake')}",
        "do    look there",
        "      then, as often as you like: lakehouse run --env local --date 2024-02-29",
    ]
    assert not kept.warnings


def test_nobody_is_told_of_success_or_where_airflow_tells(
    settings: Settings, inbox: Inbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    alerts.tell(settings, record(), 0, "release 1", None)
    monkeypatch.setenv(alerts.SCHEDULER_VARIABLE, "airflow")
    alerts.tell(settings, record(), 1, "broken", None)
    alerts.tell(settings.model_copy(update={"alerts": ()}), record(), 1, "broken", None)
    assert not inbox.messages


@pytest.mark.parametrize(("url", "problem"), [("", "is not set"), ("no url", "holds no URL that Apprise knows")])
def test_a_url_that_leads_nowhere_is_a_note(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, url: str, problem: str
) -> None:
    monkeypatch.setenv(VARIABLE, url)
    kept = record()
    alerts.tell(settings, kept, 1, "broken", None)
    assert kept.warnings == [f"alerts: ${VARIABLE} {problem}: nobody was told there of this failure"]


def test_a_refused_message_is_a_note_that_holds_no_token(
    settings: Settings, inbox: Inbox, capfd: pytest.CaptureFixture[str]
) -> None:
    inbox.answer = 500
    kept = record()
    alerts.tell(settings, kept, 1, "broken", None)
    (note,) = kept.warnings
    assert "was not reached, or refused the message" in note
    printed = capfd.readouterr()
    assert "secret" not in note + printed.out + printed.err


def test_a_run_tells(tmp_path: Path, inbox: Inbox, monkeypatch: pytest.MonkeyPatch) -> None:
    """The real run of a day whose drop is missing; no Spark is needed to see that."""
    conf = tmp_path / "conf"
    import shutil

    from spark_app.runtime.settings import conf_dir

    shutil.copytree(conf_dir(), conf)
    (conf / "told.yaml").write_text(f"home: {tmp_path}\nalerts: [{VARIABLE}]\n")
    monkeypatch.setenv("LAKEHOUSE_CONF", str(conf))
    monkeypatch.setenv(VARIABLE, inbox.url)
    monkeypatch.delenv(alerts.SCHEDULER_VARIABLE, raising=False)
    day = date(2024, 2, 29)
    (tmp_path / "landing" / "orders" / f"dt={day}").mkdir(parents=True)
    outcome = run(Order("told", first=day, last=day))
    assert outcome.exit_code == 3
    (message,) = inbox.messages
    assert message["title"] == "lakehouse told: landing incomplete (2024-02-29)"
    assert outcome.message in message["message"].replace("\n      ", "\n")
