"""What a run did: its steps with their times, and what it has to say to people."""

from __future__ import annotations

import secrets
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime


@dataclass
class Step:
    """One table's part of a layer. `rows`: rows it added or changed in its table; None for what writes no table."""

    layer: str
    table: str
    started_at: datetime
    seconds: float = 0.0
    action: str = "unchanged"
    rows: int | None = None
    version: int | None = None
    apart: float = 0.0  # seconds of it that are steps of their own, and so not its


@dataclass(frozen=True)
class Doing:
    """Something a run is at work on, and since when."""

    what: str
    since: datetime


@dataclass(frozen=True)
class Oddity:
    """A warning-level rule that some rows broke: they are kept, counted and listed."""

    table: str
    rule: str
    broken: int | None
    checked: int


@dataclass(frozen=True)
class Notice:
    """What people are to be told. `cause` is the same each time the same thing goes wrong."""

    cause: str
    lines: tuple[str, ...]


@dataclass(frozen=True)
class Verdict:
    """Whether the figures that readers have can be trusted, as the pages say it: good, care or bad, and why not."""

    state: str
    title: str
    reasons: tuple[str, ...]


@dataclass
class RunRecord:
    """Collects the steps and messages of one run; threads may add at once."""

    command: str
    run_id: str = ""
    epoch: int | None = None  # of the run's hold of the lake, once it has one
    commits: Mapping[str, int] = field(default_factory=dict)  # table -> the last version that the run committed
    started_at: datetime = field(default_factory=lambda: datetime.now(UTC))
    first_day: date | None = None
    last_day: date | None = None
    intraday: bool = False  # its last day is not over
    steps: list[Step] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    oddities: list[Oddity] = field(default_factory=list)
    notices: list[Notice] = field(default_factory=list)
    verdict: Verdict | None = None
    caught_up: frozenset[date] = frozenset()  # days before those asked for that it took in, no daily drop lacking
    landed_bytes: int = 0  # that the run is about: sizes its Java, plans and shuffles
    landed_days: int = 0  # distinct days of those: what a run's cost goes by
    set_aside: str = ""  # rows that cannot be used, with the money they stand for, of days not released before
    on_step: Callable[[Step, bool], None] | None = None
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)
    _begun: dict[object, Doing] = field(default_factory=dict, repr=False)

    def __post_init__(self) -> None:
        if not self.run_id:
            self.run_id = f"{self.started_at:%Y%m%dT%H%M%S}-{secrets.token_hex(3)}"

    @property
    def doing(self) -> list[Doing]:
        """What is under way at this moment, the longest at it first."""
        with self._lock:
            return sorted(self._begun.values(), key=lambda one: one.since)

    def at_work(self) -> str:
        """The same in words; nothing is imported in here, for a thread asks."""
        return "; ".join(f"{one.what} since {one.since.time().isoformat('seconds')} UTC" for one in self.doing)

    @contextmanager
    def at(self, what: str) -> Iterator[None]:
        """Says that this is under way, as long as it is: for whoever asks why a run is silent."""
        mark = object()
        with self._lock:
            self._begun[mark] = Doing(what, datetime.now(UTC))
        try:
            yield
        finally:
            with self._lock:
                del self._begun[mark]

    @contextmanager
    def step(self, layer: str, table: str) -> Iterator[Step]:
        """Times a step; it is kept also when it fails, with action `failed`."""
        step = Step(layer, table, datetime.now(UTC))
        begun = time.monotonic()
        if self.on_step:
            self.on_step(step, False)
        try:
            with self.at(f"{layer} {table}"):
                yield step
        except BaseException:
            step.action = "failed"
            raise
        finally:
            step.seconds = round(max(0.0, time.monotonic() - begun - step.apart), 3)
            with self._lock:
                self.steps.append(step)
            if self.on_step:
                self.on_step(step, True)

    def part(self, of: Step, table: str, seconds: float, action: str) -> None:
        """A part of a step under way that took so long, kept as a step of its own: each second counts once."""
        of.apart += seconds
        with self._lock:
            self.steps.append(Step(of.layer, table, of.started_at, round(seconds, 3), action))

    def odd(self, table: str, rule: str, broken: int | None, checked: int) -> None:
        """A warning-level rule that rows broke: kept, counted, listed."""
        with self._lock:
            self.oddities.append(Oddity(table, rule, broken, checked))

    def warn(self, message: str) -> None:
        with self._lock:
            if message not in self.warnings:
                self.warnings.append(message)

    def notice(self, cause: str, lines: Sequence[str]) -> None:
        """A warning that has a cause of its own, and perhaps more to say than its first line."""
        self.warn(lines[0])
        with self._lock:
            self.notices.append(Notice(cause, tuple(lines)))
