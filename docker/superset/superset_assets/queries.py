"""The guide's worked queries: a heading, words, and SQL, read from docs/guide so that Superset saves the same ones."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

GUIDE = Path(__file__).resolve().parents[3] / "docs" / "guide"
PAGES = ("questions.md", "queries.md")
_SECTION = re.compile(r"^## (?P<title>.+?)\n(?P<text>.*?)```sql\n(?P<sql>.*?)```", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class WorkedQuery:
    """One query of the guide; `text` is the paragraph before it."""

    name: str
    title: str
    text: str
    sql: str


def worked_queries(folder: Path | None = None) -> list[WorkedQuery]:
    """Every query of the guide, in its order. Sections without SQL are left out."""
    found = []
    for page in PAGES:
        path = (folder or GUIDE) / page
        for section in re.split(r"^(?=## )", path.read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]:
            match = _SECTION.match(section)
            if match:
                name = f"{path.stem}-{_slug(match['title'])}"
                found.append(WorkedQuery(name, _plain(match["title"]), " ".join(match["text"].split()), match["sql"]))
    return found


def _plain(title: str) -> str:
    return re.sub(r"^\d+\. ", "", title)


def _slug(title: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", _plain(title).lower()).strip("-")
