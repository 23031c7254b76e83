"""Text to typed values. Nothing is guessed and nothing rounded: what does not fit exactly is null, and so a reason."""

from __future__ import annotations

import re

from pyspark.sql import Column
from pyspark.sql import functions as F

from spark_app.contracts.blanks import BLANK_CLASS, BLANKS
from spark_app.contracts.mapping import ColumnMap, NumberFormat
from spark_app.contracts.table import Type
from spark_app.quality.times import day, moment

_PLAIN = NumberFormat()
_DIGITS = {"int": 9, "bigint": 18}
_EXPONENT = r"([eE][+-]?\d{1,2})?"
# What decimal(38,12) would round away.
_TOO_FINE = r"[.]\d{12}\d*[1-9]|[eE]-"


def cast_text(text: Column, kind: Type, mapped: ColumnMap | None, timezone: str) -> Column:
    """`text` (trimmed, null where blank) as `kind`; null where it is no such value."""
    formats = mapped.formats if mapped else ()
    number = (mapped.number if mapped else None) or _PLAIN
    if kind.name == "string":
        return text
    if kind.name == "timestamp":
        return moment(text, formats, timezone)
    if kind.name == "date":
        return day(text, formats, timezone)
    if kind.name == "boolean":
        return F.when(F.lower(text).isin("true", "t", "yes", "y", "1"), F.lit(True)).when(
            F.lower(text).isin("false", "f", "no", "n", "0"), F.lit(False)
        )
    plain = _number(text, number)
    if kind.name == "double":
        return _try(plain, "double")
    usual = _usual(kind)
    if usual is None or number != _PLAIN:
        return _exact(plain, kind)
    # What nearly all numbers are is told by one pattern; to look at each for what it might be takes ten times as long.
    return F.when(text.rlike(usual), _try(text, kind.spark)).otherwise(_exact(plain, kind))


def _usual(kind: Type) -> str | None:
    """Pattern of texts that are exact in this kind by their length alone; None where there is none."""
    if kind.name in _DIGITS:
        return rf"^[+-]?\d{{1,{_DIGITS[kind.name]}}}$"
    if kind.name == "decimal" and 0 < kind.scale < kind.precision:
        return rf"^[+-]?\d{{1,{kind.precision - kind.scale}}}([.]\d{{0,{kind.scale}}})?$"
    return None


def _number(text: Column, number: NumberFormat) -> Column:
    """Digits with a point, null where `text` is not written as the format says: 1.234,56 is not 1,234.56."""
    point = re.escape(number.decimal)
    # A blank between groups may be any: files mix the space bar's with no-break and narrow ones.
    group = BLANK_CLASS if number.thousands in set(BLANKS) else re.escape(number.thousands)
    bare = F.regexp_replace(text, f"[{re.escape(number.symbols)}{BLANK_CLASS}]", "") if number.symbols else text
    whole = rf"(\d+|\d{{1,3}}({group}\d{{3}})+)" if number.thousands else r"\d+"
    written = bare.rlike(rf"^[+-]?({whole}({point}\d*)?|{point}\d+){_EXPONENT}$")
    plain = F.regexp_replace(bare, group, "") if number.thousands else bare
    if number.decimal != ".":
        plain = F.regexp_replace(plain, point, ".")
    return F.when(written, plain)


def _exact(plain: Column, kind: Type) -> Column:
    """Whole numbers and decimals without rounding: 1.5 is no int, 0.005 no amount of cents."""
    wide = F.when(~plain.rlike(_TOO_FINE), _try(plain, "decimal(38,12)"))
    narrow = _try(wide, kind.spark)
    return F.when(narrow.cast("decimal(38,12)") == wide, narrow)


def _try(value: Column, kind: str) -> Column:
    # The session's ANSI mode is off everywhere (runtime.session): a cast that fails is null, not an error.
    return value.cast(kind)
