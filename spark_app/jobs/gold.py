"""Gold: each table takes in what changed in its inputs, derives the touched rows again, and merges the difference."""

from __future__ import annotations

import inspect
from collections.abc import Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from datetime import date

from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F
from pyspark.sql.types import DateType

from spark_app.contracts.table import QUARANTINE, Column, Contract, Type
from spark_app.jobs import landed_days
from spark_app.lake import delta, log, quarantine, writes
from spark_app.lake.diff import CLAUSES, OP, WAS_MONTH, difference
from spark_app.recovery import overwritten
from spark_app.runs.context import Context, thread_session
from spark_app.runs.entry import main
from spark_app.runs.request import RunRequest
from spark_app.runtime.errors import LakeError, SettingsError
from spark_app.tables.declare import GoldTable, gold_graph, gold_tables
from spark_app.tables.hashes import hashed
from spark_app.tables.incomplete import PARTS

_MONTH_COLUMN = Column(delta.MONTH, Type("date"), False, "", "", None, None)


@dataclass(frozen=True)
class Refresh:
    """One table's work: its inputs at the versions to take in, and the versions taken in so far."""

    table: GoldTable
    contract: Contract
    now: Mapping[str, int]
    taken: Mapping[str, int]
    version: int
    lacking: Sequence[str] = ()  # columns that came to the contract after the table was made
    retyped: Sequence[str] = ()  # columns that have another type in the contract now

    @property
    def name(self) -> str:
        return self.contract.qualified


def run(context: Context, *, whole: bool = False) -> None:
    """Bring every gold table to its inputs, each as soon as the tables it is made of are done."""
    tables = gold_tables(context.contracts)
    wounds = overwritten.wounds(context, "gold")
    quarantine.ensure(context.lake, context.run_id)
    anew = overwritten.derived_anew(context, {full for table in tables.values() for full in table.inputs.values()})
    order = gold_graph(tables)
    order.prepare()
    running: dict[Future[None], str] = {}
    with ThreadPoolExecutor(context.settings.parallel) as pool:
        while order.is_active():
            for name in order.get_ready():
                session = thread_session(context)
                running[pool.submit(_refresh, context, session, tables[name], anew, whole or bool(wounds))] = name
            done, _ = wait(running, return_when=FIRST_COMPLETED)
            for future in done:
                future.result()
                order.done(running.pop(future))
    landed_days.run(context, context.contracts["gold.landed_days"])
    overwritten.mended(context, wounds)


def _refresh(context: Context, spark: SparkSession, table: GoldTable, anew: Mapping[str, int], whole: bool) -> None:
    contract = context.contracts[f"gold.{table.name}"]
    with context.record.step("gold", table.name) as step:
        own = [_MONTH_COLUMN] if table.month_of else []
        partition = delta.MONTH if table.month_of else None
        writes.create(
            context.lake, contract.qualified, [*contract.columns, *own], partition=partition, change_feed=True
        )
        now = {full: _version(context, full, table) for full in set(table.inputs.values())}
        commit = log.own_commit(context.lake, contract.qualified)
        opened = log.open_table(context.lake, contract.qualified)
        assert opened is not None  # it was made above, if need be
        unlike = log.unlike(opened, contract.columns)
        work = Refresh(table, contract, now, commit.sources if commit else {}, opened.version(), *unlike)
        _refuse_retyped(work, whole)
        if whole or commit is None or work.lacking or set(work.taken) != set(now) or _is_of_another(work, anew):
            step.action = _build(context, spark, work, first=commit is None)
        elif work.taken != work.now:
            step.action = _increment(context, spark, work)
        step.version = log.version_of(context.lake, contract.qualified)
        step.rows = log.rows_written(context.lake, contract.qualified, work.version)


def _is_of_another(work: Refresh, anew: Mapping[str, int]) -> bool:
    """Whether an input was derived anew since, or is behind what was taken in: what changed cannot be told then."""
    silver = {full: version for full, version in work.taken.items() if full.startswith("silver.")}
    return any(version < anew.get(full, version) or version > work.now[full] for full, version in silver.items())


