"""What is blank in the files of shops: spreadsheets, web pages and copied text bring more than the space bar's.

Every blank of Unicode, wide or without width, and the marks of writing direction: at an end of a value they are never
meant, and two ids that differ in one of them look the same to everybody.
"""

from __future__ import annotations

import re

# Controls (tab, line feed, …, next line), the whole category Zs (no-break, narrow, ideographic, …), the separators of
# lines and paragraphs, then what has no width: zero-width space and joiners, direction marks, word joiner, and the
# byte-order mark where it stands inside a file.
BLANKS = (
    "\t\n\v\f\r\x1c\x1d\x1e\x1f \x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a"
    "\u2028\u2029\u202f\u205f\u3000"
    "\u180e\u200b\u200c\u200d\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2060\u2066\u2067\u2068\u2069\ufeff"
)
# The same as a class of a regular expression, for Python's and Java's alike.
BLANK_CLASS = "[" + "".join(f"\\u{ord(blank):04x}" for blank in BLANKS) + "]"
_INSIDE = re.compile(f"{BLANK_CLASS}+")


def trimmed(text: str) -> str:
    """`text` without blanks at its ends."""
    return text.strip(BLANKS)


def folded(header: str) -> str:
    """A header as headers are compared: no blanks at its ends, one space for any inside, without regard to case."""
    return _INSIDE.sub(" ", trimmed(header)).lower()


def slug(header: str) -> str:
    """A header as a column name: `Order No` -> `order_no`."""
    return re.sub(r"[^a-z0-9]+", "_", folded(header)).strip("_") or "_"
