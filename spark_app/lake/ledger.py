"""Which files bronze holds for a day: `ops.ingested_files`, with bronze's own commits as the last word.

A bronze commit names the days it replaced and their fingerprints. Where a run died before it wrote the ledger, the
commits newer than the ledger's last entry complete it, so the two never disagree.
"""

from __future__ import annotations

from datetime import date

from spark_app.lake import ops
from spark_app.lake.log import commits_after
from spark_app.lake.paths import Lake


def held(lake: Lake, dataset: str, first: date, last: date) -> dict[date, str]:
    """The fingerprint of what bronze holds for each day of the window it has taken in."""
    rows = ops.select(
        lake,
        "ingested_files",
        "SELECT batch_date, arg_max(day_fingerprint, bronze_version) AS fingerprint FROM ops_rows "
        "WHERE dataset = ? AND batch_date BETWEEN ? AND ? GROUP BY batch_date",
        (dataset, first, last),
    )
    return {row["batch_date"]: str(row["fingerprint"]) for row in rows}


def complete(lake: Lake, dataset: str, run_id: str) -> None:
    """Enter the bronze commits that a killed run did not live to enter."""
    sql = "SELECT max(bronze_version) AS v FROM ops_rows WHERE dataset = ?"
    rows = ops.select(lake, "ingested_files", sql, (dataset,))
    last = -1 if not rows or rows[0]["v"] is None else int(rows[0]["v"])
    missing = [
        {
            "run_id": run_id,
            "dataset": dataset,
            "batch_date": date.fromisoformat(day),
            "file": None,  # which files it were, and what was in them, only landing knows
            "size": None,
            "checksum": None,
            "status": "recovered",
            "message": f"taken in by run {commit.note.get('run_id')}, which ended before it noted its files",
            "day_fingerprint": word,
            "bronze_version": commit.version,
            "ingested_at": None,
        }
        for commit in commits_after(lake, f"bronze.{dataset}", last)
        for day, word in commit.note.get("days", {}).items()
    ]
    ops.add(lake, "ingested_files", missing)
