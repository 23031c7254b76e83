"""Gold: each table takes in what changed in its inputs, derives the touched rows again, and merges the difference."""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from datetime import date

import pyarrow as pa
from pyspark.sql import DataFrame, SparkSession

from spark_app.contracts.table import Column, Type
from spark_app.gold import landed_days
from spark_app.gold.fit import check_gold
from spark_app.gold.inputs import (
    Refresh,
    Rows,
    inputs_of_scope,
    own_rows,
    reported,
    rows_of_scope,
    touched,
    whole_inputs,
)
from spark_app.lake import contents, delta, few, log, quarantine, writes
from spark_app.lake.diff import CLAUSES, WAS_MONTH, difference
from spark_app.recovery import overwritten
from spark_app.runs.context import Context, thread_session
from spark_app.runs.entry import main
from spark_app.runs.request import RunRequest
from spark_app.runtime.days import yesterday
from spark_app.runtime.errors import LakeError
from spark_app.tables.declare import GoldTable, gold_graph, gold_tables

TARGET_MONTH = f"t.{delta.MONTH}"  # of the table that is merged into
_MONTH_COLUMN = Column(delta.MONTH, Type("date"), False, "", "", None, None)


def run(context: Context, *, night: date | None, full_rebuild: bool = False) -> None:
    """Bring every gold table to its inputs, each as soon as the tables it is made of are done.

    `night`: the last day of drops that is taken for whole; None where the run is about one that is not over.
    """
    tables = gold_tables(context.contracts)
    wounds = overwritten.find_overwritten(context, "gold")
    quarantine.ensure(context.lake, context.run_id)
    anew = overwritten.derived_anew(context, {full for table in tables.values() for full in table.inputs.values()})
    order = gold_graph(tables)
    order.prepare()
    running: dict[Future[None], str] = {}
    with ThreadPoolExecutor(context.settings.parallel) as pool:
        while order.is_active():
            for name in order.get_ready():
                session = thread_session(context)
                running[pool.submit(_refresh, context, session, tables[name], anew, full_rebuild or bool(wounds))] = (
                    name
                )
            done, _ = wait(running, return_when=FIRST_COMPLETED)
            for future in done:
                future.result()
                order.done(running.pop(future))
    landed_days.run(context, context.contracts["gold.landed_days"], night)
    overwritten.mark_rebuilt(context, wounds)


def _refresh(
    context: Context, spark: SparkSession, table: GoldTable, anew: Mapping[str, int], full_rebuild: bool
) -> None:
    contract = context.contracts[f"gold.{table.name}"]
    own_table = context.table(contract.qualified)
    with context.record.step("gold", table.name) as step:
        own = [_MONTH_COLUMN] if table.month_of else []
        partition = delta.MONTH if table.month_of else None
        writes.create(own_table, [*contract.columns, *own], partition=partition, change_feed=True)
        now = {full: _version(context, full, table) for full in set(table.inputs.values())}
        opened = log.open_table(own_table)  # before its commits are looked at: of none after this one is known
        assert opened is not None  # it was made above, if need be
        commit = log.own_commit(own_table)
        lacking, retyped = contents.unlike(opened, contract.columns)
        taken = commit.sources if commit else {}
        work = Refresh(table, contract, now, taken, opened.version(), tuple(lacking), tuple(retyped))
        other = commit is not None and _reports_otherwise(context, table, commit.note)
        changed = bool(work.lacking) or set(work.taken) != set(now) or _is_of_another(work, anew) or other
        if full_rebuild or commit is None or changed:
            step.action = _build(context, spark, work, anew=commit is not None)
            if other:
                context.record.warn(
                    f"days or amounts are counted otherwise now, so gold was derived anew: {context.reporting.text}"
                )
        elif work.taken != work.now:
            step.action = _increment(context, spark, work)
        step.version = log.version_of(own_table)
        step.rows = log.rows_written(own_table, work.version)


def _is_of_another(work: Refresh, anew: Mapping[str, int]) -> bool:
    """Whether an input was derived anew since, or is behind what was taken in: what changed cannot be told then."""
    silver = {full: version for full, version in work.taken.items() if full.startswith("silver.")}
    return any(version < anew.get(full, version) or version > work.now[full] for full, version in silver.items())


def _reports_otherwise(context: Context, table: GoldTable, note: Mapping[str, object]) -> bool:
    """Whether the table was made with another currency or zone than it is to have."""
    return table.reports and note.get(log.REPORTING, context.reporting.noted) != context.reporting.noted


def _version(context: Context, full: str, table: GoldTable) -> int:
    read_from = context.table(full)
    version = log.data_version(read_from)
    if version is None:
        raise LakeError(
            f"gold.{table.name}: its input {full} is not at {read_from.path}",
            hint="run the layers before it: lakehouse run --layers bronze,silver,gold",
        )
    return version


