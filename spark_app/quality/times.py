"""Text to moments and days. A zone that the text or the format names is taken at its word; else the shop's clock holds.

Of an hour that a clock shows twice, the first is taken; an hour that it leaves out is read as if it had not been put
forward yet (02:30 is an hour after 01:30). Java, and so Spark, says the same for both.
"""

from __future__ import annotations

from collections.abc import Sequence

from pyspark.sql import Column
from pyspark.sql import functions as F
from pyspark.sql.types import DataType, TimestampType

from spark_app.contracts.patterns import EPOCHS, Reading, readings
from spark_app.contracts.table import Type
from spark_app.runtime.zones import CLOCKS

_DATE, _TIME = r"\d{4}-\d{2}-\d{2}", r"\d{2}:\d{2}(:\d{2}([.,]\d{1,9})?)?"
_CLOCK = f"{'|'.join(CLOCKS)}|(?:UTC|GMT|UT)[+-]\\d{{1,2}}(?::?\\d{{2}})?"
_OFFSET = r"(Z|UTC|GMT|UT|[+-]\d{1,2}(:?\d{2})?)"
_REGION = r"[A-Za-z]+(/[A-Za-z0-9_+-]+){1,2}"
# One constant of Spark's, not a call for each of its words.
_OFFSETS = f"str_to_map('{','.join(f'{name}={offset}' for name, offset in CLOCKS.items())}', ',', '=')"
_LOCAL = rf"^{_DATE}([T ]{_TIME})?$"
_ZONED = rf"^{_DATE}[T ]{_TIME} ?({_OFFSET}?\[{_REGION}\]|{_OFFSET}|{_CLOCK}|{_REGION})$"
_DIGITS = r"^[+-]?(\d{1,18}([.]\d*)?|\d{1,3}[.]\d+[eE][+]\d{1,2})$"
_YEAR_10000 = 253_402_300_800_000_000  # in microseconds since 1970


def moment(text: Column, formats: Sequence[str], timezone: str) -> Column:
    """`text` as a timestamp; null where it is written in none of the formats (without any: not in ISO 8601)."""
    if not formats:
        return _iso(text, timezone)
    return F.coalesce(*[time for one in formats for time in _moments(text, one, timezone)])


def day(text: Column, formats: Sequence[str], timezone: str) -> Column:
    """`text` as a date: the day as it is written, or the shop's day where a format reads a zone or an epoch."""
    if not formats:
        return F.when(_iso(text, "UTC").isNotNull(), F.substring(text, 1, 10).cast("date"))
    days = []
    for one in formats:
        if one in EPOCHS:
            days.append(shop_day(_epoch(text, EPOCHS[one]), timezone))
        for reading in () if one in EPOCHS else readings(one):
            zoned = reading.reads_zone or reading.offset
            days += [shop_day(time, timezone) if zoned else time.cast("date") for time in _read(text, reading, "UTC")]
    return F.coalesce(*days)


def cast_time(time: Column, given: DataType, kind: Type, timezone: str) -> Column:
    """What an expression gives as time, as `kind` (timestamp or date).

    A timestamp is a moment. A timestamp without zone, and a day (its midnight), are the shop's clock's.
    """
    if kind.name == "date":
        return shop_day(time, timezone) if isinstance(given, TimestampType) else time.cast("date")
    return time if isinstance(given, TimestampType) else local(time.cast("timestamp"), timezone)


def local(time: Column, timezone: str) -> Column:
    """A time or day that names no zone, as the shop's clock showed it, as a moment."""
    return time if timezone == "UTC" else F.to_utc_timestamp(time, timezone)


def shop_day(time: Column, timezone: str) -> Column:
    """The day that a moment has where the shop is."""
    return (time if timezone == "UTC" else F.from_utc_timestamp(time, timezone)).cast("date")


def _moments(text: Column, pattern: str, timezone: str) -> list[Column]:
    if pattern in EPOCHS:
        return [_epoch(text, EPOCHS[pattern])]
    return [time for reading in readings(pattern) for time in _read(text, reading, timezone)]


def _read(text: Column, reading: Reading, timezone: str) -> list[Column]:
    """A pattern reads a text in one way; `z` in two, for of a clock's name Java makes its region, also in July."""
    time = F.try_to_timestamp(text, F.lit(reading.pattern))
    if reading.named is not None:
        return [F.try_to_timestamp(_with_offset(text), F.lit(reading.named)), time]
    if reading.reads_zone:
        return [time]
    return [local(time, reading.offset if reading.offset is not None else timezone)]


def _with_offset(text: Column) -> Column:
    """The name of a clock replaced by what it means: `… 9:30 PM PST` is `… 9:30 PM -08:00`. Null without one."""
    name = F.regexp_extract(text, rf"(?<![A-Za-z/_])({_CLOCK})(?![A-Za-z0-9])", 1)
    hours = F.regexp_replace(F.regexp_replace(name, "^[A-Z]+", ""), r"^([+-])(\d)(?!\d)", "$10$2")
    minutes = F.regexp_replace(hours, r"^([+-]\d{2}):?(\d{2})?$", "$1:$2")
    offset = F.coalesce(F.element_at(F.expr(_OFFSETS), name), F.rpad(minutes, 6, "0"))
    return F.when(name != "", F.replace(text, name, offset))


def _iso(text: Column, timezone: str) -> Column:
    """ISO 8601 days and times. Spark alone would also take '2017' or '2017-1-1T': here a date is a whole date."""
    plain = F.replace(text, F.lit(","), F.lit("."))
    here = F.when(text.rlike(_LOCAL), local(plain.cast("timestamp"), timezone))
    # Spark wants seconds before a zone. A region behind an offset adds nothing; alone, it stands behind a blank.
    whole = F.regexp_replace(plain, r"^(.{10}.\d{2}:\d{2})(?!:)", "$1:00")
    bare = F.regexp_replace(whole, rf"(Z|[+-]\d{{1,2}}(:?\d{{2}})?)\[{_REGION}\]$", "$1")
    bare = F.regexp_replace(bare, rf" ?\[?({_REGION})\]?$", " $1")
    return here.when(text.rlike(_ZONED), F.coalesce(_with_offset(bare), bare).cast("timestamp"))


def _epoch(text: Column, units: int) -> Column:
    """Seconds (or parts of them) since 1970 in UTC; what a spreadsheet made of them (1.7092908E+12) too."""
    micros = F.floor(F.when(text.rlike(_DIGITS), text.cast("decimal(38,9)")) * F.lit(1_000_000 // units))
    return F.when(F.abs(micros) < _YEAR_10000, F.timestamp_micros(micros.cast("bigint")))
