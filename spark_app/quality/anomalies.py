"""Figures unlike their own past: what was found, what was expected, what drives it, and where it comes from."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from spark_app.contracts.figures import Kind, show_figure
from spark_app.contracts.table import Measure, Watch
from spark_app.quality import quiet, robust
from spark_app.quality.history import Series
from spark_app.quality.robust import WINDOW, Expected

# A change smaller than this is nobody's business, however sure it is: percent of what was expected; points of a
# share; hours. A contract's `change` stands above it.
LEAST_CHANGE: dict[Kind, float] = {"count": 25.0, "amount": 25.0, "share": 5.0, "time": 2.0}
WORSE_WHEN_MORE: tuple[Measure, ...] = ("quarantined", "repeated", "missing", "delay")
# What tells why comes before what tells how much.
_FIRST: tuple[Measure, ...] = ("repeated", "missing", "quarantined", "delay")
_HOW_MUCH: tuple[Measure, ...] = ("sum", "rows", "amount")
_DRIVES = 0.3  # of a total's change, the part at least that its segment must account for


@dataclass(frozen=True)
class Figure:
    """A figure of a day against what was expected. `segment`: (column, value); `driver`: the segment behind a total."""

    day: date
    table: str
    watch: Watch
    kind: Kind
    segment: tuple[str, str] | None
    upstream: str
    found: float
    expected: Expected
    driver: str | None = None

    @property
    def unusual(self) -> bool:
        return not self.expected.low <= self.found <= self.expected.high

    @property
    def what(self) -> str:
        """The figure in words."""
        watch = self.watch
        if watch.measure == "sum":
            of = f" of {self.segment[0]} {self.segment[1]}" if self.segment else ""
            return f"{(watch.column or '').replace('_', ' ')}{of}"
        return {
            "rows": "rows landed",
            "amount": "amount landed",
            "quarantined": "share of rows quarantined",
            "repeated": "share of rows that landed twice",
            "missing": f"share of rows without {self.upstream.partition('.')[2]}",
            "distinct": f"different values of {watch.column}",
            "delay": "hours from the newest change to the day's end",
        }[watch.measure]

    @property
    def text(self) -> str:
        """One line: where, what, found, expected, the segment that drives it, and where it comes from."""
        bounds = self.expected
        low, high = show_figure(self.kind, bounds.low), show_figure(self.kind, bounds.high)
        wanted = f"at most {high}" if self.watch.measure in WORSE_WHEN_MORE else f"{low} to {high}"
        driven = f"; driven by {self.driver}" if self.driver else ""
        return (
            f"{self.table} {self.day}: {self.what}: {show_figure(self.kind, self.found)}, expected {wanted} "
            f"(usually {show_figure(self.kind, bounds.middle)}){driven}; comes from {self.upstream}"
        )


@dataclass(frozen=True)
class Cause:
    """Anomalies of a day that hang together; the first is the one that says most. `key` is the same on other days."""

    key: str
    figures: tuple[Figure, ...]

    @property
    def text(self) -> str:
        more = len(self.figures) - 1
        return self.figures[0].text + (f" (and {more} more figures)" if more else "")


def judge(series: Sequence[Series], day: date) -> list[Figure]:
    """The figures of `day` of which the days before it say something, usual or not."""
    sizes = Counter(_sort(one) for one in series)
    figures: list[Figure] = []
    for one in series:
        judged = _judged(one, day, sizes[_sort(one)])
        if judged is not None:
            figures.append(Figure(day, one.table, one.watch, one.kind, one.segment, one.upstream, *judged))
    return [replace(one, driver=_driver(one, figures)) if one.unusual else one for one in figures]


def unusual(figures: Iterable[Figure]) -> list[Figure]:
    """Those beyond what was expected: the anomalies."""
    return [one for one in figures if one.unusual]


def causes(unusual: Iterable[Figure]) -> list[Cause]:
    """Anomalies of a day that share a table upstream, a segment, a driver or the way they moved; the gravest first."""
    groups: list[tuple[set[object], list[Figure]]] = []
    for one in unusual:
        tokens: set[object] = {(one.day, token) for token in _tokens(one)}
        touching = [group for group in groups if group[0] & tokens]
        groups = [group for group in groups if not group[0] & tokens]
        merged = tokens.union(*[group[0] for group in touching])
        groups.append((merged, [item for group in touching for item in group[1]] + [one]))
    made = [_cause(sorted(group, key=_weight, reverse=True)) for _, group in groups]
    return sorted(made, key=lambda cause: _weight(cause.figures[0]), reverse=True)


def _judged(one: Series, day: date, figures: int) -> tuple[float, Expected] | None:
    value = one.values.get(day, _absent(one, day))
    if math.isnan(value):
        return None
    watch = one.watch
    if watch.bounds is not None:  # the contract knows better
        low, high = watch.bounds.low, watch.bounds.high
        low, high = -math.inf if low is None else low, math.inf if high is None else high
        return value, Expected(min(max(value, low), high), low, high, 0.0)
    limit = watch.limit or robust.limit_for(figures)
    if value == 0 and one.segment is None and watch.measure in _HOW_MUCH and quiet.never_nothing(one, day):
        bounds = robust.expect_next(one.kind, _past(one, day, quiet.last_with_some(one, day)), value, 1, limit)
        return None if bounds is None else (value, quiet.more_than_nothing(one, _widened(one, bounds)))
    bounds = robust.expect_next(one.kind, _past(one, day), value, one.rows.get(day, 1), limit)
    return None if bounds is None else (value, _widened(one, bounds))


def _past(one: Series, day: date, last: date | None = None) -> list[float]:
    """The figure on the days before; with `last` up to that day, put where the days before would be."""
    skipped = 0 if last is None else (day - last).days - 1
    skipped -= skipped % 7  # whole weeks, so that weekdays meet
    first = one.first or min(one.values, default=day)
    span = max(min((day - first).days - skipped, WINDOW), 0)
    days = [day - timedelta(days=skipped + back) for back in range(span, 0, -1)]
    return [one.values.get(at, _absent(one, at) if last is None or at <= last else math.nan) for at in days]


def _absent(one: Series, day: date) -> float:
    return math.nan if one.gaps or day in one.unknown else 0.0


def _widened(one: Series, bounds: Expected) -> Expected:
    """No narrower than the least change that matters; one-sided where less is only better."""
    least = one.watch.change or LEAST_CHANGE[one.kind]
    within = {"share": least / 100, "time": least}.get(one.kind, bounds.middle * least / 100)
    low, high = min(bounds.low, bounds.middle - within), max(bounds.high, bounds.middle + within)
    return replace(bounds, low=-math.inf if one.watch.measure in WORSE_WHEN_MORE else max(low, 0.0), high=high)


def _sort(one: Series) -> tuple[str, str, str | None]:
    """Figures of a kind: those that a watch cuts by one column."""
    return one.table, one.watch.name, one.segment[0] if one.segment else None


def _driver(total: Figure, figures: Sequence[Figure]) -> str | None:
    """The segment that accounts for the most of a total's change, among those cut from the same upstream column."""
    if total.segment is not None or total.watch.measure != "sum":
        return None
    change = total.found - total.expected.middle
    parts = [
        ((one.found - one.expected.middle) / change, one.segment)
        for one in figures
        if one.segment and one.watch.upstream == total.watch.upstream and one.kind == total.kind and change
    ]
    share, segment = max(parts, default=(0.0, None))
    if segment is None or share < _DRIVES:
        return None
    return f"{' '.join(segment)} ({min(share, 1):.0%} of the change)"


def _tokens(one: Figure) -> list[object]:
    tokens: list[object] = [one.upstream.partition(".")[0], one.watch.upstream.partition(".")[0] or one.upstream]
    if one.segment:
        tokens.append(" ".join(one.segment))
    if one.driver:
        tokens.append(one.driver.partition(" (")[0])
    if one.watch.measure in _HOW_MUCH:  # what sells more is also paid and landed more
        tokens.append("more" if one.expected.score > 0 else "less")
    return tokens


def _weight(one: Figure) -> tuple[int, float]:
    why = one.watch.measure in _FIRST or one.driver is not None
    return 2 if why else 1 if one.segment is not None else 0, abs(one.expected.score)


def _cause(group: Sequence[Figure]) -> Cause:
    first = group[0]
    where = f"={first.segment[1]}" if first.segment else ""
    return Cause(f"{first.upstream}{where} {first.watch.measure}", tuple(group))
