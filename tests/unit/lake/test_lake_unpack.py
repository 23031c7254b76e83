"""A file's text while it is unpacked: whole, measured, and never more of it than was asked for."""

from __future__ import annotations

import gzip
import tracemalloc
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spark_app.lake import unpack
from spark_app.lake.landing import LandedFile
from spark_app.lake.unpack import Text, TooMuchText, text_of
from spark_app.runtime.settings import S3Settings


def landed(folder: Path, content: bytes, name: str = "a.csv.gz") -> LandedFile:
    path = folder / name
    path.write_bytes(content)
    return LandedFile("lines", date(2024, 3, 5), f"lines/dt=2024-03-05/{name}", str(path), len(content), "")


def read(file: LandedFile) -> int:
    """All of it; how many bytes of text."""
    total = 0
    with text_of(file, S3Settings()) as text:
        while data := text.read(1024**2):
            total += len(data)
    return total


@settings(max_examples=100, deadline=None, derandomize=True)
@given(st.lists(st.binary(min_size=1, max_size=20)), st.integers(1, 30), st.integers(0, 30))
def test_what_was_looked_at_first_is_still_to_be_read(parts: list[bytes], size: int, head: int) -> None:
    text, whole = Text(iter(parts)), b"".join(parts)
    assert text.head(head) == whole[:head]
    found = b""
    while data := text.read(size):
        assert len(data) == min(size, len(whole) - len(found))
        found += data
    assert found == whole


@pytest.mark.parametrize("cut", [1, 4, 8, 9, 20])
def test_a_gzip_without_its_end_is_not_whole(tmp_path: Path, cut: int) -> None:
    with pytest.raises(EOFError):
        read(landed(tmp_path, gzip.compress(b"a,b\n" * 100)[:-cut]))


@pytest.mark.parametrize("behind", [b"\0", b"\0" * 2000, b"more", b"\x1f", gzip.compress(b"x", mtime=0)[:-1]])
def test_bytes_behind_its_end_are_not_passed_over(tmp_path: Path, behind: bytes) -> None:
    with pytest.raises((gzip.BadGzipFile, EOFError)):
        read(landed(tmp_path, gzip.compress(b"a,b\n" * 100) + behind))


def test_parts_behind_one_another_are_one_text(tmp_path: Path) -> None:
    parts = [b"a" * 300_000, b"", b"b" * 7, b""]
    assert read(landed(tmp_path, b"".join(map(gzip.compress, parts)))) == 300_007


def test_a_bomb_is_left_early_and_held_nowhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(unpack, "ALWAYS_UNPACKED", 4 * 1024**2)
    bomb = landed(tmp_path, gzip.compress(b"\0" * 200_000_000))
    tracemalloc.start()
    try:
        with pytest.raises(TooMuchText, match="times its size; expected at most 100 times"):
            read(bomb)
        assert tracemalloc.get_traced_memory()[1] < 20 * 1024**2
    finally:
        tracemalloc.stop()


def test_what_packs_well_is_read_where_it_is_not_much(tmp_path: Path) -> None:
    assert read(landed(tmp_path, gzip.compress(b"O-1,5.00\n" * 1_000_000))) == 9_000_000
