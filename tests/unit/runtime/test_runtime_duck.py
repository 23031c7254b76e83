"""DuckDB in UTC, everywhere: there is one place that opens it."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
from deltalake import DeltaTable, write_deltalake

from spark_app.runtime import duck

ROOT = Path(__file__).resolve().parents[3]
HOME = "spark_app/runtime/duck.py"
# Whatever of the module runs SQL, or opens a database to run it in.
OPENS = {"connect", "sql", "query", "execute", "query_df", "from_query", "default_connection", "read_csv", "read_json"}
IN_TOKYO = """
from spark_app.runtime import duck
with duck.connect() as one:
    print(one.execute("SELECT current_setting('TimeZone'), TIMESTAMPTZ '2024-03-01 23:30:00+00' ::DATE").fetchone())
"""


def test_days_are_those_of_utc_whatever_the_machine_says() -> None:
    asked = [sys.executable, "-c", IN_TOKYO]
    done = subprocess.run(asked, capture_output=True, text=True, check=True, env={**os.environ, "TZ": "Asia/Tokyo"})
    assert done.stdout.strip() == "('UTC', datetime.date(2024, 3, 1))"


def test_nobody_else_opens_duckdb() -> None:
    sources = [
        path for name in ("spark_app", "docker", "dags", "tools", "benchmarks") for path in (ROOT / name).rglob("*.py")
    ]
    assert ROOT / HOME in sources
    others = [f"{path.relative_to(ROOT)}:{line}" for path in sources for line in _opened(path.read_text())]
    assert [place for place in others if not place.startswith(HOME)] == [], "use spark_app.runtime.duck.connect"
    assert others, f"{HOME} opens it"


def _opened(text: str) -> Iterator[int]:
    """Lines that open a database by the module itself, or take such a function out of it."""
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            opened = node.value.id == "duckdb" and node.attr in OPENS
        else:
            names = {alias.name for alias in node.names} if isinstance(node, ast.ImportFrom) else set()
            opened = isinstance(node, ast.ImportFrom) and node.module == "duckdb" and bool(OPENS & names)
        if opened:
            yield node.lineno


def test_text_of_a_table_that_was_merged_into_is_compared(tmp_path: Path) -> None:
    """Arrow has no way to compare the kind of text that delta-rs leaves in such a file."""
    place = str(tmp_path / "t")
    rows = {"k": ["a", "b", "c", None], "v": ["x", "y", "x", "y"], "day": pa.array([1, 2, 3, 4], pa.date32())}
    write_deltalake(place, pa.table(rows))
    source = pa.table({"k": ["a", "e"], "v": ["z", "x"], "day": pa.array([8, 9], pa.date32())})
    merging = DeltaTable(place).merge(source, "t.k = s.k", source_alias="s", target_alias="t")
    merging.when_matched_update_all().when_not_matched_insert_all().execute()
    # Such as statistics of the file alone do not answer.
    counts = {
        "k = 'b'": 1,
        "k IN ('b', 'c')": 2,
        "k IS NULL": 1,
        "v = 'x'": 2,
        "v > 'x'": 3,
        "day > DATE '1970-01-05'": 2,
    }
    with duck.connect() as connection:
        duck.offer(connection, "rows", DeltaTable(place).to_pyarrow_dataset())
        for where, count in counts.items():
            assert connection.execute(f"SELECT count(*) FROM rows WHERE {where}").fetchall() == [(count,)], where
