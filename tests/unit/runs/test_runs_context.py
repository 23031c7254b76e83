"""Starting Spark forks, and no thread may be importing then, or both wait for ever. In processes without Java.

A fork takes the lock of logging and then that of imports; a thread that finds a module holds that of imports, and
wants that of logging as soon as what it runs makes a logger.
"""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from spark_app.runs.opening import open_context
from spark_app.runs.request import RunRequest
from spark_app.runtime.record import RunRecord
from tests.support.drops import drop
from tests.support.shop import customer, item, order, payment

ROOT = Path(__file__).resolve().parents[3]
RUN = """
import logging, os, subprocess, sys, threading, time
from datetime import date
from spark_app.jobs import nightly
from spark_app.runs import context, opening
from spark_app.runs.request import RunRequest
from spark_app.runtime.errors import LakehouseError

forking, threads = threading.Event(), set()
os.register_at_fork(before=forking.set)  # runs before logging's own, which takes its lock


class Slow:
    # As a finder that imports something of its own, which makes a logger.
    def find_spec(self, name, path=None, target=None):
        if threading.current_thread() is not threading.main_thread():
            threads.add(f"{threading.current_thread().name}: {name}")
            forking.wait(20)
            time.sleep(0.5)
            logging.getLogger("found")
        return None


def session(settings, **_):
    # As PySpark starts its JVM; with the time that a thread needs to begin.
    time.sleep(0.5)
    subprocess.run(["true"], preexec_fn=lambda: None, check=True)
    raise LakehouseError(f"Spark is there; imported by threads before: {sorted(threads)}")


sys.meta_path.insert(0, Slow())
context.session = session
load_settings = opening.load_settings
opening.load_settings = lambda *given, **more: load_settings(*given, **more).model_copy(update={"data_docs": True})
day = date(2024, 3, 1)
print(nightly.run(RunRequest("local", home=sys.argv[1], first=day, last=day)).message, flush=True)
os._exit(0)
"""


@pytest.fixture
def landed(tmp_path: Path) -> Path:
    at = "2024-03-01 10:00:00"
    rows = {
        "customers": customer("C1", at),
        "orders": order("O1", "C1", at),
        "order_items": item("O1", 1, "P1", "1.00", at),
        "payments": payment("O1", "1.00", "paid", at),
    }
    for entity, row in rows.items():
        drop(tmp_path / "landing", entity, "2024-03-01", [row])
    return tmp_path


def test_no_thread_imports_while_spark_is_started(landed: Path) -> None:
    """It hung here: Great Expectations was imported by a thread from the beginning of a run."""
    done = subprocess.run(
        [sys.executable, "-c", RUN, str(landed)], cwd=ROOT, capture_output=True, text=True, timeout=120
    )
    assert done.stdout == "Spark is there; imported by threads before: []\n", done.stderr


def test_what_may_be_done_beside_spark_begins_when_it_is_there(monkeypatch: pytest.MonkeyPatch) -> None:
    from spark_app.contracts.load import load_contracts
    from spark_app.contracts.sources import load_source
    from spark_app.runs import context
    from spark_app.runtime.record import RunRecord
    from spark_app.runtime.settings import load_settings

    said: list[str] = []
    monkeypatch.setattr(context, "session", lambda settings, **_: said.append("session"))
    monkeypatch.setattr(context.expressions, "check", lambda spark, source: said.append("expressions"))
    source = load_source("canonical", load_contracts())
    made = context.Context(
        load_settings("local"), {}, source, RunRecord("run"), beside_spark=lambda: said.append("beside")
    )
    _ = made.spark
    assert said == ["session", "beside", "expressions"]


def test_a_run_has_one_lake_so_that_what_it_has_seen_is_known_everywhere(tmp_path: Path) -> None:
    context = open_context(RunRequest("local", home=str(tmp_path)), RunRecord("run"))
    assert context.table("gold.fact_orders").lake is context.lake
    assert replace(context, fence=None).lake is not context.lake
