"""A metric's SQL taken apart into sums and the arithmetic over them."""

from __future__ import annotations

import pytest

from spark_app.contracts.formula import take_apart


@pytest.mark.parametrize(
    ("sql", "parts", "tree"),
    [
        ("SUM(a)", ("SUM(a)",), ["part", 0]),
        ("sum( a )", ("SUM( a )",), ["part", 0]),
        ("SUM(a) * 1.0 / NULLIF(SUM(b), 0)", ("SUM(a)", "SUM(b)"),
         ["/", ["*", ["part", 0], 1.0], ["nullif", ["part", 1], 0]]),
        ("SUM(a) / NULLIF(SUM(b) - SUM(a), 0)", ("SUM(a)", "SUM(b)"),
         ["/", ["part", 0], ["nullif", ["-", ["part", 1], ["part", 0]], 0]]),
        ("(SUM(a) + COUNT(*)) * 2", ("SUM(a)", "COUNT(*)"), ["*", ["+", ["part", 0], ["part", 1]], 2]),
        ("1 - 2 - SUM(a)", ("SUM(a)",), ["-", ["-", 1, 2], ["part", 0]]),
        ("AVG(days * 1.0)", ("SUM(days * 1.0)", "COUNT(days * 1.0)"),
         ["/", ["part", 0], ["nullif", ["part", 1], 0]]),
        ("SUM(CASE WHEN s IN (')', 'SUM(x)') THEN COALESCE(a, 0) END)",
         ("SUM(CASE WHEN s IN (')', 'SUM(x)') THEN COALESCE(a, 0) END)",), ["part", 0]),
    ],
)  # fmt: skip
def test_sums_and_the_arithmetic_between_them(sql, parts, tree):
    assert take_apart(sql) == (parts, tree)


@pytest.mark.parametrize(
    ("sql", "why"),
    [
        ("MAX(a)", "found MAX, expected SUM, COUNT, AVG"),
        ("COUNT(DISTINCT a)", "found DISTINCT"),
        ("SUM(a) > 1", "found 'SUM.a. > 1', expected arithmetic"),
        ("a + SUM(a)", "found 'a', expected arithmetic"),
        ("SUM(a) FILTER (WHERE b)", "expected arithmetic"),
        ("SUM(a) OVER ()", "expected arithmetic"),
        ("'x'", "found ''x'', expected arithmetic"),
        ("(SUM(a)", "a parenthesis is not closed"),
    ],
)
def test_what_cannot_be_added_up_is_refused(sql, why):
    with pytest.raises(ValueError, match=why):
        take_apart(sql)
