"""What a judged row breaks: reasons for which it cannot be used, and what of it is only odd, as columns of one pass."""

from __future__ import annotations

from collections.abc import Sequence

from pyspark.sql import Column as SparkColumn
from pyspark.sql import functions as F

from spark_app.contracts.implied_rules import rounded_rule_name
from spark_app.contracts.mapping import EntityMap
from spark_app.contracts.spark_sql import name, text
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
    damage = name(DAMAGE)
    torn = _struct(
        WHOLE_ROW,
        None,
        f"concat_ws(': ', {damage}, _corrupt_record)",
        "CASE WHEN _row_number = 0 THEN 'a readable CSV file' "
        f"WHEN contains({damage}, {text(LARGE)}) THEN 'a smaller row' "
        f"WHEN {damage} IS NOT NULL THEN 'quotes in their places (RFC 4180)' "
        "ELSE 'as many fields as the header has names' END",
        "accuracy",
    )
    no_text = _struct(VALID_TEXT, None, damage, text("characters of text alone"), "accuracy")
    broken = [
        _one(f"{damage} IS NOT NULL", no_text),
        *(_bad_bytes(column) for column in texts_of(contract, required=True)),
        *(_reason(rule, mapped) for rule in contract.row_rules if rule.severity == "error"),
    ]
    # A torn row's values stand in the wrong columns: what they break says nothing.
    return F.expr(
        f"CAST(CASE WHEN _corrupt_record IS NOT NULL THEN array({torn}) WHEN {PASSED_OVER} THEN array() "
        f"ELSE {_all_of(broken)} END AS {REASON_TYPE})"
    )


def reasons_of_key(reasons: SparkColumn, contract: Contract) -> SparkColumn:
    """What matters of a row that only says that its key is gone."""
    needed = (*contract.key, "updated_at")
    return F.filter(reasons, lambda one: (one["rule"] == WHOLE_ROW) | one["column"].isin(*needed))


def oddities_of(contract: Contract) -> SparkColumn:
    """Array of the names of the warning-level rules that the row breaks."""
    warnings = [rule for rule in contract.row_rules if rule.severity == "warning"]
    broken = [_one(_fails(rule), text(rule.name)) for rule in warnings]
    if texts := texts_of(contract, required=False):
        marked = " OR ".join(f"contains({_raw(column)}, {text(_BAD_BYTES)})" for column in texts)
        broken.append(_one(marked, text(MARKED_TEXT)))
    # Of a torn row the values stand in the wrong columns, and of one of nothing only defaults are there.
    told = f"CASE WHEN NOT {PASSED_OVER} AND _corrupt_record IS NULL THEN {_all_of(broken)} END"
    none = "CAST(array() AS array<string>)"
    return F.expr(f"coalesce({told}, {none})" if broken else none)


def may_be_set_aside(contract: Contract) -> SparkColumn:
    """Making JSON of every row takes longer than judging it: only of those that are set aside, or may be yet."""
    rounded = [rounded_rule_name(one) for one in key_texts(contract)]
    odd_id = F.arrays_overlap(ODD, F.array(*map(F.lit, rounded))) if rounded else F.lit(False)
    return (F.size(REASONS) > 0) | odd_id


def key_texts(contract: Contract) -> tuple[str, ...]:
    """The parts of a key that are text: ids as the shop writes them."""
    return tuple(one for one in contract.key if contract.column(one).type.name == "string")


def texts_of(contract: Contract, *, required: bool) -> list[str]:
    """The names of the columns of text that are required, or of those that are not."""
    return [column.name for column in contract.columns if column.type.name == "string" and column.required == required]


def _one(condition: str, told: str) -> str:
    """Array of what is told where the condition holds; else an empty one."""
    return f"CASE WHEN {condition} THEN array({told}) ELSE array() END"


def _all_of(broken: Sequence[str]) -> str:
    """One array of all of these. Not by array_compact: Spark compiles no lambda, nor what it is applied to."""
    return f"flatten(array({', '.join(broken)}))"


def _raw(column: str) -> str:
    return name(f"{RAW}{column}")


def _bad_bytes(column: str) -> str:
    raw = _raw(column)
    bad = _struct(VALID_TEXT, column, raw, text("text in UTF-8"), "accuracy")
    return _one(f"contains({raw}, {text(_BAD_BYTES)})", bad)


def _reason(rule: Rule, mapped: EntityMap) -> str:
    column = rule.columns[0] if rule.columns else None
    found = _raw(rule.columns[0]) if len(rule.columns) == 1 else text(None)
    told = _struct(rule.name, column, found, text(_expected(rule, mapped)), rule.dimension)
    return _one(_fails(rule), told)


def _expected(rule: Rule, mapped: EntityMap) -> str:
    """What the rule expects; of a shop with formats of its own, those."""
    own = mapped.columns.get(rule.columns[0]) if rule.kind == "type" else None
    if own is not None and own.formats:
        return f"a time as {' or '.join(own.formats)}"
    return rule.expected


def _fails(rule: Rule) -> str:
    if rule.kind == "type":
        column = rule.columns[0]
        return f"{_raw(column)} IS NOT NULL AND {name(column)} IS NULL"
    if rule.kind == "required":
        # A value that is there but does not cast is reported once, by its type's rule.
        return f"{_raw(rule.columns[0])} IS NULL"
    return f"NOT coalesce({rule.passes}, true)"


def _struct(rule: str, column: str | None, found: str, expected: str, dimension: str) -> str:
    """A reason; `found` and `expected` are Spark SQL."""
    return (
        f"named_struct('rule', {text(rule)}, 'column', {text(column)}, 'found', substring({found}, 1, {_SHOWN}), "
        f"'expected', {expected}, 'dimension', {text(dimension)})"
    )
