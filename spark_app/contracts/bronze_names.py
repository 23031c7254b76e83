"""Names of bronze's columns: made of the file's headers, in any script, each header one of its own."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

from spark_app.contracts.blanks import folded, slug

_NONE = "column"  # of a header without a letter


def bronze_names(headers: Sequence[str]) -> dict[str, str]:
    """Header -> name. `Order No` is `order_no`; of two that would be alike the later says by what it differs:
    `Price ($)` is `price`, `Price (€)` behind it `price_20ac`. Letters that are not Latin stay: `注文番号`.
    """
    names: dict[str, str] = {}
    for header in headers:
        name = _name(header)
        if name in names.values():
            name = f"{name}_{_marks(header)}".rstrip("_")
        number, unique = 2, name
        while unique in names.values():
            number, unique = number + 1, f"{name}_{number}"
        names[header] = unique
    return names


def _name(header: str) -> str:
    """Latin headers as they ever were; of another script with its letters, which stand in backticks in SQL."""
    if all(_is_latin(one) for one in header if one.isalpha()):
        found = slug(header)
    else:
        found = re.sub(r"[^\w]+", "_", folded(header)).strip("_")
    return found if found.strip("_") else _NONE


def _is_latin(letter: str) -> bool:
    return letter.isascii() or unicodedata.name(letter, "").startswith("LATIN")


def _marks(header: str) -> str:
    """What a name leaves out of its header, as code points; brackets around it and blanks say nothing."""
    return "_".join(f"{ord(one):x}" for one in folded(header) if not re.match(r"[\w\s()\[\]{}.,:;/-]", one, re.ASCII))
