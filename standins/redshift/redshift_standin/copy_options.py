"""What a COPY asks for."""

from __future__ import annotations

from dataclasses import dataclass

COLUMNAR = ("PARQUET",)


@dataclass(frozen=True)
class Copy:
    """One COPY. Credentials are read over and kept nowhere."""

    table: str
    columns: tuple[str, ...]
    source: str
    format: str = "TEXT"
    manifest: bool = False
    compression: str = ""
    delimiter: str = "|"
    quote: str = '"'
    null_as: str = "\\N"
    skip_lines: int = 0
    max_errors: int = 0
    empty_as_null: bool = False
    blanks_as_null: bool = False
    truncate: bool = False
    replace_invalid: str | None = None
    date_format: str = ""
    time_format: str = ""
    fill: bool = False
    skip_blank_lines: bool = False
    escape: bool = False
    remove_quotes: bool = False
    round_decimals: bool = False
    ignore_case: bool = False
    region: str = ""
    authorized: str = ""
    seen: tuple[str, ...] = ()
