"""A workbook's rows for `lakehouse land --by`: as lines of CSV that are read as the sheet's own cells would be."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from pathlib import Path

from spark_app.contracts.blanks import trimmed
from spark_app.contracts.sources import Dataset
from spark_app.lake.excel_files import read_sheet
from spark_app.lake.unpack import NotReadable
from spark_app.runtime.errors import UsageError

Rows = Iterator[tuple[str, list[str], int]]  # text, all values, number in the sheet


def sheet_rows(path: Path, dataset: Dataset) -> tuple[list[str], str, Rows, list[str]]:
    """Of the sheet that `read` means: the names of its columns, the text before the rows, the rows, the texts behind.

    UsageError where the workbook cannot be read, or holds what a line of CSV cannot say: a formula's error, which is
    told of a workbook that is laid whole.
    """
    read = dataset.read
    try:
        with path.open("rb") as stream:
            sheet, header, rows = read_sheet(stream, path.stat().st_size, dataset)
    except NotReadable as error:
        raise UsageError(f"{path}: {error}; nothing was laid") from None
    if sheet.blanked:
        raise UsageError(
            f"{path}: {sheet.blanked}; nothing was laid",
            hint="mend them in the workbook, or lay it whole into one day, which tells of them in each run: --date",
        )
    line = _Line(path, dataset)
    rows = [(number, _as_wide(values, len(header))) for number, values in rows]
    before = "\n" * read.skip_lines + (line.text(header, 0) if read.header else "")
    last = max(len(rows) - read.skip_footer, 0)
    behind = [line.text(values, number) for number, values in rows[last:]]
    return list(header), before, ((line.text(values, n), values, n) for n, values in rows[:last]), behind


def _as_wide(values: list[str], columns: int) -> list[str]:
    """A sheet is as wide as its widest row: blank cells beyond the header are no fields."""
    beyond = values[columns:] if any(trimmed(one) for one in values[columns:]) else []
    return [*values[:columns], *[""] * (columns - len(values)), *beyond]


class _Line:
    """Writes lines as the dataset's CSVs are read."""

    def __init__(self, path: Path, dataset: Dataset) -> None:
        self._path, self._encoding = path, dataset.read.encoding
        self._text = io.StringIO(newline="")
        quote = dataset.read.quote or None
        self._writer = csv.writer(
            self._text,
            delimiter=dataset.separator,
            quotechar=quote,
            quoting=csv.QUOTE_MINIMAL if quote else csv.QUOTE_NONE,
            lineterminator="\n",
        )

    def text(self, values: Sequence[str], row: int) -> str:
        """A row's line; UsageError where the dataset's files cannot hold it."""
        try:
            self._writer.writerow(values)
            found = self._text.getvalue()
            found.encode(self._encoding)
        except (csv.Error, UnicodeError) as error:
            raise UsageError(
                f"{self._path}: row {row}: cannot stand in a file of this dataset: {error}; nothing was laid"
            ) from None
        self._text.seek(0)
        self._text.truncate()
        return found
