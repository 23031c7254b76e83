"""The bound of a `quality` entry: how much breaking of its rule is borne."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from open_data_contract_standard.model import DataQuality

from spark_app.contracts.table import Threshold, Unit
from spark_app.runtime.yaml_lines import Document, Where

BOUNDS = ("mustBe", "mustBeBetween", "mustBeLessOrEqualTo", "mustBeGreaterOrEqualTo")
UNUSED = ("mustNotBe", "mustNotBeBetween", "mustBeGreaterThan", "mustBeLessThan")
NONE_BROKEN = Threshold(None, 0, "rows")


def unfold_bounds(document: Document, where: Where, quality: DataQuality) -> DataQuality:
    """The entry with its check and the bounds inside its `implementation` moved to where a metric has them.

    The standard's schema knows bounds beside a metric only; a custom entry's stand in its `implementation`:
    `{check: daysBehind, mustBeLessOrEqualTo: 3}`.
    """
    inner = quality.implementation
    if not isinstance(inner, dict):
        return quality
    for word in inner:
        if word not in ("check", *BOUNDS):
            raise document.unknown((*where, "implementation", word), word, ("check", *BOUNDS), "key")
    bounds = {word: value for word, value in inner.items() if word != "check"}
    return quality.model_copy(update={**bounds, "implementation": inner.get("check")})


def threshold_of(document: Document, where: Where, quality: DataQuality, severity: str, unit: Unit) -> Threshold | None:
    """What an unfolded entry bears; without a bound an error-level entry bears nothing, a warning all."""
    for unused in UNUSED:
        if getattr(quality, unused) is not None:
            raise document.unknown((*where, unused), unused, BOUNDS, "bound")
    low = _number(document, where, "mustBeGreaterOrEqualTo", quality.mustBeGreaterOrEqualTo)
    high = _number(document, where, "mustBeLessOrEqualTo", quality.mustBeLessOrEqualTo)
    if quality.mustBe is not None:
        low = high = _number(document, where, "mustBe", quality.mustBe)
    if quality.mustBeBetween is not None:
        low, high = _both(document, where, quality.mustBeBetween)
    # The standard wants a bound beside every metric; `mustBe: 0` says what an entry without one says here.
    no_row = low == high == 0 and quality.metric != "rowCount"
    if no_row or (low is None and high is None):
        return NONE_BROKEN if severity == "error" else None
    return Threshold(low, high, unit)


def _both(document: Document, where: Where, value: object) -> tuple[float | None, float | None]:
    if not isinstance(value, list) or len(value) != 2:
        raise document.fail((*where, "mustBeBetween"), f"expected two numbers, found {value!r}")
    low, high = (_number(document, where, "mustBeBetween", item) for item in value)
    return low, high


def valid_word(document: Document, where: Where, field: str, found: str | None, valid: Sequence[Any]) -> Any:
    """What an entry says in a field, one of the valid words."""
    if found not in valid:
        if found is None:
            raise document.fail(where, f"a rule needs a {field}: one of {', '.join(valid)}")
        raise document.unknown((*where, field), found, valid, field)
    return found


def _number(document: Document, where: Where, bound: str, value: object) -> float | None:
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float):
        # The line of a bound inside `implementation` is that of the entry, which is one line anyway.
        raise document.fail((*where, bound), f"expected a number, found {value!r}")
    return float(value)
