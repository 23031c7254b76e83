"""Promise 6: what a page says of a release does not depend on how the release was made."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from spark_app.contracts.load import load_contracts
from spark_app.jobs import publish
from spark_app.jobs.nightly import run
from spark_app.lake.paths import Lake
from spark_app.report import runs
from spark_app.report.data import open_release
from spark_app.report.trust import trust
from spark_app.runs.opening import open_context
from spark_app.runs.request import RunRequest
from spark_app.runtime.layers import LAYERS
from spark_app.runtime.record import RunRecord
from tests.support.drops import copied, run_days
from tests.support.kill import Killed, Plug
from tests.support.two_days import SECOND

pytestmark = pytest.mark.long


def in_one_process(home: Path, plug: Plug) -> None:
    run_days(home, SECOND)


def a_task_a_layer(home: Path, plug: Plug) -> None:
    """As Airflow does by default: a run id each."""
    day = date.fromisoformat(SECOND)
    for layer in LAYERS:
        done = run(RunRequest("local", layer, home=str(home), first=day, last=day, layers=(layer,), allow_missing=True))
        assert done.exit_code == 0, done.message


def killed_after_the_audit(home: Path, plug: Plug) -> None:
    plug.pull_at(lambda point: point.startswith("ops.releases:"))
    with pytest.raises(Killed):
        run_days(home, SECOND)
    assert plug.last == "ops.releases"
    plug.pull_at(lambda point: False)
    run_days(home, SECOND)


def rebuilt(home: Path, plug: Plug) -> None:
    done = run(RunRequest("local", "rebuild", home=str(home), rebuild_from="bronze", layers=LAYERS))
    assert done.release is not None, done.message


def rolled_back(home: Path, plug: Plug) -> None:
    """From the rebuild's release to the second day's."""
    publish.rollback(open_context(RunRequest("local", home=str(home)), RunRecord("releases")), 2)


# Each begins where another has ended: in the lake of the first day, or that of another way.
WAYS = (
    (in_one_process, None),
    (a_task_a_layer, None),
    (killed_after_the_audit, None),
    (rebuilt, in_one_process),
    (rolled_back, rebuilt),
)


def page_of(home: Path) -> tuple[str, list[str], list[str]]:
    """What the morning page says of trust, and the layers that its time went into."""
    with open_release(Lake(str(home / "lake")), load_contracts(), "local", 800) as data:
        assert data is not None
        found = trust(data)
        layers = [str(row["layer"]) for row in runs.layers(data).values]
        assert (data.last, data.landed) == (date.fromisoformat(SECOND), date.fromisoformat(SECOND))
    return found.title, [check.text for check in found.checks], layers


def test_the_page_says_the_same_whatever_way_the_release_was_made(
    one_released_day: Path, tmp_path: Path, plug: Plug
) -> None:
    pages, homes = {}, {None: one_released_day}
    for way, begins in WAYS:
        homes[way] = copied(homes[begins], tmp_path / way.__name__)
        way(homes[way], plug)
        pages[way] = page_of(homes[way])
    title, checks, layers = pages.pop(in_one_process)
    assert any(text.startswith("The audit passed: ") for text in checks)
    assert any(text.startswith("1 of 16 rows of the last 7 days ") and " set aside: " in text for text in checks), (
        checks
    )
    assert sorted(layers) == sorted(LAYERS)
    for way, page in pages.items():
        assert page[0] == title, way
        if way is not rebuilt:  # which judges and audits all days, not one
            assert page[1] == checks, way
        assert sorted(page[2]) == sorted(layers), way
