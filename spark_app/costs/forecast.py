"""What runs will cost, from what they have cost. Pure: runs in, dollars out."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from itertools import combinations
from statistics import median

from spark_app.costs.bill import MICRO
from spark_app.costs.by_day import BY_DAY
from spark_app.costs.history import RunCost
from spark_app.costs.words import in_dollars

NIGHTS = 40  # the newest that an estimate goes by
USUAL_DAYS = 28  # the days before today that a usual day is the middle of
ASIDE = ("maintenance", *BY_DAY)  # no part of what a release costs


@dataclass(frozen=True)
class Night:
    """What it took from one release to the next: days of landing taken in, and dollars, failed tries included."""

    landed_days: int
    dollars: Decimal


@dataclass(frozen=True)
class Estimate:
    """About so much, from so many nights. `at_most`: they were all of like length, so what a day adds is not known."""

    dollars: Decimal
    nights: int
    at_most: bool

    @property
    def text(self) -> str:
        runs = "1 run" if self.nights == 1 else f"{self.nights} runs"
        return f"{'at most ' if self.at_most else ''}about {in_dollars(self.dollars)}, from {runs}"


@dataclass(frozen=True)
class Month:
    """A calendar month (UTC): spent so far, and what it will have cost if days go on as usual.

    What is usual takes a day before today that had a bill; until then it is None, and so is the forecast.
    """

    first: date
    last: date
    spent: Decimal
    usual_day: Decimal | None
    forecast: Decimal | None


def nights(runs: Sequence[RunCost]) -> list[Night]:
    """Runs, oldest first, added up to nights: layers that are runs of their own, and what came to no release, too."""
    found, days, dollars = list[Night](), 0, Decimal(0)
    for one in runs:
        if one.command in ASIDE:
            continue
        days, dollars = days + one.landed_days, dollars + one.dollars
        if one.released:
            found.append(Night(days, dollars))
            days, dollars = 0, Decimal(0)
    return found


def estimate(past: Sequence[Night], landed_days: int) -> Estimate | None:
    """What taking in so many days will cost; None where there is no night to go by, or no day to take in.

    A night costs something, and each day something more: the middle of the slopes between any two nights. Where all
    nights were alike, or longer ones no dearer, a day is taken to cost a night's whole share, and fewer days a whole
    night, which is too much.
    """
    seen = [one for one in past if one.landed_days > 0][-NIGHTS:]
    if not seen or landed_days <= 0:
        return None
    slopes = [
        (b.dollars - a.dollars) / (b.landed_days - a.landed_days)
        for a, b in combinations(seen, 2)
        if a.landed_days != b.landed_days
    ]
    a_day = median(slopes) if slopes else Decimal(0)
    if a_day > 0:
        fixed = max(median([one.dollars - a_day * one.landed_days for one in seen]), Decimal(0))
        return Estimate((fixed + a_day * landed_days).quantize(MICRO), len(seen), at_most=False)
    a_day = median([one.dollars / one.landed_days for one in seen])
    shortest = min(one.landed_days for one in seen)
    dollars = (a_day * max(landed_days, shortest)).quantize(MICRO)
    return Estimate(dollars, len(seen), at_most=landed_days != shortest)


def forecast_month(runs: Sequence[RunCost], today: date) -> Month:
    """The month of `today`: spent, and for each day left (today, where nothing ran yet) what a usual day costs."""
    by_day = daily(runs)
    first = today.replace(day=1)
    last = (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)
    spent = sum((dollars for day, dollars in by_day.items() if first <= day <= today), Decimal(0))
    usual = _usual_day(by_day, today)
    left = (last - today).days + (today not in by_day)
    return Month(first, last, spent, usual, None if usual is None else spent + usual * left)


def daily(runs: Sequence[RunCost]) -> dict[date, Decimal]:
    """Dollars by the day that runs began."""
    found: dict[date, Decimal] = defaultdict(Decimal)
    for one in runs:
        found[one.day] += one.dollars
    return dict(found)


def _usual_day(by_day: dict[date, Decimal], today: date) -> Decimal | None:
    """The middle of the days before today, since there are bills; a backfill among them moves it little."""
    before = [day for day in by_day if day < today]
    if not before:
        return None
    since = max(min(before), today - timedelta(days=USUAL_DAYS))
    days = [since + timedelta(days=at) for at in range((today - since).days)]
    return Decimal(median([by_day.get(day, Decimal(0)) for day in days]))
