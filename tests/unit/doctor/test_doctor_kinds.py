"""What a column's values are, found out by trying."""

from __future__ import annotations

import pytest

from spark_app.doctor.kinds import numbers, times

pytestmark = pytest.mark.core


@pytest.mark.parametrize(
    ("values", "formats", "doubt"),
    [
        (["2024-03-05", "2024-03-05T10:00:00Z"], (), None),
        (["31/12/2024", "01/02/2024"], ("dd/MM/yyyy",), None),
        (["12/31/2024", "01/02/2024"], ("MM/dd/yyyy",), None),
        (["01/02/2024"], ("dd/MM/yyyy",), "MM/dd/yyyy"),
        (["3/5/2024 9:05 PM"], ("M/d/yyyy h:mm a",), "d/M/yyyy h:mm a"),
        (["31.12.2024 10:00", "2024-12-31 10:00"], ("dd.MM.yyyy HH:mm", "yyyy-MM-dd HH:mm"), None),
        (["5 Mar 2024"], ("d MMM yyyy",), None),
        (["01.02.2024"], ("dd.MM.yyyy",), None),
        (["2024/03/05"], ("yyyy/MM/dd",), None),
    ],
)
def test_times_are_found_by_trying(values: list[str], formats: tuple[str, ...], doubt: str | None) -> None:
    found = times(values)
    assert found is not None
    assert (found.formats, found.doubt) == (formats, doubt)


@pytest.mark.parametrize(
    ("values", "written"),
    [
        (["1.50", "2"], (".", "", "")), (["1,234.50"], (".", ",", "")), (["1.234,50"], (",", ".", "")),
        (["1,5", "20,25"], (",", "", "")), (["$1,234.50", "$2.00"], (".", ",", "$")), (["€ 5"], (".", "", "€")),
    ],
)  # fmt: skip
def test_numbers_are_found_by_trying(values: list[str], written: tuple[str, str, str]) -> None:
    found = numbers(values)
    assert found is not None
    assert (found.decimal, found.thousands, found.symbols) == written


def test_what_is_neither_is_neither() -> None:
    assert (times(["soon"]), numbers(["soon"]), times([]), numbers([])) == (None, None, None, None)
