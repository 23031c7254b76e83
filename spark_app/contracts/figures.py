"""What kinds of figures are watched, and how people read them: the same in a message and on a page."""

from __future__ import annotations

import math
from typing import Literal

# count: of rows or things; amount: of money, or a sum of anything; share: of 1; time: hours.
Kind = Literal["count", "amount", "share", "time"]


def show_figure(kind: Kind, value: float) -> str:
    """A figure as people read it; a bound that is none is "any"."""
    if not math.isfinite(value):
        return "any"
    if kind == "share":
        return f"{100 * value:.1f} %"
    if kind == "time":
        return f"{value:.1f} h"
    return f"{value:,.0f}" if kind == "count" or value >= 1000 else f"{value:,.2f}"
