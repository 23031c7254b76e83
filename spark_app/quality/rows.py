"""A bronze row judged: typed by its contract, with every rule it breaks.

All of it is columns over one pass: what cannot be used is quarantined with its reasons, what is odd is counted.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from pyspark.sql import Column as SparkColumn
from pyspark.sql import DataFrame
from pyspark.sql import functions as F
from pyspark.sql.types import DataType

from spark_app.contracts.mapping import DatasetMap, EntityMap, Source
from spark_app.contracts.table import Column, Contract
from spark_app.lake.csv_files import DAMAGE
from spark_app.lake.withdrawn import DELETED, GROUP, PART, SNAPSHOT
from spark_app.quality.casts import cast_text
from spark_app.quality.expressions import times_given
from spark_app.quality.lookups import FOUND, looked_up
from spark_app.quality.neighbours import KEPT, carried
from spark_app.quality.reasons import (
    LEFT_OUT,
    ODD,
    PASSED_OVER,
    RAW,
    REASONS,
    may_be_set_aside,
    oddities_of,
    reasons_of,
    reasons_of_key,
)
from spark_app.quality.texts import our_words, trimmed_texts
from spark_app.quality.times import cast_time

_ORIGINAL, _NOTHING, _LANDED, _TIME = "_original", "_nothing", "_landed", "_time_"


def judge(
    rows: DataFrame,
    contract: Contract,
    source: Source,
    mapped: EntityMap,
    others: Mapping[str, DataFrame] | None = None,
) -> DataFrame:
    """Bronze rows as the entity's columns, plus bronze's own and four more.

    `_raw`: the row as it landed, as JSON, where it cannot be used, or may turn out so by others (quality.rounded_ids).
    `_reasons`: array of (rule, column, found, expected, dimension), empty for a row that can be used.
    `_odd`: array of the names of warning-level rules the row breaks.
    `_passed_over`: whether the row holds nothing at all or is none of this entity by the source's `where`
    (`_left_out`); such a row breaks no rule and is not used. `others`: bronze of the datasets that values are looked up
    in, as far as there is any. Of a part that withdraws rows (lake.withdrawn) also `_part _group _snapshot _deleted`.
    """
    dataset, parts = source.datasets[mapped.dataset], source.entities.get(contract.name, ())
    rows = _with_all_columns(rows, dataset)
    original, nothing, left_out = _landed_columns(rows), _nothing(rows), _left_out(mapped)
    if dataset.carry_down:
        # What landed is told as it stood there.
        rows = carried(rows.withColumns({_ORIGINAL: original, _NOTHING: nothing}), dataset)
        original, nothing = F.col(_ORIGINAL), F.col(_NOTHING)
    rows = _with_looked_up(rows, source, mapped, others or {})
    if any(one.number_by is not None for one in mapped.columns.values()):
        sound = F.col("_corrupt_record").isNull() & F.col(DAMAGE).isNull()
        rows = rows.withColumn(KEPT, ~nothing & ~left_out & sound)
    withdraws = any(one.withdraws for one in parts)
    times = times_given(rows, contract, mapped)
    # Each step is a select of its own, so that what the next one uses twice is worked out once.
    trimmed = rows.select("*", *trimmed_texts(contract, mapped, dataset), *_times(mapped, times))
    texts = trimmed.withColumns(our_words(contract, mapped))
    typed = texts.select(
        *[_typed(column, source, mapped, times.get(column.name)) for column in contract.columns],
        *[F.col(name) for name in texts.columns if name.startswith("_") and not _is_done_with(name)],
        original.alias(_LANDED),
        *([_deleted(mapped).alias(DELETED)] if withdraws else []),
        (nothing | left_out).alias(PASSED_OVER),
        (left_out & ~nothing).alias(LEFT_OUT),
    )
    reasons = reasons_of(contract, mapped)
    if mapped.deletion is not None:
        reasons = F.when(F.col(DELETED), reasons_of_key(reasons, contract)).otherwise(reasons)
    marks = _marks(mapped, parts) if withdraws else []
    flagged = typed.select("*", *marks, reasons.alias(REASONS), oddities_of(contract).alias(ODD))
    shown = flagged.withColumn("_raw", F.when(may_be_set_aside(contract), F.to_json(_LANDED)))
    return shown.drop(_LANDED, *[name for name in shown.columns if name.startswith((RAW, _TIME))])


def _with_all_columns(rows: DataFrame, dataset: DatasetMap) -> DataFrame:
    """Bronze of an older program of ours, or from before the source knew a column, lacks some: empty, then."""
    later = [name for name in (*dataset.names.values(), DAMAGE) if name not in rows.columns]
    return rows.withColumns({name: F.lit(None).cast("string") for name in later}) if later else rows


def _with_looked_up(rows: DataFrame, source: Source, mapped: EntityMap, others: Mapping[str, DataFrame]) -> DataFrame:
    for name, by in ((name, one.lookup) for name, one in mapped.columns.items() if one.lookup is not None):
        if by.dataset in others:
            rows = looked_up(rows, name, by, source, mapped.dataset, others[by.dataset])
        else:
            rows = rows.withColumn(f"{FOUND}{name}", F.lit(None).cast("string"))
    return rows


def _times(mapped: EntityMap, times: Collection[str]) -> list[SparkColumn]:
    """`_time_<column>` of columns whose expression gives a time, not a text."""
    return [F.expr(mapped.columns[name].sql or "").alias(f"{_TIME}{name}") for name in times]


def _is_done_with(name: str) -> bool:
    """Whether a column served only to make others."""
    return name in (_ORIGINAL, _NOTHING, KEPT) or name.startswith(FOUND)


def _typed(column: Column, source: Source, mapped: EntityMap, given: DataType | None) -> SparkColumn:
    """The column's value; `given`: the type of what its expression gives, where that is a time."""
    of_column, number = mapped.columns.get(column.name), source.datasets[mapped.dataset].number
    if of_column is not None and of_column.number is None and number is not None:
        of_column = of_column.model_copy(
            update={"number": number}
        )  # as the dataset's are, where the column says nothing
    value = cast_text(F.col(f"{RAW}{column.name}"), column.type, of_column, source.timezone)
    if given is None:
        return value.alias(column.name)
    # Text is there too: of a default, where the expression gives nothing.
    time = cast_time(F.col(f"{_TIME}{column.name}"), given, column.type, source.timezone)
    return F.coalesce(time, value).alias(column.name)


