"""The lease that this process holds: signs of life by a thread, and a look at it before each commit."""

from __future__ import annotations

import secrets
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

from spark_app.lake.lease import Lease, parse_lease, show_moment, write_lease
from spark_app.lake.slots import Slot, WrittenInBetween
from spark_app.runtime.errors import LakeError

ACTIVE: set[str] = set()  # the runs of this process that hold one: others of its number ended without letting go


class LeaseLost(LakeError):
    """Another run has taken over: nothing more may be committed. Running again later helps."""

    retry = True


class HeldLease:
    """A lease that this process holds; its signs of life are given by a thread until `end`."""

    def __init__(
        self, slot: Slot, lease: Lease, tag: str, begun: float, took_over: str | None, doing: Callable[[], str]
    ) -> None:
        self.lease, self.took_over = lease, took_over
        self._slot, self._tag, self._text, self._doing = slot, tag, write_lease(lease), doing
        self.commits: dict[str, int] = {}  # table -> the last version that this run committed
        self._words = {lease.word}
        self._lost: LeaseLost | None = None
        self._fresh_until = begun + lease.seconds / 2
        self._one, self._done = threading.Lock(), threading.Event()
        self._thread = threading.Thread(target=self._live, name="lease", daemon=True)
        ACTIVE.add(lease.run_id)
        self._thread.start()

    @property
    def epoch(self) -> int:
        return self.lease.epoch

    def check(self, *, ask: bool = False) -> None:
        """Raises LeaseLost where another has it; asks the store where the last sign of life is not quite new.

        `ask`: always. Raises LakeError where the store does not answer for as long as the lease holds.
        """
        until = time.monotonic() + self.lease.seconds
        while ask or self._lost or boot_clock() >= self._fresh_until:
            try:
                self._renew()
                return
            except LeaseLost:
                raise
            except LakeError:
                if time.monotonic() >= until:
                    raise
                self._done.wait(self._pause / 4)

    def committed(self, table: str, version: int) -> None:
        """Remember a commit, to be compared later with what the log says then."""
        self.commits[table] = version

    def end(self) -> None:
        """Give it back. Where the store does not answer, or another has it, there is nothing to be done about it."""
        self._done.set()
        self._thread.join()
        try:
            if self._lost is None:
                self._write(free=True)
        except LakeError:
            pass
        finally:
            ACTIVE.discard(self.lease.run_id)

    def unconditional(self) -> str | None:
        """What is wrong with the store's conditional puts, if anything."""
        with self._one:
            return self._slot.unconditional(self._text)

    @property
    def _pause(self) -> float:
        return self.lease.seconds / 4

    def _live(self) -> None:
        # Nothing is imported in here: a thread that imports while another forks may stop both for ever.
        pause = self._pause
        while not self._done.wait(pause):
            try:
                self._renew()
                pause = self._pause
            except LeaseLost:
                return
            except LakeError:
                pause = self._pause / 4

    def _renew(self) -> None:
        begun = boot_clock()
        self._write(free=False)
        self._fresh_until = max(self._fresh_until, begun + self.lease.seconds / 2)

    def _write(self, *, free: bool) -> None:
        with self._one:
            if self._lost:
                raise self._lost
            new = replace(self.lease, renewed_at=datetime.now(UTC), free=free, word=secrets.token_hex(8))
            new = new if free else replace(new, doing=self._doing())
            self._words.add(new.word)
            try:
                self._tag = self._slot.put(write_lease(new), self._tag)
            except WrittenInBetween:
                self._follow(new)
            self._words, self._text = {new.word}, write_lease(new)

    def _follow(self, new: Lease) -> None:
        """What is there may be our own: a put that was made although nobody heard so."""
        seen = self._slot.read()
        found = None if seen is None else parse_lease(seen)
        if seen is None or found is None or found.word not in self._words:
            self._lost = LeaseLost(
                f"{self._slot.place}: {found.holder if found else 'nobody'} has taken over the lake "
                f"{f'since {show_moment(found.since)}' if found else '(the lease was removed)'}, for this run "
                f"({self.lease.run_id}) gave no sign of life for too long; nothing more is committed",
                hint="run again when that run has ended",
            )
            raise self._lost
        self._tag = seen.tag
        if found.word != new.word:
            try:
                self._tag = self._slot.put(write_lease(new), self._tag)
            except WrittenInBetween:
                raise LakeError(f"{self._slot.place}: changed while it was written; tried again") from None


def boot_clock() -> float:
    """Seconds by a clock that nobody sets, and that goes on while the machine sleeps."""
    return time.clock_gettime(time.CLOCK_BOOTTIME) if hasattr(time, "CLOCK_BOOTTIME") else time.monotonic()
