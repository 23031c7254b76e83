"""A look of a watch: what landed, who writes, how far the nights have come, and what topics have. Mostly nothing."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from datetime import UTC, date, datetime

from spark_app.lake import ledger
from spark_app.lake.completed import completed_so_far
from spark_app.lake.kafka import land_events
from spark_app.lake.lease import read_lease
from spark_app.runs.context import Context
from spark_app.runs.look import changed_days, look_at_landing, news_of
from spark_app.runs.watching import Holder, Seen
from spark_app.runs.window import running_window
from spark_app.runtime.errors import LakehouseError


@dataclass
class Memory:
    """What of the lake does not change while nobody has written it: looked up anew with each epoch."""

    epoch: int | None = None
    fingerprints: dict[str, dict[date, str]] = field(default_factory=dict)
    completed: date = date.min
    holder: Holder = field(default_factory=Holder)


def see(context: Context, memory: Memory) -> Seen:
    """Without Spark; of the lake only the lease is read where nobody has written since the last look."""
    trouble = _land_events(context)
    lease = read_lease(context.lake)
    epoch = lease.epoch if lease else 0
    busy = memory.holder.is_busy(lease, time.monotonic())
    if epoch != memory.epoch or busy:
        context.lake.forget()
        memory.fingerprints, memory.completed = ledger.fingerprints(context.lake), completed_so_far(context.lake)
        memory.epoch = None if busy else epoch
    known = memory.fingerprints
    changed = changed_days(look_at_landing(context, running_window(context), known).landed, known)
    first = min((day for days in known.values() for day in days), default=None)
    return Seen(datetime.now(UTC), news_of(context, changed), busy, memory.completed, first, trouble)


def _land_events(context: Context) -> str:
    """What topics have, into landing, where it is found as any other files are; what is wrong, if anything."""
    source = context.settings.kafka
    if source is None:
        return ""
    try:
        landed = land_events(context.spark, source, context.landing, context.source.timezone)
    except LakehouseError as error:
        return error.message
    if not landed.absent:
        return ""
    return (
        f"events: nobody has made the topics {', '.join(landed.absent)} at {source.servers} yet; the others are taken"
    )
