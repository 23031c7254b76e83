"""What is set aside, in words: the money at stake beside the rows, in the currency that pages show."""

from __future__ import annotations

from collections.abc import Sequence

from spark_app.lake.aside import Aside
from spark_app.report.numbers import written

# What the money of an entity's rows is of, where people have a word for it.
_OF = {"order_items": " of goods", "payments": " of payments"}


def all_in_words(found: Sequence[Aside], currency: str) -> str:
    """`order_items 7 rows, $1,204.00 of goods; orders 1 unreadable file`; empty where nothing is set aside."""
    return "; ".join(f"{one.entity} {in_words(one, currency)}" for one in found)


def in_words(one: Aside, currency: str) -> str:
    """`7 rows, $1,204.00 of goods`, `2 rows, at least $9.00 of payments`, `1 unreadable file, of unknown money`."""
    parts = [_plural(one.files, "unreadable file")] if one.files else []
    parts += [_plural(one.rows, "row")] if one.rows else []
    what = " and ".join(parts)
    return f"{what}, {money_in_words(one, currency)}" if one.has_money else what


def money_in_words(one: Aside, currency: str) -> str:
    """The money alone: `at least` where there is more that is not known."""
    if one.unpriced and not one.amount:
        return "of unknown money"
    least = "at least " if one.unpriced else ""
    return f"{least}{written(one.amount, 'money', currency, exact=True)}{_OF.get(one.entity, '')}"


def _plural(count: int, noun: str) -> str:
    return f"{count:,} {noun}{'' if count == 1 else 's'}"
