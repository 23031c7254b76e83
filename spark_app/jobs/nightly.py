"""A whole run: the layers in their order, in one session, with a record of what happened."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta

from spark_app.contracts.load import load_contracts
from spark_app.contracts.sources import load_source
from spark_app.jobs import alerts, audit, bronze, gold, heartbeat, monitor, publish, silver
from spark_app.jobs.context import Context
from spark_app.jobs.run_log import keep
from spark_app.jobs.window import Window
from spark_app.lake import landing
from spark_app.lake.failures import understood
from spark_app.lake.lock import Wanted, only_run
from spark_app.lake.objects import local_path, made
from spark_app.lake.releases import Release
from spark_app.lake.s3 import is_s3
from spark_app.quality.expectations import import_early
from spark_app.runtime.days import in_order
from spark_app.runtime.errors import AuditFailed, LakehouseError, LandingIncomplete, UsageError
from spark_app.runtime.layers import LAYERS, Layer
from spark_app.runtime.record import RunRecord
from spark_app.runtime.salt import check as check_salt
from spark_app.runtime.settings import load_settings
from spark_app.tables.declare import gold_tables, silver_tables


@dataclass(frozen=True)
class Order:
    """What is asked for: an environment, days, layers."""

    environment: str
    command: str = "run"
    home: str | None = None
    source: str | None = None
    first: date | None = None
    last: date | None = None
    layers: tuple[Layer, ...] = LAYERS
    allow_missing: bool = False
    whole_from: Layer | None = None  # rebuild this layer and those after it from nothing
    again: Mapping[str, tuple[date, ...]] = field(default_factory=dict)  # days of entities to judge again
    wait: float = 0.0  # seconds to wait for another run to let go of the lake


@dataclass(frozen=True)
class Outcome:
    """How a run ended. `release` is the one it made, `current` the one readers see."""

    exit_code: int
    message: str
    record: RunRecord
    seconds: float
    release: Release | None = None
    current: Release | None = None
    hint: str | None = None


def yesterday() -> date:
    """The default batch date, in UTC."""
    return datetime.now(UTC).date() - timedelta(days=1)


Work = Callable[[Context, Order], Release | None]


def run(order: Order, on_start: Callable[[RunRecord], None] | None = None, work: Work | None = None) -> Outcome:
    """Do what is asked (the layers, or other `work`); errors of ours become an exit code and a message.

    Either way `ops.runs` keeps it.
    """
    record = RunRecord(order.command)
    if on_start:
        on_start(record)
    begun, context, release, heart = time.monotonic(), None, None, None
    code, message, hint = 0, "", None
    try:
        context = _writable(open_context(order, record))
        with writing(context, order.wait) as holding:
            heart = heartbeat.of_run(context.settings.heartbeat_url_from, record, order.layers, order.last)
            heartbeat.begin(heart)
            release = (work or _layers)(holding, order)
        message = f"release {release.release_id}" if release else "done" if work else "nothing new"
        if release:
            monitor.run_time(context, time.monotonic() - begun)
    except LakehouseError as error:
        code, message, hint = error.exit_code, error.message, error.hint
    except BaseException as error:
        failed = understood(error, context.lake.root if context else "")
        if failed is None:
            code, message = 1, f"{type(error).__name__}: {error}"
            raise
        code, message, hint = failed.exit_code, failed.message, failed.hint
    finally:
        seconds = time.monotonic() - begun
        current = keep(context, seconds, code, message, release) if context else None
        if context and code in (AuditFailed.exit_code, LandingIncomplete.exit_code):
            publish.report(context)  # the pages keep their figures and say that there are no newer ones, and why
        heartbeat.end(heart, code)
        if context:
            whole = work is None and "publish" in order.layers
            alerts.tell(context.settings, record, code, message, hint, released=whole and not code)
    return Outcome(code, message, record, seconds, release, current, hint)


def open_context(order: Order, record: RunRecord) -> Context:
    """Days, settings, contracts, source and tables, all checked before Spark starts."""
    in_order("--from", order.first, "--to", order.last)
    settings = load_settings(order.environment, home=order.home, source=order.source)
    contracts = load_contracts()
    source = load_source(settings.source, contracts)
    silver_tables(contracts)
    gold_tables(contracts)
    record.first_day, record.last_day = order.first, order.last
    return Context(settings, contracts, source, record)


@contextmanager
def writing(context: Context, wait: float = 0.0) -> Iterator[Context]:
    """The context with the right to write its lake; LakeBusy where another run has it and does not end in time."""
    record = context.record
    wanted = Wanted(record.run_id, record.command, context.settings.lease_seconds, wait, doing=record.at_work)
    with only_run(context.lake, wanted, _say) as held:
        record.epoch, record.commits = held.epoch, held.commits
        if held.took_over:
            record.warn(held.took_over)
        yield replace(context, fence=held)


def _say(text: str) -> None:
    sys.stderr.write(f"{text}\n")


def _writable(context: Context) -> Context:
    """UsageError where nothing can be written, not even that the run failed."""
    if not is_s3(context.lake.root):
        made(local_path(context.lake.root))
    return context


def _layers(context: Context, order: Order) -> Release | None:
    release = None
    if "audit" in order.layers:
        context = replace(context, beside_spark=import_early)
    whole = LAYERS[LAYERS.index(order.whole_from) :] if order.whole_from else ()
    check_salt(context.settings)
    if "gold" in order.layers:
        gold.check_salt(context, again="gold" in whole)
    for layer in order.layers:
        if layer == "bronze":
            landed = bronze.run(
                context, _window(context, order), allow_missing=order.allow_missing, again="bronze" in whole
            )
            context = replace(context, landed_bytes=landed)
        elif layer == "silver":
            silver.run(context, again=order.again, whole="silver" in whole)
        elif layer == "gold":
            gold.run(context, whole="gold" in whole)
        elif layer == "audit":
            audit.run(context)
        else:
            release = publish.run(context, kind="rebuild" if whole else "run")
    return release


def _window(context: Context, order: Order) -> Window:
    first, last = order.first, order.last
    if order.whole_from:
        days = landing.folders(context.landing, context.datasets).all_days
        if not days:
            raise UsageError(f"nothing to rebuild from: {context.landing} holds no dt=YYYY-MM-DD folder")
        return Window(days[0], days[-1], 0, single=False)
    last = last or yesterday()
    first = first or last
    in_order("--from", first, "--to", last)
    context.record.first_day, context.record.last_day = first, last
    return Window(first, last, context.settings.lookback_days, single=first == last)


if __name__ == "__main__":
    from spark_app.jobs.entry import main

    main("run")
