"""Java's regular expressions, before Java."""

from __future__ import annotations

import pytest

from spark_app.contracts.regex_check import regex_problem


@pytest.mark.parametrize(
    "pattern", [r"\p{Lu}+", r"(?<name>a)\k<name>", r"\Q[\E", r"a++b*+", r"[a-z&&[^b]]", r"\h+", r"(?i)x"]
)
def test_javas_own_regular_expressions_pass(pattern: str) -> None:
    assert regex_problem(pattern) is None


@pytest.mark.parametrize("pattern", ["(", ")", "[a", "a**", "*", "[z-a]"])
def test_broken_regular_expressions_are_told(pattern: str) -> None:
    assert (regex_problem(pattern) or "").startswith("no regular expression: ")
