"""The lease of a lake: one writer at a time, and a number that rises with each.

Who writes the lake holds the lease, a small text in the lake (`<lake>/_lease`), and gives a sign of life in it again
and again. It may be taken over once it was given back, once its process is known to have died, or once it was silent
for as long as it says it holds. How long that is, each observer measures by its own clock, from when it first saw the
last sign: the clocks of two machines are never compared, and a clock that jumps takes nothing from anybody.

A writer that was stopped for long and comes back finds its lease taken before it commits. The number (`epoch`) stands
in every commit, so what slipped through in between is seen.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from datetime import UTC, datetime

from spark_app.lake.paths import Lake
from spark_app.lake.slots import SlotText, open_slot
from spark_app.runtime.process import Process, is_alive

SECONDS = 60  # a lease holds so long without a sign of life; one is given four times as often
NAME, PROBE = "_lease/lease", "_lease/probe"


@dataclass(frozen=True)
class Lease:
    """What the text says: who, since when, the last sign of life (by the holder's clock), and for how many seconds."""

    epoch: int
    run_id: str
    command: str
    process: Process
    since: datetime
    renewed_at: datetime
    seconds: float
    free: bool = False
    word: str = ""  # new in each text, so that a writer knows its own again
    doing: str = ""  # what the run was at work on at the last sign of life, and since when

    @property
    def holder(self) -> str:
        return f"run {self.run_id} ({self.command}, process {self.process.pid} on {self.process.host})"


def read_lease(lake: Lake) -> Lease | None:
    """The lease as it stands, also one that was given back; None where there was never one."""
    seen = open_slot(lake, NAME).read()
    return None if seen is None else parse_lease(seen)


def describe_holder(lease: Lease) -> str:
    """Who holds it since when, and whether that process lives, for people."""
    if lease.free:
        return f"nobody holds the lake; the last was {lease.holder}, until {show_moment(lease.renewed_at)}"
    alive = is_alive(lease.process)
    state = {True: "it lives", False: "it is dead: the next run takes over", None: "on another machine"}[alive]
    if alive and _age(lease) >= lease.seconds:
        state = f"it lives, but has been silent for {_age(lease):.0f} s: the next run waits for a sign, or takes over"
    return (
        f"{lease.holder} holds the lake since {show_moment(lease.since)}, last sign of life "
        f"{show_moment(lease.renewed_at)}{f', at work on {lease.doing}' if lease.doing else ''}; {state}"
    )


def gave_sign_lately(lease: Lease) -> bool:
    """Whether a process of this machine gave a sign lately, by the clock that both have (which may have jumped)."""
    return -1 < _age(lease) < lease.seconds


def is_too_silent(lease: Lease, seconds: float) -> bool:
    """Whether a holder that an observer, by its own clock, saw give no sign for so long may be taken for gone."""
    return seconds > lease.seconds * 1.1


def _age(lease: Lease) -> float:
    return (datetime.now(UTC) - lease.renewed_at).total_seconds()


def write_lease(lease: Lease) -> str:
    """What is written into the lake."""
    said = asdict(lease) | {"since": lease.since.isoformat(), "renewed_at": lease.renewed_at.isoformat()}
    return json.dumps(said, sort_keys=True)


def parse_lease(seen: SlotText) -> Lease | None:
    """None for what no program of ours has written: it is replaced."""
    try:
        said = json.loads(seen.text)
        return Lease(
            int(said["epoch"]),
            str(said["run_id"]),
            str(said["command"]),
            Process(**{name: said["process"][name] for name in ("host", "machine", "pid", "began")}),
            datetime.fromisoformat(said["since"]),
            datetime.fromisoformat(said["renewed_at"]),
            float(said["seconds"]),
            bool(said["free"]),
            str(said["word"]),
            str(said.get("doing", "")),
        )
    except (ValueError, KeyError, TypeError):
        return None


def show_moment(at: datetime) -> str:
    """A moment for people."""
    return f"{at:%Y-%m-%d %H:%M:%S} UTC"
