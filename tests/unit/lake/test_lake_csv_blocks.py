"""A file's text in blocks of lines, of which none is larger than a row may be."""

from __future__ import annotations

import io

from hypothesis import given, settings
from hypothesis import strategies as st

from spark_app.lake import csv_blocks


@settings(max_examples=200, deadline=None, derandomize=True)
@given(st.lists(st.text('ab",', max_size=60), max_size=20), st.integers(1, 50), st.sampled_from(["\n", "\r\n", "\r"]))
def test_lines_that_are_too_large_are_cut_and_no_other(lines: list[str], size: int, ends: str) -> None:
    before = csv_blocks._BLOCK, csv_blocks.LARGEST_ROW, csv_blocks._OF_LONG
    csv_blocks._BLOCK, csv_blocks.LARGEST_ROW, csv_blocks._OF_LONG = size, 40, 5
    cut: dict[int, bool] = {}
    try:
        text = ends.join(["head", *lines, ""])
        found = b"".join(csv_blocks.blocks(io.BytesIO(text.encode()), cut)).decode().replace(ends, "\n").split("\n")
    finally:
        csv_blocks._BLOCK, csv_blocks.LARGEST_ROW, csv_blocks._OF_LONG = before
    for at, (kept, line) in enumerate(zip(found, ["head", *lines, ""], strict=True)):
        assert kept == (line[:5] if at in cut else line)
        assert cut.get(at, False) == (at in cut and line.count('"') % 2 == 1)
        assert at not in cut or len(line) + 1 > 40 - size
