"""What a column's values are: times in which formats, numbers written in which way; found by trying."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache

_ISO = re.compile(r"\d{4}-\d{2}-\d{2}([T ]\d{2}:\d{2}(:\d{2}([.,]\d{1,9})?)?( ?(Z|UTC|GMT|[+-]\d{1,2}(:?\d{2})?))?)?")
_DAYS = (
    "dd/MM/yyyy", "MM/dd/yyyy", "dd.MM.yyyy", "dd-MM-yyyy", "MM-dd-yyyy", "yyyy/MM/dd", "M/d/yyyy", "d/M/yyyy",
    "d.M.yyyy", "d-M-yyyy", "yyyyMMdd", "d MMM yyyy", "MMM d, yyyy", "MMM d yyyy", "dd/MM/yy", "M/d/yy",
)  # fmt: skip
_CLOCKS = ("", " HH:mm", " HH:mm:ss", "'T'HH:mm:ss", " H:mm", " H:mm:ss", " h:mm a", " h:mm:ss a")
_PARTS = {
    "yyyy": r"(?P<y>\d{4})", "yy": r"(?P<y>\d{2})", "MMM": r"(?P<b>[A-Z][a-z]{2})", "MM": r"(?P<m>\d{2})",
    "M": r"(?P<m>\d{1,2})", "dd": r"(?P<d>\d{2})", "d": r"(?P<d>\d{1,2})", "HH": r"(?P<H>\d{2})",
    "H": r"(?P<H>\d{1,2})", "h": r"(?P<I>\d{1,2})", "mm": r"(?P<M>\d{2})", "ss": r"(?P<S>\d{2})",
    "a": r"(?P<p>AM|PM|am|pm)", "'T'": "T",
}  # fmt: skip
_MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
_NUMBER = re.compile(r"[-+]?[^\d\s.,'-]{0,4}\s?[-+]?\d[\d.,' \u00a0\u202f]*\s?[^\d\s.,'-]{0,4}")


@dataclass(frozen=True)
class Times:
    """Formats that read the values; none where they are ISO 8601. `doubt`: another reading that would do as well.

    `unread`: the few that none of them reads.
    """

    formats: tuple[str, ...]
    doubt: str | None = None
    unread: tuple[str, ...] = ()


@dataclass(frozen=True)
class Numbers:
    """How numbers are written. `doubt`: whether 1,234 may be a thousand or a fraction."""

    decimal: str = "."
    thousands: str = ""
    symbols: str = ""
    doubt: bool = False

    @property
    def plain(self) -> bool:
        return (self.decimal, self.thousands, self.symbols) == (".", "", "")


def is_plain_value(text: str) -> bool:
    """Whether it is a number or a time, and so no header."""
    text = text.strip()
    return bool(re.fullmatch(r"[-+]?\d+([.,]\d+)?", text)) or (bool(text) and times([text]) is not None)


def times(values: Sequence[str]) -> Times | None:
    """The fewest formats that read the values, all but a tenth of them; None where there are none."""
    left = {value for value in values if value and not _ISO.fullmatch(value)}
    if not left:
        return Times(()) if any(values) else None
    found: list[str] = []
    doubt = None
    if len(left) < len({value for value in values if value}):
        found.append("")  # some are ISO already
    while left:
        best = max(_formats(), key=lambda one: sum(_reads(one, value) for value in left))
        read = {value for value in left if _reads(best, value)}
        if not read or len(found) > 3:
            break
        doubt = doubt or _other(best, read)
        found.append(best)
        left -= read
    some = {value for value in values if value}
    if len(left) > max(len(some) // 10, 1 if len(some) > 4 else 0) or len(left) == len(some):
        return None
    if "" in found:
        found = [one for one in found if one] + _iso_formats(values)
    return Times(tuple(found), doubt, tuple(sorted(left)))


def numbers(values: Sequence[str]) -> Numbers | None:
    """How these values are written, if they are numbers."""
    some = [value for value in values if value]
    if not some or not all(_NUMBER.fullmatch(value) for value in some):
        return None
    symbols = "".join(dict.fromkeys(one for value in some for one in value if not re.match(r"[\d.,'+\-\s]", one)))
    bare = [re.sub(rf"[\s{re.escape(symbols)}]", "", value) for value in some]
    for decimal, thousands in ((".", ""), (".", ","), (",", ""), (",", "."), (".", "'")):
        group = re.escape(thousands)
        whole = rf"(\d+|\d{{1,3}}({group}\d{{3}})+)" if thousands else r"\d+"
        if all(re.fullmatch(rf"[-+]?({whole})?({re.escape(decimal)}\d*)?", one) for one in bare):
            spaced = any(re.search(r"\d\s\d", value) for value in some)
            doubt = all(re.fullmatch(r"[-+]?\d{1,3}[.,]\d{3}", one) for one in bare) and bool(bare)
            return Numbers(decimal, " " if spaced and not thousands else thousands, symbols, doubt)
    return None


@cache
def _formats() -> tuple[str, ...]:
    return tuple(day + clock for day in _DAYS for clock in _CLOCKS)


@cache
def _pattern(pattern: str) -> re.Pattern[str]:
    parts = re.findall(r"'T'|y+|M+|d+|H+|h|m+|s+|a|.", pattern)
    return re.compile("".join(_PARTS.get(part, re.escape(part)) for part in parts))


def _reads(pattern: str, value: str) -> bool:
    found = _pattern(pattern).fullmatch(value)
    if found is None:
        return False
    part = {name: given for name, given in found.groupdict().items() if given is not None}
    month = _MONTHS.index(part["b"]) + 1 if part.get("b") in _MONTHS else int(part.get("m", 0))
    try:
        datetime(int(part["y"]), month, int(part["d"]), int(part.get("H", 0)), int(part.get("M", 0)))
    except ValueError:
        return False
    return "I" not in part or 1 <= int(part["I"]) <= 12


def _other(best: str, read: set[str]) -> str | None:
    """The same with day and month changed about, where that reads them all too."""
    day, month = ("dd", "MM") if "dd" in best else ("d", "M")
    # Behind a year months come first, and between points days, wherever dates are written so.
    if "MMM" in best or best.startswith("yyyy") or not re.search(r"[/-]", best):
        return None
    other = best.replace(day, "\0", 1).replace(month, day, 1).replace("\0", month)
    return other if other != best and all(_reads(other, value) for value in read) else None


def _iso_formats(values: Sequence[str]) -> list[str]:
    """Of formats only what is listed is read: those of ISO 8601 that stand among the others."""
    day, minute = r"\d{4}-\d{2}-\d{2}", r"\d{2}:\d{2}"
    given = {
        "yyyy-MM-dd": day,
        "yyyy-MM-dd'T'HH:mm:ss": rf"{day}T{minute}:\d{{2}}",
        "yyyy-MM-dd HH:mm:ss": rf"{day} {minute}:\d{{2}}",
        "yyyy-MM-dd HH:mm": rf"{day} {minute}",
        "yyyy-MM-dd'T'HH:mm:ssXXX": rf"{day}T{minute}:\d{{2}}(Z|[+-]\d\d:\d\d)",
        "yyyy-MM-dd HH:mm:ss Z": rf"{day} {minute}:\d{{2}} [+-]\d{{4}}",
    }
    return [pattern for pattern, regex in given.items() if any(re.fullmatch(regex, value) for value in values)]
