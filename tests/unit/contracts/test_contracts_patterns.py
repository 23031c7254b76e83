"""A datetime pattern in its pieces, and as the readings that say whether a text has named its zone."""

from __future__ import annotations

import pytest

from spark_app.contracts.patterns import Reading, parts, readings, sections


def test_pieces_in_their_order_each_with_its_place() -> None:
    found = [(part.kind, part.text, part.at) for part in parts("yyyy-MM['T'HH]")]
    assert found == [
        ("letters", "yyyy", 0),
        ("text", "-", 4),
        ("letters", "MM", 5),
        ("open", "[", 7),
        ("quoted", "'T'", 8),
        ("letters", "HH", 11),
        ("close", "]", 13),
    ]


def test_only_the_outermost_sections() -> None:
    pieces = parts("a[b[c]]d[e]")
    assert ["".join(part.text for part in pieces[a : b + 1]) for a, b in sections(pieces)] == ["[b[c]]", "[e]"]


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("yyyy-MM-dd HH:mm:ss", [Reading("yyyy-MM-dd HH:mm:ss", False)]),
        ("HH:mmXXX", [Reading("HH:mmXXX", True)]),
        ("HH:mm[XXX]", [Reading("HH:mmXXX", True), Reading("HH:mm", False)]),
        ("HH:mm'Z'", [Reading("HH:mm'Z'", False, "+00:00")]),
        ("HH:mm z", [Reading("HH:mm z", True, named="HH:mm XXX")]),
        ("yyyy'Z'", [Reading("yyyy'Z'", False)]),  # a text before any time names no zone
    ],
)
def test_a_choice_of_zone_or_none_is_two_readings(pattern: str, expected: list[Reading]) -> None:
    assert list(readings(pattern)) == expected
