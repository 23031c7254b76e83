"""Shops as they are, each in one file of `cases/`: its source, what it landed, and what gold must say of it.

A case is a mapping that a newcomer could write from docs/sources.md. It runs from landing to a release; the columns
that it names of a table must be these, of these rows and no others. To add one, add a file.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import yaml
from pyspark.sql import SparkSession

from tests.support.drops import run_days, table_dicts
from tests.support.mapping import conf_with, proof

pytestmark = pytest.mark.long
CASES = sorted((Path(__file__).parent / "cases").glob("*.yaml"))


@dataclass(frozen=True)
class Case:
    """`landing` is text by path; `expected` rows by table, amounts as text; `passed_over` rows by entity."""

    days: list[str]
    source: str
    landing: dict[str, str]
    expected: dict[str, list[dict[str, Any]]]
    reporting: dict[str, str] | None = None
    encoding: str = "utf-8"
    passed_over: dict[str, int] | None = None


@pytest.mark.parametrize("path", CASES, ids=[path.stem for path in CASES])
def test_gold_says_what_the_shop_would(
    spark: SparkSession, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, path: Path
) -> None:
    case = Case(**yaml.load(path.read_text(encoding="utf-8"), yaml.BaseLoader))
    for name, text in case.landing.items():
        file = tmp_path / "landing" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(text.encode(case.encoding))
    conf = conf_with(tmp_path, case.source)
    if case.reporting:
        with (conf / "local.yaml").open("a", encoding="utf-8") as local:
            local.write(yaml.safe_dump({"reporting": case.reporting}))
    monkeypatch.setenv("LAKEHOUSE_CONF", str(conf))
    run_days(tmp_path, *case.days, source="shop", allow_missing=False)
    for table, rows in case.expected.items():
        assert _like(table_dicts(tmp_path, table), rows) == rows, table
    assert not table_dicts(tmp_path, "silver.quarantine")
    for entity, expected in (case.passed_over or {}).items():
        assert sum(counts[-1] for counts in proof(tmp_path, entity).values()) == int(expected), entity


def _like(found: list[dict[str, Any]], expected: list[dict[str, Any]]) -> list[dict[str, str]]:
    """What was found, sorted, with each row's columns those of the expected one in its place, as text."""
    ordered = sorted(found, key=lambda row: [_text(row[name]) for name in expected[0]])
    columns = [row.keys() for row in expected] + [expected[0].keys()] * (len(found) - len(expected))
    return [{name: _text(row[name]) for name in names} for names, row in zip(columns, ordered, strict=False)]


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return f"{value:.2f}" if isinstance(value, Decimal) else str(value)
