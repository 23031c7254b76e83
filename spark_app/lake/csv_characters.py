"""Bytes that stand for no character of any text: zero bytes, Unicode's non-characters, halves of surrogate pairs.

Readers disagree about them: Spark's drops a zero byte before a quote, Redshift refuses it, and non-characters mark the
ends of ranges in other programs. They come of a dying disk or a wrong conversion: the row is not what the shop wrote.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

# U+FDD0 to U+FDEF, U+FFFE and U+FFFF, the last two of each further plane, and surrogates that stand alone. (A pair of
# them, as some databases export an emoji, is bytes that are not UTF-8 and is judged as such.)
_NONE = re.compile(
    rb"\0|\xef\xb7[\x90-\xaf]|\xef\xbf[\xbe\xbf]|[\xf0-\xf4][\x8f\x9f\xaf\xbf]\xbf[\xbe\xbf]"
    rb"|\xed[\xa0-\xaf][\x80-\xbf](?!\xed[\xb0-\xbf])|(?<!\xed[\xa0-\xaf][\x80-\xbf])\xed[\xb0-\xbf][\x80-\xbf]"
)
_SURROGATE = re.compile(rb"\xed[\xa0-\xbf]")


def places(text: bytes) -> Iterator[tuple[int, str]]:
    """Where such bytes stand in a text, each with what it is in words."""
    if _may_hold(text):
        for found in _NONE.finditer(text):
            yield found.start(), _named(found[0])


def first(text: bytes) -> str | None:
    """What the first of them is; None where there is none."""
    return next((what for _, what in places(text)), None)


def _may_hold(text: bytes) -> bool:
    """A quick look, which costs less than a tenth of a second a gigabyte."""
    if b"\0" in text:
        return True
    if text.isascii():
        return False
    # Of bytes that are rare in texts first: a search for one byte is the quickest there is.
    if b"\xef" in text and b"\xef\xb7" in text:
        return True
    if b"\xbf" in text and (b"\xbf\xbe" in text or b"\xbf\xbf" in text):
        return True
    return b"\xed" in text and bool(_SURROGATE.search(text))


def _named(found: bytes) -> str:
    if found == b"\0":
        return "a zero byte"
    code = ord(found.decode("utf-8", "surrogatepass"))
    return f"{'half of a surrogate pair' if 0xD800 <= code <= 0xDFFF else 'a non-character'} (U+{code:04X})"
