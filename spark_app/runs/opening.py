"""What a run works with: settings, contracts, source and tables, all checked, and the right to write the lake."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from spark_app.contracts.left_out import check_left_out
from spark_app.contracts.load import load_contracts
from spark_app.contracts.sources import load_source
from spark_app.contracts.views import load_views
from spark_app.lake.lock import LeaseRequest, hold_lease
from spark_app.runs.context import Context
from spark_app.runs.request import RunRequest
from spark_app.runtime import duck
from spark_app.runtime.days import refuse_reversed
from spark_app.runtime.record import RunRecord
from spark_app.runtime.settings import load_settings
from spark_app.tables.declare import gold_tables, silver_tables


def open_context(request: RunRequest, record: RunRecord) -> Context:
    """Days, settings, contracts, source and tables, all checked before Spark starts."""
    refuse_reversed("--from", request.first, "--to", request.last)
    settings = load_settings(request.environment, home=request.home, source=request.source)
    duck.bound_memory(settings.query_memory)
    contracts = load_contracts()
    source = load_source(settings.source, contracts)
    silver_tables(contracts)
    gold_tables(contracts)
    if settings.left_out:
        check_left_out(settings.left_out, contracts, load_views(contracts))
    record.first_day, record.last_day, record.intraday = request.first, request.last, request.intraday
    return Context(settings, contracts, source, record)


@contextmanager
def hold_lake(context: Context, wait_seconds: float = 0.0) -> Iterator[Context]:
    """The context with the right to write its lake; LakeBusy where another run has it and does not end in time."""
    record = context.record
    wanted = LeaseRequest(
        record.run_id, record.command, context.settings.lease_seconds, wait_seconds, doing=record.at_work
    )
    with hold_lease(context.lake, wanted, _say) as held:
        record.epoch, record.commits = held.epoch, held.commits
        if held.took_over:
            record.warn(held.took_over)
        yield replace(context, fence=held)


def _say(text: str) -> None:
    sys.stderr.write(f"{text}\n")
