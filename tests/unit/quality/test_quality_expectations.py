"""Great Expectations and our own bounds: one verdict, whatever was found."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from spark_app.contracts.table import Severity, Threshold
from spark_app.quality.expectations import broken, validate
from spark_app.quality.profile import Finding


def finding(
    rule: str, value: float, threshold: Threshold | None, severity: Severity = "error", rows: int | None = None
) -> Finding:
    return Finding("gold.t", rule, "accuracy", severity, 100, rows, value, threshold, "what is expected")


NUMBERS = st.one_of(
    st.integers(-3, 3).map(float),
    st.sampled_from([0.1 + 0.2, 0.3, 1e-12, -1e-12, 99.99, 100.0, 1e15, 1e15 + 1]),
    st.floats(-1e9, 1e9, allow_nan=False),
)


@st.composite
def findings(draw: st.DrawFn) -> list[Finding]:
    """Of a table each: a count of broken rows without a bound, or a value with a bound on one side or both."""
    made = []
    for at in range(draw(st.integers(1, 12))):
        if draw(st.booleans()):
            rows = draw(st.integers(0, 3))
            made.append(finding(f"rule {at}", float(rows), None, draw(st.sampled_from(["error", "warning"])), rows))
            continue
        low, high = draw(st.tuples(st.none() | NUMBERS, st.none() | NUMBERS).filter(lambda two: two != (None, None)))
        if low is not None and high is not None and low > high:
            low, high = high, low
        on_bound = st.sampled_from([one for one in (low, high) if one is not None])
        made.append(finding(f"rule {at}", draw(NUMBERS | on_bound), Threshold(low, high, "rows")))
    return made


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(found=findings())
def test_both_judges_agree_on_whatever_was_found(tmp_path: Path, found: Sequence[Finding]) -> None:
    outcome = validate(found, tmp_path)
    assert outcome == {(one.table, one.rule): one.passed for one in found}
    assert broken(found, outcome) == ([one for one in found if not one.passed], [])


def test_a_bound_itself_holds_and_what_is_beyond_it_does_not(tmp_path: Path) -> None:
    at_most, at_least = Threshold(None, 3, "percent"), Threshold(2, None, "rows")
    found = [finding("at most", 3.0, at_most), finding("more", math.nextafter(3.0, 4.0), at_most)]
    found += [finding("at least", 2.0, at_least), finding("less", math.nextafter(2.0, 1.0), at_least)]
    outcome = validate(found, tmp_path)
    assert [outcome["gold.t", one.rule] for one in found] == [True, False, True, False]


def test_a_value_that_is_no_number_fails_and_is_told(tmp_path: Path) -> None:
    """Great Expectations passes over what is missing; that must not release anything."""
    found = [
        finding("not a number", math.nan, Threshold(None, 3, "rows")),
        finding("fine", 1.0, Threshold(0, 3, "rows")),
    ]
    failed, differing = broken(found, validate(found, tmp_path))
    assert [one.rule for one in failed] == ["not a number"]
    assert differing == [
        "gold.t: not a number: holds for Great Expectations, does not hold by its bounds (found nan): taken as failed"
    ]


@pytest.mark.parametrize(("verdict", "said"), [(False, "does not hold"), (None, "was not judged")])
def test_neither_judge_excuses_what_the_other_refuses(verdict: bool | None, said: str) -> None:
    good = finding("r", 1.0, Threshold(0, 3, "rows"))
    outcome = {} if verdict is None else {("gold.t", "r"): verdict}
    failed, (sentence,) = broken([good], outcome)
    assert failed == [good]
    assert sentence.startswith(f"gold.t: r: {said} for Great Expectations, holds by its bounds")
    bad = replace(good, value=4.0)
    assert broken([bad], {("gold.t", "r"): True})[0] == [bad]
    assert broken([bad], {("gold.t", "r"): False}) == ([bad], [])
