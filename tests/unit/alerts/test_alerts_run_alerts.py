"""Alerts of runs: who is told what and when, by real messages to real endpoints."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from spark_app.alerts import run_alerts
from spark_app.cli.alerts import alerts as command
from spark_app.jobs.nightly import run
from spark_app.lake import alert_log
from spark_app.lake.paths import Lake
from spark_app.runs.request import RunRequest
from spark_app.runtime.alert_settings import AlertRoute
from spark_app.runtime.errors import UsageError
from spark_app.runtime.record import RunRecord
from spark_app.runtime.settings import Settings, conf_dir, load_settings
from tests.support.inboxes import SNS_SECRET, TOKEN, Inbox, mail, topic, webhook

VARIABLE, TEAM = "LAKEHOUSE_ALERT_URL", "LAKEHOUSE_TEAM_URL"
AUDIT = "the audit failed\n    gold.fact_orders: no {{ templates }} [accuracy]: 3 of 40 rows"


@pytest.fixture
def inbox() -> Iterator[Inbox]:
    with webhook() as kept:
        yield kept


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, inbox: Inbox) -> Settings:
    """Everything is told in the one inbox."""
    monkeypatch.delenv(run_alerts.SCHEDULER_VARIABLE, raising=False)
    monkeypatch.setenv(VARIABLE, inbox.url)
    return routed(tmp_path, AlertRoute(url_from=VARIABLE, severities=("error", "warning", "resolved")))


def routed(home: Path, *routes: AlertRoute) -> Settings:
    return load_settings("local").model_copy(update={"alerts": routes, "home": str(home)})


def record(run_id: str = "r1", day: date = date(2024, 2, 29)) -> RunRecord:
    return RunRecord("run", run_id=run_id, first_day=day, last_day=day)


def later(monkeypatch: pytest.MonkeyPatch, by: timedelta) -> None:
    """From here on alerts think that it is so much later."""

    class Then(datetime):
        @classmethod
        def now(cls, tz: object = None) -> datetime:  # type: ignore[override]
            return datetime.now(UTC) + by

    monkeypatch.setattr(run_alerts, "datetime", Then)


def test_a_day_that_was_missing_is_over_when_a_later_night_has_caught_up(settings: Settings, inbox: Inbox) -> None:
    for number, day in enumerate((date(2024, 2, 28), date(2024, 2, 29))):
        run_alerts.send_run_alerts(settings, record(f"r{number}", day), 3, f"{day}: no drop of payments")
    assert inbox.only()[0] == "lakehouse local: landing incomplete (2024-02-28)"
    kept = record("r3", date(2024, 3, 1))
    kept.caught_up = frozenset([date(2024, 2, 28)])
    run_alerts.send_run_alerts(settings, kept, 0, "release 8", released=True)
    assert len(inbox.messages) == 1, "the 29th is missing still"
    kept = record("r4", date(2024, 3, 2))
    kept.caught_up = frozenset([date(2024, 2, 29)])
    run_alerts.send_run_alerts(settings, kept, 0, "release 9", released=True)
    assert "over: landing incomplete of 2024-02-29" in inbox.messages[1][1]


def test_a_failure_says_what_broke_where_and_what_to_run(settings: Settings, inbox: Inbox) -> None:
    kept = record()
    run_alerts.send_run_alerts(settings, kept, 4, AUDIT, "look there")
    subject, text = inbox.only()
    assert subject == "lakehouse local: audit failed, release withheld (2024-02-29)"
    assert text.splitlines() == [
        "what  the audit failed",
        "          gold.fact_orders: no {{ templates }} [accuracy]: 3 of 40 rows",
        "do    look there",
        "      then, as often as you like: lakehouse run --env local --date 2024-02-29",
        f"where run, run r1, lake {settings.resolve('lake')}",
        "quiet lakehouse alerts snooze --env local --until DATE exit-4-gold-fact-orders-no-templates",
    ]
    assert not kept.warnings


def test_a_run_has_one_summary_with_one_part_a_cause(settings: Settings, inbox: Inbox) -> None:
    kept = record()
    kept.notice("anomaly customers.state=SP sum", ["unusual: orders of state SP: 0", "revenue of state SP: 0"])
    kept.warn("reviews: 2 files rejected")
    kept.odd("gold.daily_sales", "sales are recent", None, 1)
    kept.odd("gold.fact_orders", "customer is known", 3, 100)  # counted, listed, and nothing to wake anybody for
    run_alerts.send_run_alerts(settings, kept, 0, "release 7", released=True)
    subject, text = inbox.only()
    assert subject == "lakehouse local: 3 warnings (2024-02-29)"
    assert text.splitlines()[:4] == [
        "warn  unusual: orders of state SP: 0",
        "      revenue of state SP: 0",
        "warn  reviews: 2 files rejected",
        "warn  gold.daily_sales: sales are recent: does not hold",
    ]
    assert "customer is known" not in text


def test_the_money_set_aside_is_said_once_beside_whatever_is_told(settings: Settings, inbox: Inbox) -> None:
    kept = record()
    kept.set_aside = "order_items 7 rows, $1,204.00 of goods"
    kept.notice("columns of customers: city town", ["a.csv has no `city`", "empty: customers.city"])
    run_alerts.send_run_alerts(settings, kept, 0, "release 7", released=True)
    assert "aside order_items 7 rows, $1,204.00 of goods" in inbox.only()[1].splitlines()
    again = record("r2")
    again.set_aside = kept.set_aside
    run_alerts.send_run_alerts(settings, again, 4, f"{AUDIT}\n    set aside: {kept.set_aside}")
    assert inbox.messages[1][1].count("$1,204.00") == 1


def test_each_url_is_told_what_it_wants_to_hear(tmp_path: Path, inbox: Inbox, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(run_alerts.SCHEDULER_VARIABLE, raising=False)
    with webhook() as team:
        monkeypatch.setenv(VARIABLE, inbox.url)
        monkeypatch.setenv(TEAM, team.url)
        both = routed(tmp_path, AlertRoute(url_from=VARIABLE), AlertRoute(url_from=TEAM, severities=("warning",)))
        failed = record()
        failed.warn("something is odd")
        run_alerts.send_run_alerts(both, failed, 1, "broken")
        assert [subject for subject, _ in inbox.messages] == ["lakehouse local: run failed (2024-02-29)"]
        assert "odd" not in inbox.messages[0][1]
        assert [subject for subject, _ in team.messages] == ["lakehouse local: 1 warning (2024-02-29)"]
        run_alerts.send_run_alerts(both, record("r2"), 0, "release 1", released=True)
        assert inbox.messages[1][0] == "lakehouse local: fine again (2024-02-29)"
        assert len(team.messages) == 1


def test_nobody_is_told_of_a_run_that_has_nothing_to_say(settings: Settings, inbox: Inbox) -> None:
    run_alerts.send_run_alerts(settings, record(), 0, "release 1", released=True)
    run_alerts.send_run_alerts(settings.model_copy(update={"alerts": ()}), record(), 1, "broken")
    assert not inbox.messages


def test_a_cause_is_told_again_only_after_a_night(
    settings: Settings, inbox: Inbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    run_alerts.send_run_alerts(settings, record(), 4, AUDIT)
    run_alerts.send_run_alerts(settings, record("r2"), 4, AUDIT.replace("3 of 40", "5 of 41"))
    assert len(inbox.messages) == 1
    run_alerts.send_run_alerts(settings, record("r3"), 4, AUDIT.replace("templates", "dates"))
    assert len(inbox.messages) == 2, "another rule is another cause"
    later(monkeypatch, timedelta(hours=21))
    run_alerts.send_run_alerts(settings, record("r4"), 4, AUDIT)
    assert len(inbox.messages) == 3


def test_the_run_after_a_failure_tells_that_it_is_over_once(settings: Settings, inbox: Inbox) -> None:
    run_alerts.send_run_alerts(settings, record(), 4, AUDIT)
    run_alerts.send_run_alerts(settings, record("r2"), 0, "done")  # a layer alone is no release
    assert len(inbox.messages) == 1
    run_alerts.send_run_alerts(settings, record("r3"), 0, "release 8", released=True)
    run_alerts.send_run_alerts(settings, record("r4"), 0, "release 9", released=True)
    assert len(inbox.messages) == 2
    subject, text = inbox.messages[1]
    assert subject == "lakehouse local: fine again (2024-02-29)"
    assert text.startswith("fine  over: audit failed, release withheld of 2024-02-29, first at 2")
    run_alerts.send_run_alerts(settings, record("r5"), 4, AUDIT)
    assert len(inbox.messages) == 3, "what breaks again is told again"


def test_what_is_over_and_odd_at_once_is_not_called_fine(settings: Settings, inbox: Inbox) -> None:
    run_alerts.send_run_alerts(settings, record(), 4, AUDIT)
    kept = record("r2")
    kept.warn("reviews: 2 files rejected")
    run_alerts.send_run_alerts(settings, kept, 0, "release 1", released=True)
    assert inbox.messages[1][0] == "lakehouse local: over: audit failed, release withheld, 1 warning (2024-02-29)"
    assert "over: audit failed, release withheld of 2024-02-29" in inbox.messages[1][1]


def test_what_is_over_while_another_failure_goes_on_is_not_called_fine(settings: Settings, inbox: Inbox) -> None:
    run_alerts.send_run_alerts(settings, record("r1", date(2024, 2, 28)), 3, "2024-02-28: no drop of orders")
    run_alerts.send_run_alerts(settings, record("r2"), 4, AUDIT)
    run_alerts.send_run_alerts(settings, record("r3"), 0, "release 1", released=True)
    assert inbox.messages[2][0] == "lakehouse local: over: audit failed, release withheld (2024-02-29)"


def test_a_failure_before_others_is_told_first(settings: Settings, inbox: Inbox) -> None:
    kept = record()
    kept.warn("reviews: 2 files rejected")
    run_alerts.send_run_alerts(settings, kept, 3, "2024-02-29: no drop of orders")
    assert inbox.only()[0] == "lakehouse local: landing incomplete (2024-02-29)"
    assert "reviews: 2 files rejected" in inbox.only()[1]


def test_a_missing_day_is_not_over_because_another_landed(settings: Settings, inbox: Inbox) -> None:
    run_alerts.send_run_alerts(settings, record(), 3, "2024-02-29: no drop of orders")
    run_alerts.send_run_alerts(settings, record("r2", date(2024, 3, 1)), 0, "release 8", released=True)
    assert len(inbox.messages) == 1
    run_alerts.send_run_alerts(settings, record("r3"), 0, "release 9", released=True)
    assert inbox.messages[1][0] == "lakehouse local: fine again (2024-02-29)"


def test_a_snoozed_cause_is_quiet_until_its_day(
    settings: Settings, inbox: Inbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = record()
    kept.notice("anomaly payments.method=pix sum", ["unusual: payments of pix: 0"])
    run_alerts.send_run_alerts(settings, kept, 0, "release 1")
    cause = "anomaly-payments-method-pix-sum"
    until = datetime.now(UTC).date() + timedelta(days=3)
    snooze(settings, cause, until)
    later(monkeypatch, timedelta(days=1))
    run_alerts.send_run_alerts(settings, kept, 0, "release 2")
    assert len(inbox.messages) == 1
    assert states(settings)[cause].snoozed_until == datetime(until.year, until.month, until.day, tzinfo=UTC)
    later(monkeypatch, timedelta(days=4))
    run_alerts.send_run_alerts(settings, kept, 0, "release 3")
    assert len(inbox.messages) == 2


def test_only_what_was_told_can_be_snoozed(settings: Settings) -> None:
    run_alerts.send_run_alerts(settings, record(), 4, AUDIT)
    with pytest.raises(UsageError, match="did you mean 'exit-4-gold-fact-orders-no-templates'"):
        snooze(settings, "exit-4-gold-fact-orders-templates", date.today())
    with pytest.raises(UsageError, match="within 90 days"):
        snooze(settings, "exit-4-gold-fact-orders-no-templates", date(2999, 1, 1))


def test_under_airflow_failures_are_airflows_and_the_rest_is_told(
    settings: Settings, inbox: Inbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(run_alerts.SCHEDULER_VARIABLE, "airflow")
    failed = record()
    failed.warn("something is odd")
    run_alerts.send_run_alerts(settings, failed, 4, AUDIT)
    assert inbox.only()[0] == "lakehouse local: 1 warning (2024-02-29)"
    run_alerts.send_run_alerts(settings, record("r2"), 0, "release 1", released=True)
    assert inbox.messages[1][0] == "lakehouse local: fine again (2024-02-29)"
    # A run that broke down is tried again by Airflow: perhaps nobody was told of it.
    run_alerts.send_run_alerts(settings, record("r3"), 1, "no space left")
    run_alerts.send_run_alerts(settings, record("r4"), 0, "release 2", released=True)
    assert len(inbox.messages) == 2


@pytest.mark.parametrize(("url", "problem"), [("", "is not set"), ("no url", "holds no URL that Apprise knows")])
def test_a_url_that_leads_nowhere_is_a_note(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, url: str, problem: str
) -> None:
    monkeypatch.setenv(VARIABLE, url)
    kept = record()
    run_alerts.send_run_alerts(settings, kept, 1, "broken")
    (note,) = kept.warnings
    assert note.startswith(f"alerts: ${VARIABLE} {problem}: nobody was told there of: lakehouse local: run failed")
    assert not states(settings), "what nobody heard will be told the next time"


def test_a_refused_message_is_a_note_that_holds_no_token(
    settings: Settings, inbox: Inbox, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    inbox.answer = 500
    kept = record()
    run_alerts.send_run_alerts(settings, kept, 1, "broken")
    (note,) = kept.warnings
    assert "was not reached, or refused the message" in note
    printed = capfd.readouterr()
    assert TOKEN not in note + printed.out + printed.err + caplog.text
    inbox.answer = 200
    run_alerts.send_run_alerts(settings, record("r2"), 1, "broken")
    assert inbox.only()[0] == "lakehouse local: run failed (2024-02-29)"


def test_by_mail(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(run_alerts.SCHEDULER_VARIABLE, raising=False)
    with mail() as box:
        monkeypatch.setenv(VARIABLE, box.url)
        run_alerts.send_run_alerts(routed(tmp_path, AlertRoute(url_from=VARIABLE)), record(), 4, AUDIT)
        subject, text = box.only()
    assert subject == "lakehouse local: audit failed, release withheld (2024-02-29)"
    assert "do    look into the log" in text


def test_by_sns(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.delenv(run_alerts.SCHEDULER_VARIABLE, raising=False)
    for name in ("no_proxy", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
    with topic(tmp_path) as (box, proxy):
        monkeypatch.setenv("HTTPS_PROXY", proxy)
        monkeypatch.setenv(VARIABLE, box.url)
        kept = record()
        run_alerts.send_run_alerts(routed(tmp_path, AlertRoute(url_from=VARIABLE)), kept, 4, AUDIT)
        assert not kept.warnings
        subject, text = box.only()
    assert subject == "lakehouse local: audit failed, release withheld (2024-02-29)"
    assert "gold.fact_orders" in text
    printed = capfd.readouterr()
    assert SNS_SECRET not in printed.out + printed.err + caplog.text


def test_a_run_tells(tmp_path: Path, inbox: Inbox, monkeypatch: pytest.MonkeyPatch) -> None:
    """The real run of a day whose drop is missing; no Spark is needed to see that."""
    conf = tmp_path / "conf"
    shutil.copytree(conf_dir(), conf)
    (conf / "told.yaml").write_text(f"home: {tmp_path}\nalerts: [{VARIABLE}]\n")
    monkeypatch.setenv("LAKEHOUSE_CONF", str(conf))
    monkeypatch.setenv(VARIABLE, inbox.url)
    monkeypatch.delenv(run_alerts.SCHEDULER_VARIABLE, raising=False)
    day = date(2024, 2, 29)
    (tmp_path / "landing" / "orders" / f"dt={day}").mkdir(parents=True)
    outcome = run(RunRequest("told", first=day, last=day))
    assert outcome.exit_code == 3
    subject, text = inbox.only()
    assert subject == "lakehouse told: landing incomplete (2024-02-29)"
    assert outcome.message in text.replace("\n      ", "\n")


def snooze(settings: Settings, cause: str, until: date) -> None:
    """The command, as a person gives it."""
    words = [cause, "--until", str(until), "--home", settings.home]
    command.commands["snooze"].main(words, standalone_mode=False)  # type: ignore[attr-defined]


def states(settings: Settings) -> dict[str, alert_log.State]:
    return alert_log.states(Lake(settings.resolve(settings.lake)), datetime.now(UTC))
