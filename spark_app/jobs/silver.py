"""Silver: each entity's changed days are judged, quarantined or kept, one row a key."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from pyspark.sql import SparkSession

from spark_app.contracts.table import Column, Contract, Type
from spark_app.lake import delta, log, quarantine, writes
from spark_app.lake.failures import as_storage_error
from spark_app.lake.progress import bronze_progress
from spark_app.quality import expressions
from spark_app.recovery import overwritten
from spark_app.runs.context import Context, in_parallel
from spark_app.runs.entry import main
from spark_app.runs.request import RunRequest
from spark_app.runtime.errors import LakehouseError
from spark_app.silver.reconcile import reconcile
from spark_app.silver.take_in import PROVENANCE, Work, take_in
from spark_app.tables.declare import SilverTable, silver_tables


def run(context: Context, *, again: Mapping[str, Sequence[date]] | None = None, whole: bool = False) -> None:
    """Bring every entity to its dataset's bronze; `again`: days of entities to judge again; `whole`: everything."""
    tables = silver_tables(context.contracts)
    wounds = overwritten.find_overwritten(context, "silver")
    whole = whole or bool(wounds)
    quarantine.ensure(context.lake, context.run_id)
    # Also of entities the source does not have (a shop without reviews): gold reads them as empty.
    for contract in context.contracts.values():
        if contract.layer == "silver":
            _create(context, contract)
    todo: dict[str, Work] = {}
    for name in context.source.entities:
        work = _work(context, tables[name], (again or {}).get(name, ()), whole)
        if work is None:
            with context.record.step("silver", name) as step:
                step.rows = 0
        else:
            todo[name] = work

    def one(spark: SparkSession, name: str) -> None:
        with context.record.step("silver", name) as step:
            before = log.version_of(context.lake, f"silver.{name}")
            step.action = _taken_in(context, spark, todo[name])
            step.version = log.version_of(context.lake, f"silver.{name}")
            step.rows = log.rows_written(context.lake, f"silver.{name}", before)

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
        rows = delta.read(spark, context.lake, f"bronze.{work.dataset}", work.bronze_version)
        wrong = expressions.explained(context.source, work.table.name, rows)
        if wrong is None:
            raise
        raise wrong from None


def _work(context: Context, table: SilverTable, again: Sequence[date], whole: bool) -> Work | None:
    contract = context.contracts[f"silver.{table.name}"]
    dataset = context.source.entities[table.name].dataset
    source, target = f"bronze.{dataset}", f"silver.{table.name}"
    version = log.version_of(context.lake, source)
    if version is None:
        return None
    taken = log.own_commit(context.lake, target)
    if whole or taken is None or source not in taken.sources or taken.sources[source] > version:
        return Work(table, contract, dataset, version, None, (), first=taken is None)
    days, replaced = set(again), set(again)
    for commit in log.commits_after(context.lake, source, taken.sources[source]):
        progress = bronze_progress(commit.note)
        days |= set(progress.days)
        replaced |= progress.replaced
    if not days:
        return None
    return Work(table, contract, dataset, version, tuple(sorted(days)), tuple(sorted(replaced)), first=False)


def _create(context: Context, contract: Contract) -> None:
    own = [Column(name, Type(kind), False, "", "", None, None) for name, kind in PROVENANCE]
    writes.create(context.lake, contract.qualified, [*contract.columns, *own], partition=delta.MONTH, change_feed=True)


def work(context: Context, request: RunRequest) -> None:
    """The layer as it is asked for."""
    run(context, again=request.days_to_judge, whole=request.rebuilds("silver"))


if __name__ == "__main__":
    main("silver", work)
