"""What is said of days that landing holds and the lake lacks: by the page, by status, each with the very command."""

from __future__ import annotations

import json
import re
from datetime import date, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner

from spark_app.cli import lakehouse
from spark_app.lake.catch_up import Waiting
from spark_app.report.site import write_site
from spark_app.report.waiting import sentences_on_waiting
from spark_app.runtime.settings import load_settings
from tests.support.nights import CONTRACTS, DAILY, DAYS, good_night

NEEDED = {"orders": True, "payments": True, "reviews": False}
D1, D2, D3 = date(2024, 3, 1), date(2024, 3, 2), date(2024, 3, 3)
WHOLE = {"orders": [D1, D2], "payments": [D1, D2], "reviews": [D1, D2]}


@pytest.mark.parametrize(
    ("found", "state", "said"),
    [
        (
            Waiting(WHOLE, {}, {}, begun=D1),
            "care",
            "Landed and never taken in: 2024-03-01 to 2024-03-02. No run takes them in by itself: "
            "lakehouse run --from 2024-03-01 --to 2024-03-02",
        ),
        (
            Waiting({"orders": [D1]}, {}, {}, frozenset([D1]), D2),
            "odd",  # before the lake began: nothing of what is shown is missing
            "Landed and never taken in: 2024-03-01 (orders). No run takes them in by itself: "
            "lakehouse run --date 2024-03-01 --allow-missing",
        ),
        (
            Waiting({}, {"orders": [D1, D3], "reviews": [D2]}, {}),
            "odd",
            "Landed and not taken in yet: 2024-03-01, 2024-03-03 (orders); 2024-03-02 (reviews). The next run of a "
            "later day takes them in: lakehouse run --from 2024-03-01 --to 2024-03-03",
        ),
        (
            Waiting({}, {}, {"orders": [date(2099, 1, 1)]}),
            "care",
            "In folders of days still to come, and not taken in: 2099-01-01 (orders). If that is no mistake: "
            "lakehouse run --date 2099-01-01",
        ),
    ],
)
def test_days_that_wait_are_named_with_the_command(found: Waiting, state: str, said: str, tmp_path: Path) -> None:
    [one] = sentences_on_waiting(found, NEEDED, load_settings("local"))
    assert (one.state, one.text) == (state, said)
    elsewhere = load_settings("minio", home=f"{tmp_path}/a b", source="kiosk")
    assert (
        f"lakehouse run --env minio --source kiosk --home '{tmp_path}/a b' --"
        in sentences_on_waiting(found, NEEDED, elsewhere)[0].text
    )


def test_nothing_is_said_where_nothing_waits() -> None:
    assert sentences_on_waiting(Waiting({}, {}, {}), NEEDED, load_settings("local")) == []


def land(home: Path, *days: date) -> None:
    for name in DAILY:
        for day in days:
            folder = home / "landing" / name / f"dt={day}"
            folder.mkdir(parents=True)
            (folder / "a.csv").write_text("x\n")


def test_the_morning_page_and_status_tell_of_days_that_were_never_taken_in(tmp_path: Path) -> None:
    night = good_night(tmp_path)
    land(tmp_path, *DAYS)
    settings = load_settings("local", home=str(tmp_path))

    def page() -> str:
        assert write_site(settings, night.lake, CONTRACTS)
        return re.sub(r"\s+", " ", (tmp_path / "reports/site/index.html").read_text())

    def status(*more: str) -> str:
        return CliRunner().invoke(lakehouse, ["status", "--home", str(tmp_path), *more], catch_exceptions=False).output

    assert "taken in" not in page() + status()
    first, last = DAYS[0] - timedelta(days=30), DAYS[0] - timedelta(days=20)
    land(tmp_path, first, last)
    said = f"Landed and never taken in: {first}, {last}. No run takes them in by itself: "
    command = f"lakehouse run --home {tmp_path} --from {first} --to {last}"
    assert said + command in page()
    assert f"Landed and never taken in: {first}" in " ".join(status().split())
    [found] = json.loads(status("--json"))["not_taken_in"]
    assert (found["command"], found["days"]["orders"]) == (command, [str(first), str(last)])


def test_landing_that_cannot_be_looked_at_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from spark_app.lake import landing
    from spark_app.runtime.errors import LakeError

    night = good_night(tmp_path)

    def closed(*_: object) -> None:
        raise LakeError("s3://shop/landing: S3 says AccessDenied")

    monkeypatch.setattr(landing, "list_days", closed)
    assert write_site(load_settings("local", home=str(tmp_path)), night.lake, CONTRACTS)
    page = (tmp_path / "reports/site/index.html").read_text()
    assert "Whether all that landed is taken in was not looked at: s3://shop/landing: S3 says AccessDenied." in page
