"""What a daily figure should be, from its own past, and how unusual it is: medians, which bad days cannot bend.

The figure is put on a scale where its noise is even (`_scaled`), freed of its weekday, and its line is continued by
Theil and Sen's median of slopes (Sen 1968, doi:10.1080/01621459.1968.10480934; half of the days may be wrong before
it breaks at 29 %). Around that line the noise is 1.4826 times the median absolute deviation, MAD (Leys et al. 2013,
doi:10.1016/j.jesp.2013.03.013). What lies more than `LIMIT` of it away is unusual: 3.5, as Iglewicz and Hoaglin
(1993, How to Detect and Handle Outliers) advise; where many figures of a kind are judged at once, more, so that all
together cry wolf no oftener (Šidák 1967, doi:10.1080/01621459.1967.10482935).
"""

from __future__ import annotations

import math
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

from spark_app.contracts.figures import Kind

Values = NDArray[np.float64]

LIMIT = 3.5
WINDOW = 70  # days looked back on
LEVEL = 28  # the newest of them, whose line is continued
FEWEST = 28  # days of history without which nothing is judged: four of each weekday
_OFTEN = 0.75  # days on which there must have been any money: of a trickle nothing can be said
_NORMAL = 1.4826  # MAD to standard deviation
# Noise is learned of 28 days, and what they are held against (level, slope, weekdays) of the same: their deviation from
# it is too small by √(28/19), and at 19 degrees of freedom Student's t goes 1.2 times as far out at the same risk.
_FEW_DAYS = 1.45
_NORMAL_90 = 1.6449  # of a normal variable, nine of ten are within so many deviations


@dataclass(frozen=True)
class Expected:
    """What was expected of a figure: its middle and the bounds beyond which it is unusual; `score` is signed."""

    middle: float
    low: float
    high: float
    score: float


def limit_for(figures: int) -> float:
    """The limit for each of so many figures that all together exceed theirs as rarely as one does `LIMIT`."""
    once = 2 * (1 - NormalDist().cdf(LIMIT))
    each = 1 - (1 - once) ** (1 / max(figures, 1))
    return NormalDist().inv_cdf(1 - each / 2)


def expect_without_season(kind: Kind, past: Sequence[float], found: float, limit: float = LIMIT) -> Expected:
    """What earlier figures (not days: of some runs, say) expect of the next: their median, and MAD around it."""
    line = _scaled(kind, np.asarray(past, dtype=float))
    middle = _middle(line)
    return _bounded(kind, middle, np.abs(line - middle), found, 1.0, limit)


def expect_next(
    kind: Kind, past: Sequence[float], found: float, rows: float = 1.0, limit: float = LIMIT
) -> Expected | None:
    """What `past` (one figure a day, the newest last; NaN where there is none) expects of the next day's.

    `rows`: rows a share is taken over. None where there is too little past, or too little in it, to say.
    """
    values = np.asarray(past, dtype=float)[-WINDOW:]
    known = np.isfinite(values)
    if known.sum() < FEWEST or (kind == "amount" and (values[known] > 0).mean() < _OFTEN):
        return None
    line = _scaled(kind, values)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # of a week without any value: its median is none
        plain, season = _without_weekday(line)
    middle, away = _continued(plain[-LEVEL:])
    return _bounded(kind, middle + season, away, found, rows, limit)


def _bounded(kind: Kind, middle: float, away: Values, found: float, rows: float, limit: float) -> Expected:
    # The tenth of the days that lies farthest out: money has them, and their like is not unusual.
    noise = max(_NORMAL * float(np.median(away)), float(np.quantile(away, 0.9)) / _NORMAL_90)
    noise = max(_FEW_DAYS * noise, _least_noise(kind, middle, rows))
    low, high = (_unscaled(kind, middle + sign * limit * noise) for sign in (-1, 1))
    score = (float(_scaled(kind, np.asarray([found]))[0]) - middle) / noise
    return Expected(_unscaled(kind, middle), low, high, score)


def _without_weekday(line: Values) -> tuple[Values, float]:
    """The line without its weekdays' own part, and that part for the day after its last."""
    size = len(line)
    padded = np.pad(line, 3, constant_values=np.nan)
    away = line - np.nanmedian(np.lib.stride_tricks.sliding_window_view(padded, 7), axis=1)
    weekday = (np.arange(size) - size) % 7  # 0: that of the day after the last
    part = np.array([_middle(away[weekday == day]) for day in range(7)])
    return line - part[weekday], float(part[0])


def _middle(values: Values) -> float:
    known = values[np.isfinite(values)]
    return float(np.median(known)) if known.size else 0.0


def _continued(recent: Values) -> tuple[float, Values]:
    """The recent line continued by a day, and how far from it each day was."""
    at = np.arange(len(recent), dtype=float) - len(recent)
    known = np.isfinite(recent)
    at, recent = at[known], recent[known]
    if len(at) < 2:
        return (float(recent[0]) if len(at) else 0.0), np.zeros(1)
    first, second = np.triu_indices(len(at), 1)
    slope = float(np.median((recent[second] - recent[first]) / (at[second] - at[first])))
    middle = float(np.median(recent - slope * at))
    return middle, np.abs(recent - slope * at - middle)


def _least_noise(kind: Kind, middle: float, rows: float) -> float:
    """Chance alone moves a figure by this much: the past of a quiet one may show less."""
    if kind == "count":
        return 0.5
    if kind == "share":
        return 0.5 / math.sqrt(max(rows, 1.0))
    return 0.25 if kind == "time" else max(0.05 * abs(middle), 0.05)


def _scaled(kind: Kind, values: Values) -> Values:
    # count: √, on which a Poisson count has a deviation of 1/2 whatever its size (Anscombe 1948); amount: √ too, its
    # noise learned; share: arcsin √, even for binomial counts; time: log, for durations and delays.
    if kind == "share":
        return np.arcsin(np.sqrt(np.clip(values, 0.0, 1.0)))
    if kind == "time":
        return np.log1p(np.maximum(values, 0.0))
    return np.sqrt(np.maximum(values, 0.0) + (0.375 if kind == "count" else 0.0))


def _unscaled(kind: Kind, at: float) -> float:
    if kind == "share":
        return math.sin(min(max(at, 0.0), math.pi / 2)) ** 2
    if kind == "time":
        return max(math.expm1(at), 0.0)
    return max(max(at, 0.0) ** 2 - (0.375 if kind == "count" else 0.0), 0.0)
