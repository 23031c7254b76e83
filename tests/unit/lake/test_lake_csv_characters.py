"""Bytes of no text: which are, and which look like them and are honest."""

from __future__ import annotations

import pytest

from spark_app.lake.csv_characters import first, places


@pytest.mark.parametrize(
    ("text", "what"),
    [
        (b"a\0b", "a zero byte"),
        ("a\ufdd0".encode(), "a non-character (U+FDD0)"),
        ("\ufdef,".encode(), "a non-character (U+FDEF)"),
        ("\ufffe".encode(), "a non-character (U+FFFE)"),
        ("\U0001fffe".encode(), "a non-character (U+1FFFE)"),
        ("\U000affff".encode(), "a non-character (U+AFFFF)"),
        ("\U0010ffff".encode(), "a non-character (U+10FFFF)"),
        (b"\xed\xa0\xbd!", "half of a surrogate pair (U+D83D)"),
        (b"!\xed\xb8\x80", "half of a surrogate pair (U+DE00)"),
    ],
)
def test_bytes_of_no_text_are_named(text: bytes, what: str) -> None:
    assert first(b"x" * 10 + text) == what


@pytest.mark.parametrize(
    "text",
    [
        b"\x01\x02\x1a\x7f",
        "Käthe, ½ — \ufffd \ufdcf \ufdf0 \ufeff \uffef 😀 한국어 \ud7ff \ue000".encode(),
        b"caf\xe9 \xff\xfe",
        b"\xed\xa0\xbd\xed\xb8\x80",  # a pair, as some databases export an emoji: not UTF-8, and judged as that
        "\U0001fffd \U0010fffd".encode(),
    ],
)
def test_honest_ones_are_not(text: bytes) -> None:
    assert list(places(text)) == []
