"""Faults on demand: each is armed by a test, strikes once, and is gone."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from dataclasses import dataclass, field

from redshift_standin.errors import Refused

KINDS = ("cut-before-commit", "cut-after-commit", "disk-full")


@dataclass(frozen=True)
class Fault:
    """`table` ("etl.releases"): only where it is written to; empty: wherever anything is."""

    kind: str
    table: str = ""

    def fits(self, kind: str, written: Iterable[str]) -> bool:
        """Whether it strikes here."""
        names = {name.replace('"', "") for name in written}
        short = {name.rpartition(".")[2] for name in names}
        return self.kind == kind and bool(names) and (not self.table or self.table in names | short)


def fault(text: str) -> Fault:
    """From `kind` or `kind:table`, as the command line has it."""
    kind, _, table = text.partition(":")
    if kind not in KINDS:
        raise ValueError(f"no fault {kind!r}; there are {', '.join(KINDS)}")
    return Fault(kind, table)


@dataclass
class Faults:
    """Those armed now. `struck` counts those that have gone off."""

    armed: list[Fault] = field(default_factory=list)
    struck: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def arm(self, text: str) -> None:
        """Arm `kind` or `kind:table`."""
        with self._lock:
            self.armed.append(fault(text))

    def strike(self, kind: str, written: Iterable[str]) -> bool:
        """Whether an armed fault goes off now."""
        with self._lock:
            for armed in self.armed:
                if armed.fits(kind, written):
                    self.armed.remove(armed)
                    self.struck += 1
                    return True
        return False

    def disk_full(self, written: Iterable[str]) -> None:
        """Raise what a full disk gives, where that is armed."""
        if self.strike("disk-full", written):
            raise Refused("Disk Full", "53100", "error: Disk Full code: 1016 (stand-in: a fault on demand)")
