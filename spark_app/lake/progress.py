"""What a commit's note says of a bronze or silver table's progress, as values: its JSON is read and written here."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

Note = Mapping[str, Any]


@dataclass(frozen=True)
class BronzeProgress:
    """What a commit brought to bronze. `days`: batch date -> fingerprint of its files. `rows`: rows counted in them.

    `replaced`: those of the days whose rows it replaced; to the others rows came, if any. `added`: those of the others
    of which bronze held rows before.
    """

    days: Mapping[date, str] = field(default_factory=dict)
    rows: Mapping[date, int] = field(default_factory=dict)
    replaced: frozenset[date] = frozenset()
    added: frozenset[date] = frozenset()

    def note(self) -> dict[str, object]:
        """As it stands in a commit's note."""
        return {
            "days": {day.isoformat(): files for day, files in self.days.items()},
            "rows": {day.isoformat(): count for day, count in self.rows.items()},
            "replaced": _texts(self.replaced),
            "added": _texts(self.added),
        }


def bronze_progress(note: Note) -> BronzeProgress:
    """Of a commit's note; empty where it is of a commit that took no day in."""
    return BronzeProgress(
        _by_day(note.get("days", {})),
        _by_day(note.get("rows", {})),
        _days(note.get("replaced", ())),
        _days(note.get("added", ())),
    )


@dataclass(frozen=True)
class Sum:
    """Rows, and the money they stand for."""

    rows: int = 0
    amount: Decimal = Decimal(0)

    def __add__(self, other: Sum) -> Sum:
        return Sum(self.rows + other.rows, self.amount + other.amount)

    def __neg__(self) -> Sum:
        return Sum(-self.rows, -self.amount)


NOTHING = Sum()


@dataclass(frozen=True)
class JudgedDay:
    """What became of a batch date's rows when it was judged. `unpriced`: quarantined rows whose money is not known."""

    landed: Sum = NOTHING
    quarantined: Sum = NOTHING
    superseded: Sum = NOTHING
    passed_over: int = 0
    unpriced: int = 0


@dataclass(frozen=True)
class SilverProgress:
    """What a commit brought to an entity. `days`: those judged, with what became of their rows.

    `added`: those of the days of which new files alone were judged; what became of their rows comes to what was known.
    `displaced`: of other days, rows that stopped holding because of these (positive) or hold again (negative).
    `full_rebuild`: the entity was derived whole, whatever it was before. `looked_up`: dataset -> version of its bronze
    that values were looked up in.
    """

    dataset: str
    days: Mapping[date, JudgedDay] = field(default_factory=dict)
    displaced: Mapping[date, Sum] = field(default_factory=dict)
    full_rebuild: bool = False
    looked_up: Mapping[str, int] = field(default_factory=dict)
    added: frozenset[date] = frozenset()

    def note(self) -> dict[str, object]:
        """As it stands in a commit's note."""
        return {
            "dataset": self.dataset,
            "days": {day.isoformat(): _judged_json(found) for day, found in self.days.items()},
            "moved": {day.isoformat(): _sum_json(found) for day, found in self.displaced.items()},
            "whole": self.full_rebuild,
            **({"looked_up": dict(self.looked_up)} if self.looked_up else {}),
            **({"added": _texts(self.added)} if self.added else {}),
        }


def silver_progress(note: Note) -> SilverProgress:
    """Of a commit's note, also as older programs of ours wrote it; without days where it is of another kind."""
    unpriced = _by_day(note.get("unpriced", {}))
    days = {day: _judged(found, unpriced.get(day, 0)) for day, found in _by_day(note.get("days", {})).items()}
    displaced = {day: _sum(found) for day, found in _by_day(note.get("moved", {})).items()}
    return SilverProgress(
        str(note.get("dataset", "")),
        days,
        displaced,
        bool(note.get("whole")),
        note.get("looked_up", {}),
        _days(note.get("added", ())),
    )


def _texts(days: Collection[date]) -> list[str]:
    return sorted(day.isoformat() for day in days)


def _days(texts: Collection[str]) -> frozenset[date]:
    return frozenset(map(date.fromisoformat, texts))


def _by_day(found: Mapping[str, Any]) -> dict[date, Any]:
    return {date.fromisoformat(day): value for day, value in found.items()}


def _judged_json(day: JudgedDay) -> dict[str, object]:
    return {
        "landed": _sum_json(day.landed),
        "quarantined": _sum_json(day.quarantined),
        "superseded": _sum_json(day.superseded),
        "passed_over": day.passed_over,
        "unpriced": day.unpriced,
    }


def _sum_json(found: Sum) -> dict[str, object]:
    return {"rows": found.rows, "amount": str(found.amount)}


def _judged(found: Any, unpriced: int) -> JudgedDay:
    if isinstance(found, list):  # landed, quarantined, their amounts, superseded, its amount, and later passed over
        landed, quarantined, landed_amount, quarantined_amount, superseded, superseded_amount, *more = found
        return JudgedDay(
            Sum(landed, Decimal(landed_amount)),
            Sum(quarantined, Decimal(quarantined_amount)),
            Sum(superseded, Decimal(superseded_amount)),
            more[0] if more else 0,
            unpriced,
        )
    landed, quarantined, superseded = (_sum(found[name]) for name in ("landed", "quarantined", "superseded"))
    return JudgedDay(landed, quarantined, superseded, found["passed_over"], found["unpriced"])


def _sum(found: Any) -> Sum:
    if isinstance(found, list):
        return Sum(found[0], Decimal(found[1]))
    return Sum(found["rows"], Decimal(found["amount"]))