def _build(context: Context, spark: SparkSession, work: Refresh, *, anew: bool) -> str:
    rows = _shaped(
        work, work.table.derive(**whole_inputs(context, spark, work), **reported(context, work.table.derive))
    )
    rows = rows.repartition(delta.MONTH) if work.table.month_of else rows.coalesce(1)
    partition = delta.MONTH if work.table.month_of else None
    own_table, note = context.table(work.name).expecting(work.version), _note(context, work, full_rebuild=True)
    # Also what seems to be empty is replaced: a run that this one took over from may have filled it since.
    if work.lacking or work.retyped:
        delta.reshape(rows, own_table, note, partition)
    else:
        delta.overwrite(rows, own_table, note)
    return f"built: new {', '.join(work.lacking)}" if work.lacking and anew else "built"


def _increment(context: Context, spark: SparkSession, work: Refresh) -> str:
    if work.table.touched is None:
        should = work.table.derive(**whole_inputs(context, spark, work), **reported(context, work.table.derive))
        return _apply(context, spark, work, _shaped(work, should), own_rows(context, spark, work))
    touched_values = touched(context, spark, work)
    values = few.collected(touched_values)
    frame = touched_values.persist() if values is None else context.scratch.frame(spark, values)
    scope = Rows(frame, values)
    try:
        inputs = inputs_of_scope(context, spark, work, scope)
        should = work.table.derive(**inputs, **reported(context, work.table.derive))
        return _apply(context, spark, work, _shaped(work, should), rows_of_scope(context, spark, work, scope))
    finally:
        if values is None:
            frame.unpersist()


def _apply(context: Context, spark: SparkSession, work: Refresh, should: DataFrame, current: DataFrame) -> str:
    """Write what differs: few rows without a Spark job more, many by a MERGE of Spark's."""
    month = delta.MONTH if work.table.month_of else None
    changed = difference(should, current, work.contract.key, month)
    rows = few.collected(changed)
    if rows is not None:
        return _write_few(context, work, rows)
    own_table, note = context.table(work.name).expecting(work.version), _note(context, work)
    changed = changed.persist()
    try:
        months = changed.select(delta.MONTH, WAS_MONTH).distinct().collect() if month else []
        on = " AND ".join(f"t.`{column}` = s.`{column}`" for column in work.contract.key)
        if month and not months:
            writes.advance(own_table, note)
            return "unchanged rows"
        if month:
            on += f" AND {delta.date_in(TARGET_MONTH, [value for row in months for value in row])}"
        columns = [*work.contract.column_names, *([month] if month else [])]
        delta.merge(spark, changed, own_table, on, CLAUSES, columns, note)
    finally:
        changed.unpersist()
    return "merged"


def _write_few(context: Context, work: Refresh, rows: pa.Table) -> str:
    own_table, note = context.table(work.name).expecting(work.version), _note(context, work)
    if not rows.num_rows:
        writes.advance(own_table, note)
        return "unchanged rows"
    within = None
    if WAS_MONTH in rows.column_names:
        months = [rows.column(name).to_pylist() for name in (delta.MONTH, WAS_MONTH)]
        within, rows = delta.date_in(TARGET_MONTH, [*months[0], *months[1]]), rows.drop_columns([WAS_MONTH])
    writes.merge(own_table, rows, work.contract.key, note, within=within)
    return "merged"


def _shaped(work: Refresh, rows: DataFrame) -> DataFrame:
    """Exactly the contract's columns and types, in its order, and the month the files are laid out by."""
    missing = [name for name in work.contract.column_names if name not in rows.columns]
    if missing:
        raise LakeError(f"{work.name}: derive gives no {', '.join(missing)}; expected by {work.contract.path}")
    columns = [f"CAST({one.name} AS {one.type.spark}) AS {one.name}" for one in work.contract.columns]
    shaped = rows.selectExpr(*columns)
    return delta.with_month(shaped, work.table.month_of) if work.table.month_of else shaped


def _note(context: Context, work: Refresh, *, full_rebuild: bool = False) -> str:
    salt = {log.SALT: context.salt.fingerprint} if work.table.hashed else {}
    counted_in = {log.REPORTING: context.reporting.noted} if work.table.reports else {}
    rebuilt = {log.FULL_REBUILD: True} if full_rebuild else {}
    return log.note_text(context.run_id, work.now, **salt, **counted_in, **rebuilt)


def work(context: Context, request: RunRequest) -> None:
    """The layer as it is asked for; raises as `check_gold` before anything is written."""
    rebuilt = request.rebuilds("gold")
    check_gold(context, full_rebuild=rebuilt)
    night = None if request.intraday else context.record.last_day or yesterday()
    run(context, night=night, full_rebuild=rebuilt)


if __name__ == "__main__":
    main("gold", work)
