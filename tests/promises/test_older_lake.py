"""A lake that an earlier version made, of which gold has a column in another type: told before anything is written."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
from deltalake import CommitProperties, DeltaTable, write_deltalake

from spark_app.lake import log
from spark_app.lake.paths import Lake
from tests.support.drops import assert_same, copied, gold, run_days
from tests.support.two_days import SECOND

OLDER = {"gold.fact_order_items": "quantity", "silver.order_items": "quantity"}


def made_older(home: Path, table: str, column: str) -> None:
    """The column as whole numbers, as the version before pieces had fractions made it."""
    place = Lake(str(home / "lake")).table(table)
    rows = DeltaTable(place.path).to_pyarrow_dataset().to_table()
    whole = rows.column(column).cast(pa.float64()).cast(pa.int32())
    rows = rows.set_column(rows.schema.get_field_index(column), column, whole)
    commit = log.last_commit(place)
    assert commit is not None
    properties = CommitProperties(custom_metadata={"userMetadata": log.note_text("older", commit.sources)})
    partition = DeltaTable(place.path).metadata().partition_columns
    write_deltalake(
        place.path,
        rows,
        mode="overwrite",
        schema_mode="overwrite",
        partition_by=partition,
        commit_properties=properties,
    )


def versions(home: Path) -> dict[str, int]:
    """Of each table but the run's own record."""
    logs = sorted((home / "lake").glob("*/*/_delta_log"))
    found = {f"{path.parts[-3]}.{path.parts[-2]}": DeltaTable(str(path.parent)).version() for path in logs}
    return {name: version for name, version in found.items() if name not in ("ops.runs", "ops.steps")}


def test_gold_of_another_type_is_told_before_anything_is_written(one_released_day: Path, tmp_path: Path) -> None:
    home = copied(one_released_day, tmp_path / "older")
    for table, column in OLDER.items():
        made_older(home, table, column)
    before = versions(home)
    refused = run_days(home, SECOND, expect=2)
    assert refused.message == (
        "gold.fact_order_items has quantity in another type than its contract, as an earlier version made it; "
        "nothing was done"
    )
    assert refused.hint == "derive it anew: lakehouse rebuild --from-layer silver"
    assert versions(home) == before

    run_days(home, SECOND, rebuild_from="silver", layers=("silver", "gold", "audit", "publish"))
    run_days(home, SECOND)
    fresh = copied(one_released_day, tmp_path / "fresh")
    run_days(fresh, SECOND)
    assert_same(gold(home), gold(fresh))
