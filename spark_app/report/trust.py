"""Whether to trust the figures: what was looked at for the release behind them, as a word and its reasons.

Each reason is a sentence made by one function of report/checks.py or report/watched.py, of figures it asks for itself.
To add one: such a function, its place in `CHECKS`, a row in docs/what-the-pages-say.md, and a test with figures that
make it false. What was not looked at is said to be so, and is never a pass.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

from spark_app.report import checks, watched
from spark_app.report.checks import Check
from spark_app.report.data import ReportData

State = Literal["good", "care", "bad"]
_WORST = ("bad", "care", "odd", "good")

CHECKS: tuple[Callable[[ReportData], Sequence[Check]], ...] = (
    checks.failed_runs,
    checks.quiet_days,
    checks.days_not_landed,
    checks.not_taken_in,
    checks.days_without_orders,
    checks.days_without_revenue,
    checks.audit,
    checks.odd_rows,
    watched.figures,
    checks.accounted_for,
    checks.set_aside,
)


@dataclass(frozen=True)
class Trust:
    """`state` is that of the worst check; checks come worst first."""

    checks: tuple[Check, ...]

    @property
    def state(self) -> State:
        found = {check.state for check in self.checks}
        return "bad" if "bad" in found else "care" if "care" in found or not found else "good"

    @property
    def reasons(self) -> tuple[str, ...]:
        """What speaks against the figures, and what is odd."""
        return tuple(check.text for check in self.checks if check.state != "good")

    @property
    def title(self) -> str:
        if not self.checks:
            return "Unknown: nothing was checked"
        if self.state == "good":
            odd = any(check.state == "odd" for check in self.checks)
            return "Yes: what is odd is named here" if odd else "Yes: every check passed"
        return {"care": "With care: not all is as it should be", "bad": "Not yet: something is wrong"}[self.state]


def trust(data: ReportData) -> Trust:
    """Asks every check, the worst first; those that have nothing to say are silent."""
    found = [check for ask in CHECKS for check in ask(data)]
    return Trust(tuple(sorted(found, key=lambda check: _WORST.index(check.state))))