def _refuse_retyped(work: Refresh, whole: bool) -> None:
    """A new column is filled by building the table anew; one of another type stands in the tables behind it too."""
    if work.retyped and not whole:
        raise LakeError(
            f"{work.name}: {', '.join(work.retyped)} has another type in {work.contract.path} than in the table",
            hint="derive gold anew: lakehouse rebuild --from-layer gold",
        )


def check_salt(context: Context, *, again: bool) -> None:
    """Before a run writes anything: raises SettingsError without a salt, or where gold holds hashes of another one.

    Going on would give a customer two hashes, the old one until something of them changes. `again`: all of gold is
    derived again, so that any salt will do.
    """
    today = context.salt
    for table in gold_tables(context.contracts).values():
        commit = log.last_commit(context.lake, f"gold.{table.name}") if table.hashed else None
        if not again and commit is not None and commit.note.get(log.SALT, "none") != today.fingerprint:
            raise SettingsError(
                f"gold.{table.name}: its e-mail hashes were made with another salt than today's "
                f"({today.origin}), expected the same one; nothing was done",
                hint="give the former salt back, or hash all again: lakehouse rebuild --from-layer gold",
            )


def _version(context: Context, full: str, table: GoldTable) -> int:
    version = log.data_version(context.lake, full)
    if version is None:
        raise LakeError(
            f"gold.{table.name}: its input {full} is not at {context.lake.path(full)}",
            hint="run the layers before it: lakehouse run --layers bronze,silver,gold",
        )
    return version


def _build(context: Context, spark: SparkSession, work: Refresh, *, first: bool) -> str:
    inputs = _inputs(context, spark, work)
    rows = _shaped(work, work.table.derive(**inputs))
    rows = rows.repartition(delta.MONTH) if work.table.month_of else rows.coalesce(1)
    partition = delta.MONTH if work.table.month_of else None
    if first:
        delta.append(rows, context.lake, work.name, _note(context, work, whole=True), partition)
    elif work.lacking or work.retyped:
        delta.reshape(rows, context.lake, work.name, _note(context, work, whole=True), partition)
    else:
        delta.overwrite(rows, context.lake, work.name, _note(context, work, whole=True))
    return f"built: new {', '.join(work.lacking)}" if work.lacking and not first else "built"


def _increment(context: Context, spark: SparkSession, work: Refresh) -> str:
    table = work.table
    inputs = _inputs(context, spark, work)
    holds = delta.read(spark, context.lake, work.name, work.version)
    if table.touched is None:
        should = table.derive(**inputs)
    else:
        scope = _touched(context, spark, work, inputs).persist()
        inputs[table.driver] = _within(inputs[table.driver], scope, table, table.driver_sql)
        should = table.derive(**inputs)
        holds = _within(holds, scope, table, table.scope_sql)
    return _apply(context, spark, work, _shaped(work, should), holds)


def _touched(context: Context, spark: SparkSession, work: Refresh, inputs: Mapping[str, DataFrame]) -> DataFrame:
    """The scope's values to derive again, each once."""
    assert work.table.touched is not None
    offered = {f"all_{name}": frame for name, frame in inputs.items()}
    for name, full in work.table.inputs.items():
        offered[name] = _changes(context, spark, full, work, inputs[name])
    wanted = inspect.signature(work.table.touched).parameters
    rows = work.table.touched(**{name: offered[name] for name in wanted})
    return rows.select(*work.table.scope).distinct().na.drop()


def _changes(context: Context, spark: SparkSession, full: str, work: Refresh, like: DataFrame) -> DataFrame:
    if work.taken[full] == work.now[full]:
        # Known to be empty: what is joined with it is not read. createDataFrame would start Python workers.
        return like.where("false").withColumn("_change_type", F.lit(None).cast("string"))
    return delta.changes(spark, context.lake, full, work.taken[full], work.now[full])


