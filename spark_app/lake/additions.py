"""Days that only got more files: what bronze holds of them stays, and the new files come to it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from spark_app.lake import ledger
from spark_app.lake.landing import LandedFile
from spark_app.lake.paths import Lake


@dataclass(frozen=True)
class Addition:
    """A day's new files, and the ledger's entries of those that bronze holds."""

    files: Sequence[LandedFile]
    entries: Sequence[Mapping[str, Any]]

    @property
    def rows(self) -> int:
        """Counted in the files that bronze holds."""
        return sum(int(entry["rows"]) for entry in self.entries)


def find_additions(lake: Lake, dataset: str, landed: Mapping[date, Sequence[LandedFile]]) -> dict[date, Addition]:
    """Those of the days of which all that was taken in lies in landing as it lay then, beside new files."""
    found = {}
    for day, entries in ledger.entries(lake, dataset, landed).items():
        known = {(entry["file"], entry["size"], entry["checksum"]) for entry in entries}
        new = [file for file in landed[day] if (file.name, file.size, file.checksum) not in known]
        kept = len(landed[day]) - len(new)
        if new and kept == len(entries) and all(entry["rows"] is not None for entry in entries):
            found[day] = Addition(new, entries)
    return found
