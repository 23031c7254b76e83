"""What a judged row breaks: reasons for which it cannot be used, and what of it is only odd, as columns of one pass."""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce
from operator import or_

from pyspark.sql import Column as SparkColumn
from pyspark.sql import functions as F

from spark_app.contracts.implied_rules import rounded_rule_name
from spark_app.contracts.mapping import EntityMap
from spark_app.contracts.table import Contract, Rule
from spark_app.lake.csv_damage import LARGE
from spark_app.lake.csv_files import DAMAGE

REASONS, ODD, PASSED_OVER, LEFT_OUT = "_reasons", "_odd", "_passed_over", "_left_out"
REASON_TYPE = "array<struct<rule:string,column:string,found:string,expected:string,dimension:string>>"
WHOLE_ROW = "row is whole"
VALID_TEXT = "text is valid UTF-8"
SHARED_ID = "rows of a rounded id are of one thing"  # see quality.rounded_ids
MARKED_TEXT = "optional text is valid UTF-8"  # where it is not, the value is kept with marks in it
RAW = "_raw_"  # before a column's name: what is read of the row for it, as text
_BAD_BYTES = "\ufffd"
_SHOWN = 200


def reasons_of(contract: Contract, mapped: EntityMap) -> SparkColumn:
    """Array of (rule, column, found, expected, dimension): the error-level rules that the row breaks."""
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
    bytes_ = [no_text, *(_bad_bytes(name) for name in texts_of(contract, required=True))]
    rules = [_reason(rule, mapped) for rule in contract.row_rules if rule.severity == "error"]
    whole = F.array_compact(F.array(*bytes_, *rules))
    # A torn row's values stand in the wrong columns: what they break says nothing.
    empty = F.array().cast(REASON_TYPE)
    told = F.when(torn.isNotNull(), F.array(torn)).when(F.col(PASSED_OVER), empty).otherwise(F.coalesce(whole, empty))
    return told.cast(REASON_TYPE)


def reasons_of_key(reasons: SparkColumn, contract: Contract) -> SparkColumn:
    """What matters of a row that only says that its key is gone."""
    needed = (*contract.key, "updated_at")
    return F.filter(reasons, lambda one: (one["rule"] == WHOLE_ROW) | one["column"].isin(*needed))


def oddities_of(contract: Contract) -> SparkColumn:
    """Array of the names of the warning-level rules that the row breaks."""
    warnings = [F.when(_fails(rule), F.lit(rule.name)) for rule in contract.row_rules if rule.severity == "warning"]
    if texts := texts_of(contract, required=False):
        marked = reduce(or_, [F.col(f"{RAW}{name}").contains(_BAD_BYTES) for name in texts])
        warnings.append(F.when(marked, F.lit(MARKED_TEXT)))
    none = F.array().cast("array<string>")
    # Of a torn row the values stand in the wrong columns, and of one of nothing only defaults are there.
    told = ~F.col(PASSED_OVER) & F.col("_corrupt_record").isNull()
    return F.when(told, F.array_compact(F.array(*warnings))).otherwise(none) if warnings else none


def may_be_set_aside(contract: Contract) -> SparkColumn:
    """Making JSON of every row takes longer than judging it: only of those that are set aside, or may be yet."""
    rounded = [rounded_rule_name(name) for name in key_texts(contract)]
    odd_id = F.arrays_overlap(ODD, F.array(*map(F.lit, rounded))) if rounded else F.lit(False)
    return (F.size(REASONS) > 0) | odd_id


def key_texts(contract: Contract) -> tuple[str, ...]:
    """The parts of a key that are text: ids as the shop writes them."""
    return tuple(name for name in contract.key if contract.column(name).type.name == "string")


def texts_of(contract: Contract, *, required: bool) -> list[str]:
    """The names of the columns of text that are required, or of those that are not."""
    return [column.name for column in contract.columns if column.type.name == "string" and column.required == required]


def _bad_bytes(name: str) -> SparkColumn:
    raw = F.col(f"{RAW}{name}")
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
        return F.col(f"{RAW}{name}").isNotNull() & F.col(name).isNull()
    if rule.kind == "required":
        # A value that is there but does not cast is reported once, by its type's rule.
        return F.col(f"{RAW}{rule.columns[0]}").isNull()
    return ~F.coalesce(F.expr(rule.passes), F.lit(True))


def _found(columns: Sequence[str]) -> SparkColumn:
    if len(columns) == 1:
        return F.col(f"{RAW}{columns[0]}")
    return F.lit(None).cast("string")


def _struct(rule: str, column: str | None, found: SparkColumn, expected: str, dimension: str) -> SparkColumn:
    return F.struct(
        F.lit(rule).alias("rule"),
        F.lit(column).cast("string").alias("column"),
        F.substring(found, 1, _SHOWN).alias("found"),
        F.lit(expected).alias("expected"),
        F.lit(dimension).alias("dimension"),
    )
