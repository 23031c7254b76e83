"""One run at a time writes a lake: it takes the lease, and what another left unfinished is closed to that other."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from spark_app.lake import ops, releases
from spark_app.lake.holding import ACTIVE, HeldLease, boot_clock
from spark_app.lake.lease import (
    NAME,
    SECONDS,
    Lease,
    describe_holder,
    gave_sign_lately,
    is_too_silent,
    parse_lease,
    show_moment,
    write_lease,
)
from spark_app.lake.paths import Lake
from spark_app.lake.slots import NoConditionalPuts, Slot, SlotText, WrittenInBetween, open_slot
from spark_app.runtime.errors import LakeError
from spark_app.runtime.process import is_alive, this_process


class LakeBusy(LakeError):
    """Another run is at work on the lake; running again later helps."""

    retry = True


@dataclass
class _Watch:
    """What an observer has seen of a holder, by its own clock."""

    tag: str | None = None
    epoch: int = -1
    first_seen: float = 0.0
    moved: bool = False  # a sign of life came while we looked

    def look(self, seen: SlotText, lease: Lease) -> None:
        if seen.tag != self.tag:
            self.moved = self.tag is not None
            self.tag, self.epoch, self.first_seen = seen.tag, lease.epoch, time.monotonic()

    def silent_for(self) -> float:
        return time.monotonic() - self.first_seen


@dataclass(frozen=True)
class LeaseRequest:
    """Who wants the lease: a run, for how long without a sign of life, and how long it waits for another to end.

    `least`: where there is no lease yet, its epoch is above this. `doing`: what the run is at work on, asked with each
    sign of life.
    """

    run_id: str
    command: str
    seconds: float = SECONDS
    wait: float = 0.0
    least: Callable[[], int] = field(default=lambda: 0, repr=False)
    doing: Callable[[], str] = field(default=lambda: "", repr=False)


def take_lease(lake: Lake, wanted: LeaseRequest, tell: Callable[[str], None] = lambda _: None) -> HeldLease:
    """The lease, as soon as it can be had; `tell` is called once, with why it is waited for.

    Raises LakeBusy where its holder lives and does not end in the time to wait. Whether one on another machine lives
    shows by its next sign of life, and takes until then.
    """
    at, watch, until, has_told = open_slot(lake, NAME), _Watch(), time.monotonic() + wanted.wait, False
    while True:
        seen = at.read()
        lease = None if seen is None else parse_lease(seen)
        why = None if seen is None or lease is None else _why(lease, seen, watch)
        if seen is None or lease is None or why is not None:
            held = _try(at, wanted, seen, lease, why or None)
            if held is not None:
                return held if lake.s3.only_writer else _proven(at, held)
            continue
        alive = watch.moved or (is_alive(lease.process) and gave_sign_lately(lease))
        if alive and time.monotonic() >= until:
            raise LakeBusy(
                f"{lake.root}: {describe_holder(lease)}; nothing was done (--wait 30m waits for it to end)",
            )
        if not has_told:
            tell(f"waiting: {describe_holder(lease)}")
            has_told = True
        time.sleep(min(2.0, lease.seconds / 20))


def _why(lease: Lease, seen: SlotText, watch: _Watch) -> str | None:
    """Why a lease may be taken: empty where it was given back, else in words; None where it may not."""
    watch.look(seen, lease)
    if lease.free:
        return ""
    alive = is_alive(lease.process)
    if alive and lease.process.pid == this_process().pid and lease.run_id not in ACTIVE:
        alive = False  # an earlier run of this very process
    if alive is False:
        return f"{lease.holder} had not let go of the lake when it died: taken over"
    if is_too_silent(lease, watch.silent_for()):
        state = "that process lives, and is fenced off" if alive else "on another machine; if it comes back, it is late"
        return (
            f"{lease.holder} gave no sign of life for {watch.silent_for():.0f} s (the last: "
            f"{show_moment(lease.renewed_at)}): taken over; {state}"
        )
    return None


def _try(
    at: Slot, wanted: LeaseRequest, seen: SlotText | None, lease: Lease | None, why: str | None
) -> HeldLease | None:
    now, begun = datetime.now(UTC), boot_clock()
    epoch = 1 + (lease.epoch if lease is not None else wanted.least())
    new = Lease(
        epoch, wanted.run_id, wanted.command, this_process(), now, now, wanted.seconds, word=secrets.token_hex(8)
    )
    try:
        tag = at.put(write_lease(new), seen.tag if seen else None)
    except WrittenInBetween:
        # Perhaps by ourselves: a store that did not say so in time was asked twice.
        found = at.read()
        if found is None or (read := parse_lease(found)) is None or read.word != new.word:
            return None
        tag = found.tag
    return HeldLease(at, new, tag, begun, why, wanted.doing)


def _proven(at: Slot, held: HeldLease) -> HeldLease:
    """A store that puts unconditionally lets two writers in, and neither knows."""
    if problem := held.unconditional():
        held.end()
        raise NoConditionalPuts(at.place, problem)
    return held


@contextmanager
def hold_lease(lake: Lake, wanted: LeaseRequest, tell: Callable[[str], None] = lambda _: None) -> Iterator[HeldLease]:
    """Hold the lake for one run; LakeBusy where another holds it and does not end in the time to wait."""
    held = take_lease(lake, replace(wanted, least=lambda: _greatest_epoch(lake)), tell)
    try:
        if held.took_over:
            releases.shut_out_others(replace(lake, fence=held))
        yield held
    finally:
        held.end()


def _greatest_epoch(lake: Lake) -> int:
    """Of the runs there were: where the lease was removed, epochs go on from there."""
    rows = ops.select(lake.table("ops.runs"), "SELECT max(epoch) AS epoch FROM ops_rows")
    return int(rows[0]["epoch"] or 0) if rows else 0
