"""From a contract's `quality` entries (and its required columns, types and keys) to rules.

Understood: `metric: nullValues | missingValues | invalidValues | duplicateValues | rowCount`; `type: custom`
with `engine: sparkSql` (a condition that holds for a good row) or `engine: lakehouse` (`quarantinedRows`,
`quarantinedMoney`, `daysBehind`; `anomaly` is no rule but a watch: contracts.watches).

A custom entry's `implementation` is that text, or with a bound `{check: <text>, mustBeLessOrEqualTo: 3}`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, get_args

from open_data_contract_standard.model import DataQuality, SchemaObject

from spark_app.contracts import spark_sql
from spark_app.contracts.bounds import NONE_BROKEN, threshold_of, unfold_bounds, valid_word
from spark_app.contracts.implied_rules import implied_rules
from spark_app.contracts.live_orders import with_not_live
from spark_app.contracts.regex_check import regex_problem
from spark_app.contracts.sql import columns_named
from spark_app.contracts.table import DIMENSIONS, Column, Layer, Rule, RuleKind, Severity, Threshold, Unit
from spark_app.contracts.watches import is_watch
from spark_app.runtime.errors import LakehouseError, join_errors
from spark_app.runtime.yaml_lines import Document, Where

METRICS = ("nullValues", "missingValues", "invalidValues", "duplicateValues", "rowCount")
ENGINES = ("sparkSql", "lakehouse")
OWN: Mapping[str, RuleKind] = {
    "quarantinedRows": "quarantined",
    "quarantinedMoney": "quarantined_money",
    "daysBehind": "days_behind",
}
SHARES = ("quarantined", "quarantined_money")
# What a drop's share of unusable rows or money may be where the contract does not say.
HALF = Threshold(None, 50, "percent")
UNITS = get_args(Unit)
# Columns a rule may name beside the table's own: where the row came from.
META = ("_batch_date", "_source_file", "_row_number")


def compile_rules(
    document: Document, table: SchemaObject, columns: Sequence[Column], key: tuple[str, ...], layer: Layer
) -> tuple[Rule, ...]:
    """Implied rules first (type, required, key, whole ids), then those spelt out; names are unique."""
    rules = implied_rules(columns, key, layer)
    names = [column.name for column in columns]
    wrong: list[LakehouseError] = []
    for where, quality, own in _entries(table, names):
        try:
            rules.append(_rule(document, where, quality, own, names))
        except LakehouseError as error:
            wrong.append(error)
    if wrong:
        raise join_errors(wrong)
    seen: set[str] = set()
    for rule in rules:
        if rule.name in seen:
            raise document.fail(("schema", 0, "quality"), f"two rules are named '{rule.name}'")
        seen.add(rule.name)
    return tuple(rules)


def _entries(
    table: SchemaObject, names: Sequence[str]
) -> Iterator[tuple[tuple[str | int, ...], DataQuality, tuple[str, ...]]]:
    """(place, entry, the column it stands under) of every rule that the contract spells out; watches are not among."""
    for index, item in enumerate(table.properties or []):
        for number, quality in enumerate(item.quality or []):
            if not is_watch(quality):
                yield ("schema", 0, "properties", index, "quality", number), quality, (names[index],)
    for number, quality in enumerate(table.quality or []):
        if not is_watch(quality):
            yield ("schema", 0, "quality", number), quality, ()


def _rule(document: Document, where: Where, quality: DataQuality, columns: tuple[str, ...], names: list[str]) -> Rule:
    quality = unfold_bounds(document, where, quality)
    if not quality.name:
        raise document.fail(where, "a rule needs a name")
    dimension = valid_word(document, where, "dimension", quality.dimension, DIMENSIONS)
    severity = valid_word(document, where, "severity", quality.severity, get_args(Severity))
    kind, used, passes, expected = _meaning(document, where, quality, columns)
    for name in used:
        if name not in names:
            raise document.unknown(where, name, names, "column")
    _check_identifiers(document, where, passes, names)
    unit = valid_word(document, where, "unit", quality.unit or ("percent" if kind in SHARES else "rows"), UNITS)
    borne = threshold_of(document, where, quality, severity, unit)
    if kind in SHARES:
        if unit != "percent":
            raise document.fail((*where, "unit"), f"a share of a day's drop is bounded in percent; found '{unit}'")
        borne = _share(quality, borne)
    words = _words(quality) if kind == "row" else ()
    return Rule(quality.name, kind, used, passes, expected, dimension, severity, borne, words)


def _words(quality: DataQuality) -> tuple[str, ...]:
    listed = (quality.arguments or {}).get("validValues", ())
    return tuple(str(value) for value in listed)


def _share(quality: DataQuality, borne: Threshold | None) -> Threshold:
    """The bound that is given, `mustBe: 0` among them; half where none is."""
    given = (quality.mustBe, quality.mustBeBetween, quality.mustBeLessOrEqualTo, quality.mustBeGreaterOrEqualTo)
    if all(bound is None for bound in given):
        return HALF
    return borne if borne not in (None, NONE_BROKEN) else Threshold(None, 0, "percent")


def _meaning(
    document: Document, where: Where, quality: DataQuality, columns: tuple[str, ...]
) -> tuple[RuleKind, tuple[str, ...], str, str]:
    """(kind, columns, condition, what is expected) of one entry."""
    if quality.type == "custom":
        return _custom(document, where, quality, columns)
    if quality.type not in (None, "library"):
        raise document.unknown((*where, "type"), quality.type, ("library", "custom"), "type of rule")
    metric, arguments = str(quality.metric), quality.arguments or {}
    if metric not in METRICS:
        raise document.unknown((*where, "metric"), metric, METRICS, "metric")
    if metric == "rowCount":
        return "row_count", (), "", "rows"
    if metric == "duplicateValues":
        return "unique", columns or tuple(arguments.get("properties", ())), "", "no value twice"
    if len(columns) != 1:
        raise document.fail(where, f"metric {metric} belongs under a column")
    column = columns[0]
    if metric in ("nullValues", "missingValues"):
        return "row", columns, f"{column} IS NOT NULL", "a value"
    return "row", columns, *_valid_values(document, (*where, "arguments"), column, arguments)


def _valid_values(document: Document, where: Where, column: str, arguments: dict[str, Any]) -> tuple[str, str]:
    for word in arguments:
        if word not in ("validValues", "pattern"):
            raise document.unknown((*where, word), word, ("validValues", "pattern"), "argument")
    if "validValues" in arguments:
        values = [str(value) for value in arguments["validValues"]]
        if twice := alike(values):
            raise document.fail((*where, "validValues"), f"'{twice[0]}' and '{twice[1]}' are the same but for case")
        return f"{column} IN ({', '.join(map(spark_sql.text, values))})", f"one of {', '.join(values)}"
    if "pattern" in arguments:
        pattern = str(arguments["pattern"])
        if broken := regex_problem(pattern):
            raise document.fail((*where, "pattern"), f"'{pattern}': {broken}")
        return f"regexp_like({column}, {spark_sql.text(pattern)})", f"text like {pattern}"
    raise document.fail(where, "invalidValues needs validValues or a pattern")


def alike(words: Iterable[str]) -> tuple[str, str] | None:
    """Two words that are the same but for case, which is how rows are read; None where there are none."""
    seen: dict[str, str] = {}
    for word in words:
        if word.lower() in seen:
            return seen[word.lower()], word
        seen[word.lower()] = word
    return None


def _custom(
    document: Document, where: Where, quality: DataQuality, columns: tuple[str, ...]
) -> tuple[RuleKind, tuple[str, ...], str, str]:
    engine, what = str(quality.engine), quality.implementation
    if engine not in ENGINES:
        raise document.unknown((*where, "engine"), engine, ENGINES, "engine")
    if not isinstance(what, str) or not what.strip():
        raise document.fail((*where, "implementation"), "expected one line of text")
    if engine == "sparkSql":
        passes = with_not_live(what.strip())
        return "row", columns, passes, quality.description or passes
    if what not in OWN:
        raise document.unknown((*where, "implementation"), what, OWN, "implementation")
    return OWN[what], columns, "", quality.description or what


def _check_identifiers(document: Document, where: Where, passes: str, names: list[str]) -> None:
    """A misspelt column in a condition, or one that is no SQL, is found before Spark starts."""
    if _of_known_words(passes, {*names, *META}):
        return
    try:
        used = columns_named(passes)
    except ValueError as problem:
        raise document.fail((*where, "implementation"), f"cannot be read as SQL: {problem}") from None
    for name in used:
        if name not in names and name not in META:
            raise document.unknown((*where, "implementation"), name, [*names, *META], "column")


def _of_known_words(passes: str, names: set[str]) -> bool:
    """Whether nothing but columns, these words and numbers stand outside texts: nothing there can be misspelt.

    Most conditions are so, and none of them is parsed: sqlglot's import would cost every command a part of a second.
    """
    outside = " ".join(passes.split("'")[::2])
    words = "".join(mark if mark.isalnum() or mark == "_" else " " for mark in outside).split()
    odd = any(mark in passes for mark in '\\"`;') or passes.count("'") % 2 or outside.count("(") != outside.count(")")
    return not odd and all(word in names or word.upper() in _WORDS or word.isdecimal() for word in words)


_WORDS = {
    "AND", "OR", "NOT", "IN", "IS", "NULL", "LIKE", "BETWEEN", "TRUE", "FALSE", "CASE", "WHEN", "THEN", "ELSE", "END",
    "DATE", "TIMESTAMP", "ABS", "COALESCE", "DATE_ADD", "DATE_SUB", "GREATEST", "INSTR", "LEAST", "LENGTH", "LOWER",
    "REGEXP_LIKE", "TO_DATE", "TRIM", "UPPER", "DAY", "MONTH", "QUARTER", "WEEKDAY", "WEEKOFYEAR", "YEAR",
}  # fmt: skip
