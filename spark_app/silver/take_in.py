"""An entity's changed days: judged, accounted for, resolved to one row a key, and written."""

from __future__ import annotations

from pyspark.sql import SparkSession

from spark_app.lake import delta, entities, few, log, ops, quarantine, writes
from spark_app.lake.progress import JudgedDay, SilverProgress, Sum
from spark_app.quality.results import silver_results
from spark_app.runs.context import Context
from spark_app.silver.judging import Judged, Work, judge_days
from spark_app.silver.resolving import Resolved, resolve


def take_in(context: Context, spark: SparkSession, work: Work) -> str:
    """Take the days in; what was done.

    Counts are kept and rows set aside before the entity's own commit: a run killed between the two counts again, and
    nothing goes uncounted.
    """
    with judge_days(context, spark, work) as judged:
        if not (judged.rounded and work.new_files):
            _account(context, judged, work)
            with resolve(context, spark, judged, work) as resolved:
                _write(context, spark, resolved, _progress(judged, resolved, work), work)
            return "built" if work.days is None else "merged"
    # A new row with a rounded id may make rows of its day useless that were taken in before.
    return take_in(context, spark, work.with_whole_days())


def _account(context: Context, judged: Judged, work: Work) -> None:
    """Set aside what cannot be used, and keep what the rules counted."""
    entity, now = work.table.name, context.record.started_at
    aside = any(row["quarantined"] for row in judged.counts)
    if aside or quarantine.holds(context.lake, entity, work.days, files=work.files):
        quarantine.replace(context.lake, judged.rows, entity, work.days, context.run_id, now, files=work.files)
    results = silver_results(context.run_id, work.contract, judged.counts, now)
    ops.add(context.table("ops.quality_results"), results)
    for row in judged.counts:
        if count := row["passed_over"] - row["left_out"]:
            holds = f"{count:,} {'row holds' if count == 1 else 'rows hold'} nothing but separators and blanks"
            context.record.warn(f"{work.datasets} {row['_batch_date']}: {holds}; passed over")
        all_passed_over = row["left_out"] and row["landed"] == row["passed_over"]
        # A day without a refund among its payments is like any other.
        if all_passed_over and work.contract.daily and row["_batch_date"] not in work.new_files:
            left = f"where leaves out all of its {row['landed']:,} rows"
            context.record.warn(f"{entity} {row['_batch_date']}: {left}")
    for result in results:
        if result["effect"] == "warned":
            context.record.odd(result["table_name"], result["rule"], result["rows_broken"], result["rows_checked"])


def _write(context: Context, spark: SparkSession, resolved: Resolved, progress: SilverProgress, work: Work) -> None:
    sources = {f"bronze.{name}": version for name, version in work.bronze.items()}
    note = log.note_text(context.run_id, sources, **progress.note())
    entity = context.table(work.name).expecting(work.version)
    if work.days is None:
        rows = resolved.changes.repartition(delta.MONTH)
        # Also what seems to be empty is replaced: a run that this one took over from may have filled it since.
        if work.reshaped:
            delta.reshape(rows, entity, note, delta.MONTH)
        else:
            delta.overwrite(rows, entity, note)
        return
    if not resolved.differs:
        writes.advance(entity, note)
        return
    changes = few.collected(resolved.changes)
    if changes is not None:
        within = delta.date_in(f"t.{delta.MONTH}", resolved.months) if resolved.months else None
        writes.merge(entity, changes, work.contract.key, note, within=within, unless_equal="_hash")
        return
    on = " AND ".join(f"t.{column} = s.{column}" for column in work.contract.key)
    columns = [name for name in resolved.changes.columns if name != writes.OP]
    delta.merge(spark, resolved.changes, entity, on, entities.MERGE_CLAUSES, columns, note)


def _progress(judged: Judged, resolved: Resolved, work: Work) -> SilverProgress:
    found = resolved.outcomes
    days = {
        row["_batch_date"]: JudgedDay(
            Sum(row["landed"], row["amount_landed"]),
            Sum(row["quarantined"], row["amount_quarantined"]),
            found.superseded.get(row["_batch_date"], Sum()),
            row["passed_over"],
            row["unpriced"],
        )
        for row in judged.counts
    }
    return SilverProgress(
        work.datasets,
        dict.fromkeys((*(work.days or ()), *work.new_files), JudgedDay()) | days,
        found.displaced,
        full_rebuild=work.days is None,
        looked_up=work.looked_up,
        added=frozenset(work.new_files),
    )
