"""A bronze row judged: typed by its contract, with every rule it breaks.

All of it is columns over one pass: what cannot be used is quarantined with its reasons, what is odd is counted.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import reduce
from operator import or_

from pyspark.sql import Column as SparkColumn
from pyspark.sql import DataFrame
from pyspark.sql import functions as F
from pyspark.sql.types import DataType

from spark_app.contracts.blanks import BLANKS
from spark_app.contracts.implied_rules import rounded_rule_name
from spark_app.contracts.sources import ColumnMap, EntityMap, NumberFormat, Source
from spark_app.contracts.sql import columns_named
from spark_app.contracts.table import Column, Contract, Rule
from spark_app.lake.csv_damage import LARGE
from spark_app.lake.csv_files import DAMAGE
from spark_app.lake.withdrawn import DELETED, GROUP, PART, SNAPSHOT
from spark_app.quality.casts import cast_text
from spark_app.quality.expressions import times_given
from spark_app.quality.lookups import FOUND, looked_up
from spark_app.quality.neighbours import KEPT, carried, number
from spark_app.quality.times import cast_time

REASONS, ODD, PASSED_OVER, LEFT_OUT = "_reasons", "_odd", "_passed_over", "_left_out"
REASON_TYPE = "array<struct<rule:string,column:string,found:string,expected:string,dimension:string>>"
WHOLE_ROW = "row is whole"
VALID_TEXT = "text is valid UTF-8"
SHARED_ID = "rows of a rounded id are of one thing"  # see quality.rounded_ids
MARKED_TEXT = "optional text is valid UTF-8"  # where it is not, the value is kept with marks in it
_BAD_BYTES = "\ufffd"
_ORIGINAL, _NOTHING = "_original", "_nothing"
_SHOWN = 200


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
    dataset = source.datasets[mapped.dataset]
    names = dataset.names
    # Bronze of an older program of ours, or from before the source knew a column.
    later = [name for name in (*names.values(), DAMAGE) if name not in rows.columns]
    rows = rows.withColumns({name: F.lit(None).cast("string") for name in later}) if later else rows
    parts = source.entities.get(contract.name, ())
    withdraws = any(one.withdraws for one in parts)
    original, nothing, left_out = _landed_columns(rows), _nothing(rows), _left_out(mapped)
    if dataset.carry_down:
        # What landed is told as it stood there.
        rows = carried(rows.withColumns({_ORIGINAL: original, _NOTHING: nothing}), dataset)
        original, nothing = F.col(_ORIGINAL), F.col(_NOTHING)
    for name, by in ((name, one.lookup) for name, one in mapped.columns.items() if one.lookup is not None):
        other = (others or {}).get(by.dataset)
        if other is None:
            rows = rows.withColumn(f"{FOUND}{name}", F.lit(None).cast("string"))
        else:
            rows = looked_up(rows, name, by, source, mapped.dataset, other)
    if any(one.number_by is not None for one in mapped.columns.values()):
        kept = ~nothing & ~left_out & F.col("_corrupt_record").isNull() & F.col(DAMAGE).isNull()
        rows = rows.withColumn(KEPT, kept)
    raw = {
        column.name: _as_spelt(_text(column.name, mapped.columns.get(column.name), names), contract.words(column.name))
        for column in contract.columns
    }
    times = times_given(rows, contract, mapped)
    withraw = rows.select(
        "*",
        *[text.alias(f"_raw_{name}") for name, text in raw.items()],
        *[F.expr(mapped.columns[name].sql or "").alias(f"_time_{name}") for name in times],
    )
    typed = withraw.select(
        *[
            _typed(column, mapped.columns.get(column.name), source, dataset.number, times.get(column.name)).alias(
                column.name
            )
            for column in contract.columns
        ],
        *[
            F.col(name)
            for name in withraw.columns
            if name.startswith("_") and name not in (_ORIGINAL, _NOTHING, KEPT) and not name.startswith(FOUND)
        ],
        original.alias("_landed"),
        *([_deleted(mapped).alias(DELETED)] if withdraws else []),
        (nothing | left_out).alias(PASSED_OVER),
        (left_out & ~nothing).alias(LEFT_OUT),
    )
    marks, reasons = _marks(mapped, parts) if withdraws else [], _reasons(contract, mapped)
    if mapped.deletion is not None:
        reasons = F.when(F.col(DELETED), _of_key(reasons, contract)).otherwise(reasons)
    flagged = typed.select("*", *marks, reasons.alias(REASONS), _odd(contract).alias(ODD))
    told = flagged.withColumn("_raw", F.when(_may_be_set_aside(contract), F.to_json("_landed")))
    return told.drop("_landed", *[f"_raw_{name}" for name in raw], *[f"_time_{name}" for name in times])


def counted(judged: DataFrame, contract: Contract, amount: str) -> DataFrame:
    """One row a batch date: `landed`, `quarantined`, their amounts, `passed_over`, a count for each rule (`r0`, …).

    `left_out`: how many of `passed_over` are so by the source's `where`. `unpriced`: quarantined rows whose money is
    not known; they are in neither amount. Rules are those of `counted_rules`, in that order. This is the one pass in
    which row rules are counted.
    """
    rules = counted_rules(contract)
    bad = F.size(REASONS) > 0
    # A default may give money to a row that holds nothing.
    priced = _priced(contract, amount) & ~F.col(PASSED_OVER)
    total = F.when(priced, money(amount))
    return judged.groupBy("_batch_date").agg(
        F.count(F.lit(1)).alias("landed"),
        F.count_if(PASSED_OVER).alias("passed_over"),
        F.count_if(LEFT_OUT).alias("left_out"),
        F.count_if(bad).alias("quarantined"),
        F.count_if(bad & total.isNull()).alias("unpriced"),
        F.coalesce(F.sum(total), F.lit(0)).cast("decimal(18,2)").alias("amount_landed"),
        F.coalesce(F.sum(F.when(bad, total)), F.lit(0)).cast("decimal(18,2)").alias("amount_quarantined"),
        *[F.count_if(_breaks(rule)).alias(f"r{index}") for index, rule in enumerate(rules)],
    )


def can_be_used() -> SparkColumn:
    """Whether a judged row can be used."""
    return (F.size(REASONS) == 0) & ~F.col(PASSED_OVER)


def _priced(contract: Contract, amount: str) -> SparkColumn:
    """Whether the row says its money: a torn row's values stand in the wrong columns, one that does not cast is none.

    So a quantity that is no number does not make the price of one piece.
    """
    if not any(_speaks_of(amount, name) for name in contract.column_names):
        return F.lit(True)  # rows of this entity stand for no money, whatever they hold
    made_of = [rule.name for rule in contract.rules if rule.kind == "type" and _speaks_of(amount, rule.columns[0])]
    return ~F.arrays_overlap(F.col(f"{REASONS}.rule"), F.array(*map(F.lit, (WHOLE_ROW, *made_of))))


def _speaks_of(amount: str, column: str) -> bool:
    return column in columns_named(amount)


def money(amount: str) -> SparkColumn:
    """The money a row stands for, as sums take it.

    Sums stay within decimal(18,2): an amount of a trillion is quarantined by the contracts, and is no money here.
    """
    return F.expr(f"cast({amount} as decimal(14,2))")


def counted_rules(contract: Contract) -> tuple[tuple[str, str, str], ...]:
    """(rule, dimension, severity) of everything `counted` counts."""
    own: tuple[tuple[str, str, str], ...] = ((WHOLE_ROW, "accuracy", "error"), (VALID_TEXT, "accuracy", "error"))
    if key_texts(contract):
        own += ((SHARED_ID, "uniqueness", "error"),)
    if _texts(contract, required=False):
        own += ((MARKED_TEXT, "accuracy", "warning"),)
    return own + tuple((rule.name, rule.dimension, rule.severity) for rule in contract.row_rules)


def key_texts(contract: Contract) -> tuple[str, ...]:
    """The parts of a key that are text: ids as the shop writes them."""
    return tuple(name for name in contract.key if contract.column(name).type.name == "string")


def _breaks(rule: tuple[str, str, str]) -> SparkColumn:
    name, _, severity = rule
    return F.array_contains(f"{REASONS}.rule" if severity == "error" else ODD, name)


def _text(column: str, mapped: ColumnMap | None, names: Mapping[str, str]) -> SparkColumn:
    """The raw text of a column: trimmed, nothing where blank, in our words, with its default.

    `names`: bronze's, by header.
    """
    if mapped is None:
        return F.lit(None).cast("string")
    text = F.lit(None).cast("string")
    if mapped.column is not None:
        text = F.col(f"`{names[mapped.column]}`")
    elif mapped.lookup is not None:
        text = F.col(f"{FOUND}{column}")
    elif mapped.number_by is not None:
        text = number(mapped.number_by, names).cast("string")
    elif mapped.sql is not None:
        text = F.expr(mapped.sql).cast("string")
    text = F.btrim(text, F.lit(BLANKS))  # not by a pattern: that takes minutes where a megabyte is mostly blanks
    text = F.when(text != "", text)
    text = _translated(text, mapped.codes)
    return text if mapped.default is None else F.coalesce(text, F.lit(mapped.default))


def _as_spelt(text: SparkColumn, words: Sequence[str]) -> SparkColumn:
    """A word that the contract lists, as it spells it; any other as the shop does."""
    return _translated(text, {word: word for word in words})


def _translated(text: SparkColumn, words: Mapping[str, str]) -> SparkColumn:
    """A text of `words` as what it stands for, whatever its case; any other as it is."""
    if not words:
        return text
    by_word = {word.lower(): ours for word, ours in words.items()}
    pairs = [F.lit(word) for item in by_word.items() for word in item]
    return F.coalesce(F.element_at(F.create_map(*pairs), F.lower(text)), text)


def _typed(
    column: Column, mapped: ColumnMap | None, source: Source, number: NumberFormat | None, given: DataType | None
) -> SparkColumn:
    """`number`: how numbers are written in the dataset, where the column does not say."""
    if mapped is not None and mapped.number is None and number is not None:
        mapped = mapped.model_copy(update={"number": number})
    value = cast_text(F.col(f"_raw_{column.name}"), column.type, mapped, source.timezone)
    if given is None:
        return value
    # Text is there too: of a default, where the expression gives nothing.
    return F.coalesce(cast_time(F.col(f"_time_{column.name}"), given, column.type, source.timezone), value)


def _landed_columns(rows: DataFrame) -> SparkColumn:
    """The row as landed; a row that did not fit its header is there as it stood."""
    return F.struct(
        *[name for name in rows.columns if not name.startswith("_") or name in ("_extra", "_corrupt_record")]
    )


def _may_be_set_aside(contract: Contract) -> SparkColumn:
    """Making JSON of every row takes longer than judging it: only of those that are set aside, or may be yet."""
    rounded = [rounded_rule_name(name) for name in key_texts(contract)]
    odd_id = F.arrays_overlap(ODD, F.array(*map(F.lit, rounded))) if rounded else F.lit(False)
    return (F.size(REASONS) > 0) | odd_id


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


def _reasons(contract: Contract, mapped: EntityMap) -> SparkColumn:
    damage = F.col(DAMAGE)
    torn = F.when(
        F.col("_corrupt_record").isNotNull(),
        F.struct(
            F.lit(WHOLE_ROW).alias("rule"),
            F.lit(None).cast("string").alias("column"),
            F.substring(F.concat_ws(": ", damage, F.col("_corrupt_record")), 1, _SHOWN).alias("found"),
            F.when(F.col("_row_number") == 0, F.lit("a readable CSV file"))
            .when(damage.contains(LARGE), F.lit("a smaller row"))
            .when(damage.isNotNull(), F.lit("quotes in their places (RFC 4180)"))
            .otherwise(F.lit("as many fields as the header has names"))
            .alias("expected"),
            F.lit("accuracy").alias("dimension"),
        ),
    )
    no_text = F.when(damage.isNotNull(), _struct(VALID_TEXT, None, damage, "characters of text alone", "accuracy"))
    bytes_ = [no_text, *(_bad_bytes(name) for name in _texts(contract, required=True))]
    rules = [_reason(rule, mapped) for rule in contract.row_rules if rule.severity == "error"]
    whole = F.array_compact(F.array(*bytes_, *rules))
    # A torn row's values stand in the wrong columns: what they break says nothing.
    empty = F.array().cast(REASON_TYPE)
    told = F.when(torn.isNotNull(), F.array(torn)).when(F.col(PASSED_OVER), empty).otherwise(F.coalesce(whole, empty))
    return told.cast(REASON_TYPE)


def _of_key(reasons: SparkColumn, contract: Contract) -> SparkColumn:
    """What matters of a row that only says that its key is gone."""
    needed = (*contract.key, "updated_at")
    return F.filter(reasons, lambda one: (one["rule"] == WHOLE_ROW) | one["column"].isin(*needed))


def _texts(contract: Contract, *, required: bool) -> list[str]:
    return [column.name for column in contract.columns if column.type.name == "string" and column.required == required]


def _bad_bytes(name: str) -> SparkColumn:
    raw = F.col(f"_raw_{name}")
    return F.when(raw.contains(_BAD_BYTES), _struct(VALID_TEXT, name, raw, "text in UTF-8", "accuracy"))


def _reason(rule: Rule, mapped: EntityMap) -> SparkColumn:
    column = rule.columns[0] if rule.columns else None
    found = _found(rule.columns)
    return F.when(_fails(rule), _struct(rule.name, column, found, _expected(rule, mapped), rule.dimension))


def _expected(rule: Rule, mapped: EntityMap) -> str:
    """What the rule expects; of a shop with formats of its own, those."""
    own = mapped.columns.get(rule.columns[0]) if rule.kind == "type" else None
    if own is not None and own.formats:
        return f"a time as {' or '.join(own.formats)}"
    return rule.expected


def _fails(rule: Rule) -> SparkColumn:
    if rule.kind == "type":
        name = rule.columns[0]
        return F.col(f"_raw_{name}").isNotNull() & F.col(name).isNull()
    if rule.kind == "required":
        # A value that is there but does not cast is reported once, by its type's rule.
        return F.col(f"_raw_{rule.columns[0]}").isNull()
    return ~F.coalesce(F.expr(rule.passes), F.lit(True))


def _odd(contract: Contract) -> SparkColumn:
    warnings = [F.when(_fails(rule), F.lit(rule.name)) for rule in contract.row_rules if rule.severity == "warning"]
    if texts := _texts(contract, required=False):
        marked = reduce(or_, [F.col(f"_raw_{name}").contains(_BAD_BYTES) for name in texts])
        warnings.append(F.when(marked, F.lit(MARKED_TEXT)))
    none = F.array().cast("array<string>")
    # Of a torn row the values stand in the wrong columns, and of one of nothing only defaults are there.
    told = ~F.col(PASSED_OVER) & F.col("_corrupt_record").isNull()
    return F.when(told, F.array_compact(F.array(*warnings))).otherwise(none) if warnings else none


def _found(columns: Sequence[str]) -> SparkColumn:
    if len(columns) == 1:
        return F.col(f"_raw_{columns[0]}")
    return F.lit(None).cast("string")


def _struct(rule: str, column: str | None, found: SparkColumn, expected: str, dimension: str) -> SparkColumn:
    return F.struct(
        F.lit(rule).alias("rule"),
        F.lit(column).cast("string").alias("column"),
        F.substring(found, 1, _SHOWN).alias("found"),
        F.lit(expected).alias("expected"),
        F.lit(dimension).alias("dimension"),
    )
