"""Datetime patterns letter by letter, before Spark sees them."""

from __future__ import annotations

import pytest

from spark_app.contracts.pattern_check import find_pattern_problems
from spark_app.contracts.patterns import Reading, readings

GOOD = [
    "yyyy-MM-dd", "dd/MM/yyyy HH:mm", "d/M/yy", "MMM d, yyyy h:mm:ss a z", "yyyy-MM-dd'T'HH:mm:ss[.SSS][XXX]",
    "yyyy-MM-dd HH:mm:ss.SSSSSS", "yyyyMMddHHmmss", "yyyy-DDD", "dd MMMM yyyy 'o''clock' HH", "yyyy-MM-dd kk:mm",
    "[yyyy-MM-dd][dd/MM/yyyy]", "dd.MM.yyyy HH:mm VV", "yyyy-MM-dd HH:mm O", "MM/yyyy", "K:mm a, dd/MM/yyyy",
    "epoch_seconds", "epoch_millis", "epoch_micros",
]  # fmt: skip
BAD = [
    ("%d/%m/%Y %H:%M", ["'%d'", "'dd'?", "'%H'", "could be 'dd/MM/yyyy HH:mm'"]),
    ("%Y-%m-%dT%H:%M:%S", ["could be 'yyyy-MM-dd'T'HH:mm:ss'"]),
    ("DD/MM/YYYY HH:mm", ["'YYYY' is the year of a week; did you mean 'yyyy'?", "'DD' is the day of the year",
                          "could be 'dd/MM/yyyy HH:mm'"]),
    ("YYYY-MM-DD HH24:MI:SS", ["could be 'yyyy-MM-dd HH:mm:ss'"]),
    ("EEE, dd MMM yyyy", ["'EEE' is a weekday, which cannot be read"]),
    ("ddd dd MMM yyyy", ["'ddd' is a weekday"]),
    ("dd/mm/yyyy", ["'mm' is minutes; did you mean 'MM' for months?"]),
    ("dd.MM.yyyy HH:MM", ["'M' stands twice; did you mean 'mm' for minutes?"]),
    ("dd/MM/yyyy hh:mm", ["'hh' counts to 12", "did you mean 'HH'?"]),
    ("dd/MM/yyyy hh:mm tt", ["'tt' is no letter of a pattern; did you mean 'a'?"]),
    ("yyyy-MM-dd HH:mm:SS", ["'SS' is a fraction of a second; did you mean 'ss'?"]),
    ("yyyy-MM-dd HH:mm:ss.fff", ["did you mean 'SSS'?"]),
    ("yyyy-MM-ddTHH:mm:ss", ["'T' is no letter of a pattern, and text stands in single quotes"]),
    ("yyyy-MM-dd'THH:mm", ["the quote at character 11 does not close"]),
    ("yyyy-MM-dd HH:mm[:ss", ["a '[' is not closed"]),
    ("yyyy-MM-dd HH:mm]:ss", ["']' at character 17 closes no '['"]),
    ("yyyy-MM-dd {HH}", ["'{' must stand in single quotes"]),
    ("MMMMM d yyyy", ["'MMMMM' cannot be; expected M or MM or MMM or MMMM"]),
    ("yyyyyyy-MM-dd", ["expected y to yyyyyy"]),
    ("yyyy-MM-dd V", ["'V' cannot be; expected VV"]),
    ("uuuu-MM-dd", ["'uuuu' cannot be read; did you mean 'yyyy'?"]),
    ("ww yyyy", ["'ww' is a week"]),
    ("HH:mm", ["it names no year"]),
    ("epoch", ["expected epoch_seconds, epoch_millis, epoch_micros"]),
    (" ", ["an empty pattern"]),
]  # fmt: skip


@pytest.mark.parametrize("pattern", GOOD)
def test_what_spark_reads_is_good(pattern: str) -> None:
    assert find_pattern_problems(pattern) == []


@pytest.mark.parametrize(("pattern", "said"), BAD, ids=[pattern for pattern, _ in BAD])
def test_each_letter_that_cannot_be_meant_is_told(pattern: str, said: list[str]) -> None:
    told = "; ".join(find_pattern_problems(pattern))
    assert [part for part in said if part not in told] == []


def test_a_pattern_that_writes_times_may_have_more_letters_and_no_year() -> None:
    assert find_pattern_problems("EEE HH:mm", reading=False) == []
    assert find_pattern_problems("YYYY", reading=False) == [
        "'YYYY' is the year of a week; did you mean 'yyyy'?", "the whole of it could be 'yyyy'"
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("HH:mm z", [Reading("HH:mm z", True, None, "HH:mm XXX")]),
        ("HH:mm'Z'", [Reading("HH:mm'Z'", False, "+00:00")]),
        ("HH:mm 'zZ'", [Reading("HH:mm 'zZ'", False)]),
        ("yyyy-MM-01 HH", [Reading("yyyy-MM-01 HH", False)]),
        ("HH:mm[XXX]", [Reading("HH:mmXXX", True), Reading("HH:mm", False)]),
        ("HH:mm[:ss[ Z]]", [Reading("HH:mm:ss Z", True), Reading("HH:mm:ss", False), Reading("HH:mm", False)]),
        ("HH:mm[:ss]", [Reading("HH:mm[:ss]", False)]),
    ],
)
def test_a_pattern_says_whether_it_reads_a_zone(pattern: str, expected: list[Reading]) -> None:
    assert list(readings(pattern)) == expected
