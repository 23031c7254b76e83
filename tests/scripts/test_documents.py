"""What documents name is there: files of the code, and functions in them."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
DOCUMENTS = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
_EXAMPLES = {"spark_app/tables/daily_sellers.py"}  # of how to add a table
# `lake/ledger.py: held` and `lake/ledger.py`; names below spark_app/ unless they are of the project's top.
_NAMED = re.compile(r"`(?P<path>[\w/]+\.py)(?:: (?P<name>\w+))?[`,]")


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_a_file_or_function_that_a_document_names_is_there(document: Path) -> None:
    missing = []
    for found in _NAMED.finditer(document.read_text()):
        path, name = found["path"], found["name"]
        place = next((top / path for top in (ROOT, ROOT / "spark_app", ROOT / "tests") if (top / path).is_file()), None)
        if place is None:
            missing += [path] if "/" in path and path not in _EXAMPLES else []
        elif name and not re.search(rf"^(?:def |class )?{name}\b", place.read_text(), re.MULTILINE):
            missing.append(f"{path}: {name}")
    assert missing == []
