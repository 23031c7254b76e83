"""Silver: each entity's changed days are judged, quarantined or kept, one row a key."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from datetime import date

from pyspark.sql import SparkSession

from spark_app.contracts.sources import inputs_of, looked_up_of
from spark_app.contracts.table import Column, Contract, Type
from spark_app.lake import contents, delta, log, quarantine, writes
from spark_app.lake.failures import as_storage_error
from spark_app.lake.progress import bronze_progress, silver_progress
from spark_app.quality import expressions
from spark_app.recovery import overwritten
from spark_app.runs.context import Context, in_parallel
from spark_app.runs.entry import main
from spark_app.runs.request import RunRequest
from spark_app.runtime.errors import LakehouseError
from spark_app.silver.judging import PROVENANCE, Work
from spark_app.silver.news import find_news, new_files
from spark_app.silver.reconcile import reconcile
from spark_app.silver.take_in import take_in
from spark_app.tables.declare import SilverTable, silver_tables


def run(
    context: Context, *, days_to_judge: Mapping[str, Sequence[date]] | None = None, full_rebuild: bool = False
) -> None:
    """Bring every entity to its dataset's bronze; `days_to_judge`: more days; `full_rebuild`: everything."""
    tables = silver_tables(context.contracts)
    wounds = overwritten.find_overwritten(context, "silver")
    full_rebuild = full_rebuild or bool(wounds)
    quarantine.ensure(context.lake, context.run_id)
    # Also of entities the source does not have (a shop without reviews): gold reads them as empty.
    for contract in context.contracts.values():
        if contract.layer == "silver":
            _create(context, contract)
    todo: dict[str, Work] = {}
    for name in context.source.entities:
        work = _work(context, tables[name], (days_to_judge or {}).get(name, ()), full_rebuild)
        if work is None:
            with context.record.step("silver", name) as step:
                step.rows = 0
        else:
            todo[name] = work

    def one(spark: SparkSession, name: str) -> None:
        table = context.table(f"silver.{name}")
        with context.record.step("silver", name) as step:
            before = log.version_of(table)
            step.action = _taken_in(context, spark, todo[name])
            step.version, step.rows = log.version_of(table), log.rows_written(table, before)

    in_parallel(context, one, list(todo))
    overwritten.mark_rebuilt(context, wounds)
    with context.record.step("silver", "reconciliation") as step:
        step.action, step.rows = "reconciled", reconcile(context, tables)


def _taken_in(context: Context, spark: SparkSession, work: Work) -> str:
    """As take_in; where a row breaks an expression of the source's, the error is ours and names it."""
    try:
        return take_in(context, spark, work)
    except LakehouseError:
        raise
    except Exception as error:
        if as_storage_error(error, context.lake.root) is not None:
            raise
        for at, part in enumerate(work.parts):
            if part.dataset in work.bronze:
                rows = delta.read(spark, context.table(f"bronze.{part.dataset}"), work.bronze[part.dataset])
                wrong = expressions.explained(context.source, work.table.name, at, rows)
                if wrong is not None:
                    raise wrong from None
        raise


def _work(context: Context, table: SilverTable, days_to_judge: Sequence[date], full_rebuild: bool) -> Work | None:
    contract = context.contracts[f"silver.{table.name}"]
    bronze = _versions(context, inputs_of(context.source, table.name))
    if not bronze:
        return None
    parts, looked_up = context.source.entities[table.name], _versions(context, looked_up_of(context.source, table.name))
    version, taken = (
        log.version_of(context.table(contract.qualified)),
        log.own_commit(context.table(contract.qualified)),
    )
    # Made by an earlier version of ours: it lacks columns of its contract, or has them in another type.
    reshaped = taken is not None and any(contents.unlike_now(context.table(contract.qualified), contract.columns))
    anew = Work(table, contract, parts, bronze, looked_up, None, (), version, reshaped)
    if full_rebuild or reshaped or taken is None or not _goes_on(taken.sources, bronze):
        return anew
    if _says_more(context, silver_progress(taken.note).looked_up, looked_up):
        return anew
    # A dataset that had no bronze yet has all of its days to come.
    news = find_news(context.lake, {name: taken.sources.get(f"bronze.{name}", -1) for name in bronze})
    days, replaced = news.days | set(days_to_judge), news.replaced | set(days_to_judge)
    if not days:
        return None
    # What a row that is not there any more had taken away, only all of bronze can tell; a snapshot speaks of all rows.
    if any(part.snapshot for part in parts) or (replaced and anew.withdraws):
        return anew
    # Days that only got more files, where rows may take away, or see, others of their day: with the new ones, rows
    # taken in before may be of no use.
    together = replaced or anew.withdraws or any(part.sees_whole_days for part in parts)
    files = {} if together else new_files(context.lake, news, bronze)
    if files:
        return dataclasses.replace(anew, days=tuple(sorted(days - files.keys())), new_files=files)
    return dataclasses.replace(anew, days=tuple(sorted(days)), replaced=tuple(sorted(replaced | news.added)))


def _versions(context: Context, datasets: Sequence[str]) -> dict[str, int]:
    """Of those of the datasets that have a bronze, its version."""
    found = {name: log.version_of(context.table(f"bronze.{name}")) for name in datasets}
    return {name: version for name, version in found.items() if version is not None}


def _says_more(context: Context, before: Mapping[str, int], now: Mapping[str, int]) -> bool:
    """Whether datasets that values are looked up in have taken in drops since: any row may have another value then."""
    return any(
        name not in before
        or before[name] > version
        or any(
            bronze_progress(one.note).days for one in log.commits_after(context.table(f"bronze.{name}"), before[name])
        )
        for name, version in now.items()
    )


def _goes_on(taken: Mapping[str, int], bronze: Mapping[str, int]) -> bool:
    """Whether what the entity has taken in is a beginning of what its datasets hold now."""
    now = {f"bronze.{name}": version for name, version in bronze.items()}
    return bool(taken) and all(version <= now.get(name, -1) for name, version in taken.items())


def _create(context: Context, contract: Contract) -> None:
    own = [Column(name, Type(kind), False, "", "", None, None) for name, kind in PROVENANCE]
    writes.create(context.table(contract.qualified), [*contract.columns, *own], partition=delta.MONTH, change_feed=True)


def work(context: Context, request: RunRequest) -> None:
    """The layer as it is asked for."""
    run(context, days_to_judge=request.days_to_judge, full_rebuild=request.rebuilds("silver"))


if __name__ == "__main__":
    main("silver", work)