def _within(rows: DataFrame, scope: DataFrame, table: GoldTable, named: Mapping[str, str]) -> DataFrame:
    """Rows of the scope. Days become literals, so that files of other months are never opened."""
    column = table.scope[0]
    expression = F.expr(named.get(column, column))
    if len(table.scope) == 1 and isinstance(scope.schema[0].dataType, DateType):
        days: list[date] = [row[0] for row in scope.collect()]
        inside = rows.where(expression.isin(days)) if days else rows.where("false")
        months = sorted({day.replace(day=1) for day in days})
        return inside.where(F.col(delta.MONTH).isin(months)) if delta.MONTH in rows.columns and days else inside
    keyed = rows.withColumns({name: F.expr(named.get(name, name)) for name in table.scope if name in named})
    return keyed.join(scope, list(table.scope), "left_semi")


def _apply(context: Context, spark: SparkSession, work: Refresh, should: DataFrame, holds: DataFrame) -> str:
    month = delta.MONTH if work.table.month_of else None
    changed = difference(should, holds, work.contract.key, month).persist()
    try:
        months = changed.groupBy(*([delta.MONTH, WAS_MONTH] if month else [OP])).count().collect()
        if not months:
            writes.advance(context.lake, work.name, _note(context, work))
            return "unchanged rows"
        on = " AND ".join(f"t.`{column}` = s.`{column}`" for column in work.contract.key)
        if month:
            on += f" AND {_in_months([value for row in months for value in (row[0], row[1])])}"
        columns = [*work.contract.column_names, *([month] if month else [])]
        delta.merge(spark, changed, context.lake, work.name, on, CLAUSES, columns, _note(context, work))
    finally:
        changed.unpersist()
    return "merged"


def _in_months(months: Sequence[date | None]) -> str:
    """Literal months, so that a merge never opens the files of others."""
    return f"t.{delta.MONTH} IN ({delta.date_list([month for month in months if month is not None])})"


def _inputs(context: Context, spark: SparkSession, work: Refresh) -> dict[str, DataFrame]:
    """What `derive` is given, by its parameters' names."""
    found = {name: _input(context, spark, full, work.now[full]) for name, full in work.table.inputs.items()}
    for name, columns in work.table.hashed.items():
        found[name] = hashed(found[name], columns, context.salt.key)
    return found


def _input(context: Context, spark: SparkSession, full: str, version: int) -> DataFrame:
    """An input's own columns, its month for pruning, and of silver the batch date that decides between rows."""
    rows = delta.read(spark, context.lake, full, version)
    if full == QUARANTINE:
        return _quarantined(context, rows, version)
    technical = [name for name in (delta.MONTH, "_batch_date") if name in rows.columns]
    return rows.select(*context.contracts[full].column_names, *technical)


def _quarantined(context: Context, rows: DataFrame, version: int) -> DataFrame:
    """What the quarantine knows of orders. Where that is nothing, Spark is told so and reads nothing."""
    own = rows.select("entity", "batch_date", *quarantine.WHOSE)
    return own if quarantine.rows_of(context.lake, version, PARTS) else own.where("false")


def _shaped(work: Refresh, rows: DataFrame) -> DataFrame:
    """Exactly the contract's columns and types, in its order, and the month the files are laid out by."""
    missing = [name for name in work.contract.column_names if name not in rows.columns]
    if missing:
        raise LakeError(f"{work.name}: derive gives no {', '.join(missing)}; expected by {work.contract.path}")
    shaped = rows.select(*[F.col(column.name).cast(column.type.spark) for column in work.contract.columns])
    return delta.with_month(shaped, work.table.month_of) if work.table.month_of else shaped


def _note(context: Context, work: Refresh, *, whole: bool = False) -> str:
    salt = {log.SALT: context.salt.fingerprint} if work.table.hashed else {}
    return log.note_text(context.run_id, work.now, **salt, **({log.WHOLE: True} if whole else {}))


def work(context: Context, request: RunRequest) -> None:
    """The layer as it is asked for; raises SettingsError before anything is written where the salt is another."""
    rebuilt = request.rebuilds("gold")
    check_salt(context, again=rebuilt)
    run(context, whole=rebuilt)


if __name__ == "__main__":
    main("gold", work)
