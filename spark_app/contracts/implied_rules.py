"""Rules that nobody need write: each column is of its type, required ones are present, keys unique, ids whole."""

from __future__ import annotations

from collections.abc import Sequence

from spark_app.contracts.bounds import NONE_BROKEN
from spark_app.contracts.table import Column, Dimension, Layer, Rule, RuleKind, Severity, Threshold


def implied_rules(columns: Sequence[Column], key: tuple[str, ...], layer: Layer) -> list[Rule]:
    """Of a table's columns and key: types, then what is required, the key, and (in silver) whole ids."""
    rules = [_type_rule(column) for column in columns if column.type.name != "string"]
    rules += [_required_rule(column) for column in columns if column.required]
    rules.append(_key_rule(key))
    if layer == "silver":
        ids = [column.name for column in columns if column.name in key or column.name.endswith("_id")]
        rules += [
            _whole_id_rule(column.name) for column in columns if column.type.name == "string" and column.name in ids
        ]
    return rules


def _type_rule(column: Column) -> Rule:
    expected = {
        "date": "a date as 2024-12-31",
        "timestamp": "a time as 2024-12-31 23:59:59",
        "decimal": f"a number with at most {column.type.scale} decimals",
        "boolean": "true or false",
        "double": "a number",
    }.get(column.type.name, "a whole number")
    return _make(f"{column.name} is {_article(column.type.name)}", "type", (column.name,), "true", expected)


def _required_rule(column: Column) -> Rule:
    name, passes = f"{column.name} is present", f"{column.name} IS NOT NULL"
    return _make(name, "required", (column.name,), passes, "a value", dimension="completeness")


def _key_rule(key: tuple[str, ...]) -> Rule:
    name = f"{', '.join(key)} is unique"
    return _make(name, "unique", key, "", "one row a key", dimension="uniqueness")


def is_whole_id(column: str) -> str:
    """SQL that holds unless an id is a number that a spreadsheet rounded: 4.50001E+14, also with a decimal comma."""
    # A plus sign is rare in ids: the pattern is tried on few.
    return f"instr({column}, '+') = 0 OR NOT regexp_like({column}, '^[0-9]([.,][0-9]+)?[eE][+][0-9]+$')"


def rounded_rule_name(column: str) -> str:
    """The name of the rule that tells rounded ids of a column."""
    return f"{column} is not rounded by a spreadsheet"


def _whole_id_rule(column: str) -> Rule:
    expected = "an id as the shop wrote it; 4.50001E+14 looks like a number that a spreadsheet rounded"
    return _make(
        rounded_rule_name(column), "row", (column,), is_whole_id(column), expected, severity="warning", borne=None
    )


def _make(
    name: str,
    kind: RuleKind,
    columns: tuple[str, ...],
    passes: str,
    expected: str,
    dimension: Dimension = "accuracy",
    severity: Severity = "error",
    borne: Threshold | None = NONE_BROKEN,
) -> Rule:
    return Rule(name, kind, columns, passes, expected, dimension, severity, borne)


def _article(word: str) -> str:
    return f"{'an' if word[0] in 'aeiou' else 'a'} {word}"
