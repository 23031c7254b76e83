"""How the files of a dataset are read, where that is not UTF-8, a header and RFC 4180."""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from encodings.aliases import aliases
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from spark_app.runtime.yaml_lines import nearest

PLAIN_ENDINGS = (".csv", ".tsv", ".jsonl", ".ndjson", ".json", ".parquet", ".xlsx", ".zip")
PACKED_ENDINGS = (".csv.gz", ".tsv.gz", ".jsonl.gz", ".ndjson.gz", ".json.gz")
Place = Annotated[int, Field(strict=True, ge=1)]  # strict: to YAML, Yes is true
Format = Literal["csv", "json", "parquet", "excel"]


class Read(BaseModel):
    """`read:` of a dataset; what it does not say is as in canonical files."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    encoding: str = Field("utf-8", description="any that Python knows: cp1252, utf-16, shift_jis, gb18030")
    quote: str = Field('"', max_length=1, description="the character around fields; empty: none is")
    skip_lines: int = Field(0, ge=0, description="lines before the header (or the data, where there is none)")
    skip_footer: int = Field(0, ge=0, le=1000, description="lines after the data; blank lines at the end do not count")
    header: bool = Field(True, description="whether there is one; without it the dataset's columns are the file's")
    fill_short_rows: bool = Field(
        False, description="rows with fewer fields than the header have blank ones at the end"
    )
    drop_empty_fields: bool = Field(False, description="fields beyond the header, and names at its end, if blank")
    rows: str | None = Field(None, description="JSON: the path of a list whose items are rows each")
    sheet: str | Place | None = Field(None, description="Excel: name or number of the sheet; the first that is seen")
    endings: tuple[str, ...] = Field((), description="more endings of names that are such files: .txt")

    @property
    def as_canonical(self) -> bool:
        """Whether Spark's own reader can read the text as it lies there."""
        return self.model_copy(update={"endings": (), "sheet": None}) == AS_CANONICAL


AS_CANONICAL = Read()


def format_of(name: str) -> Format:
    """What a file is by the ending of its name."""
    bare = name.lower().removesuffix(".gz")
    if bare.endswith((".jsonl", ".ndjson", ".json")):
        return "json"
    if bare.endswith(".xlsx"):
        return "excel"
    return "parquet" if bare.endswith(".parquet") else "csv"


def problems(read: Read) -> Iterator[tuple[str, str]]:
    """(key, what is wrong with its value)."""
    try:
        known = codecs.lookup(read.encoding)
    except LookupError:
        yield "encoding", f"unknown encoding '{read.encoding}'{nearest(read.encoding.lower(), _encodings())}"
    else:
        if not getattr(known, "_is_text_encoding", True):
            yield "encoding", f"'{read.encoding}' is no encoding of text"
    for ending in read.endings:
        if not ending.startswith(".") or "/" in ending:
            yield "endings", f"found '{ending}', expected an ending with its point, as .txt"


def _encodings() -> list[str]:
    return sorted({*aliases.values(), *aliases})