def _landed_columns(rows: DataFrame) -> SparkColumn:
    """The row as landed; a row that did not fit its header is there as it stood."""
    return F.struct(
        *[name for name in rows.columns if not name.startswith("_") or name in ("_extra", "_corrupt_record")]
    )


def _marks(mapped: EntityMap, parts: Sequence[EntityMap]) -> list[SparkColumn]:
    """What the keys of the row's part make of it: see lake.withdrawn."""
    at = next((at for at, one in enumerate(parts) if one is mapped), 0)
    group = F.to_json(F.struct(*mapped.complete_per)) if mapped.complete_per else F.lit(None).cast("string")
    return [F.lit(at).alias(PART), group.alias(GROUP), F.lit(mapped.snapshot).alias(SNAPSHOT)]


def _deleted(mapped: EntityMap) -> SparkColumn:
    return F.lit(False) if mapped.deletion is None else F.coalesce(F.expr(mapped.deletion), F.lit(False))


def _left_out(mapped: EntityMap) -> SparkColumn:
    """Whether the source's `where` leaves the row out. A row that is set aside may be of any kind."""
    if mapped.condition is None:
        return F.lit(False)
    whole = F.col("_corrupt_record").isNull() & F.col(DAMAGE).isNull()
    return whole & ~F.coalesce(F.expr(mapped.condition), F.lit(False))


def _nothing(rows: DataFrame) -> SparkColumn:
    """Bronze holds nothing of a row that was only separators and blanks, but where it stood."""
    nothing = F.concat_ws("", *[name for name in rows.columns if not name.startswith("_")]) == ""
    if "_extra" in rows.columns:
        nothing &= F.coalesce(F.col("_extra"), F.lit("{}")) == "{}"
    return nothing & F.col("_corrupt_record").isNull() & F.col(DAMAGE).isNull()
