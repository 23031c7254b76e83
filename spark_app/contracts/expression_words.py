"""The words of a source's expression: functions that give something else each time, and text that is a pattern."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from spark_app.contracts import pattern_check
from spark_app.contracts.blanks import folded
from spark_app.contracts.regex_check import regex_problem

if TYPE_CHECKING:
    from sqlglot.tokenizer_core import Token

_CHANGING = (
    "current_timestamp", "current_date", "current_timezone", "now", "localtimestamp", "curdate", "rand", "random",
    "randn", "uuid", "shuffle", "monotonically_increasing_id", "spark_partition_id", "input_file_name",
    "input_file_block_start", "unix_timestamp", "current_user", "user",
)  # fmt: skip
_BARE = ("current_timestamp", "current_date", "localtimestamp")  # may stand without parentheses
_READ_TIMES = (
    "to_timestamp", "try_to_timestamp", "to_timestamp_ntz", "to_timestamp_ltz", "to_date", "unix_timestamp",
    "to_unix_timestamp",
)  # fmt: skip
_WRITE_TIMES = ("date_format", "from_unixtime")
_COMPARED = ("LT", "LTE", "GT", "GTE", "EQ", "NEQ")
_BEGIN = ("L_PAREN", "AND", "OR", "NOT", "WHEN", "COMMA")  # behind these a comparison may begin
_GO_ON = ("STAR", "SLASH", "MOD", "DIV")
_REGEXES = (
    "regexp", "rlike", "regexp_like", "regexp_extract", "regexp_extract_all", "regexp_replace", "regexp_count",
    "regexp_instr", "regexp_substr", "split",
)  # fmt: skip


@dataclass(frozen=True)
class Fault:
    """What is wrong, and where in the expression (from 0) where that is known."""

    text: str
    at: int | None = None


def tokens_of(expression: str) -> list[Token]:
    """The expression's words and marks, as Spark's SQL divides them."""
    import sqlglot

    return list(sqlglot.tokenize(expression, dialect="spark"))


def of_one_day(expression: str) -> str:
    """The expression with each window over the rows of one day's drop alone.

    Else a value would depend on which days are taken in together, and a rebuild would give another one.
    """
    if "over" not in expression.lower():
        return expression
    out, end = "", 0
    tokens = tokens_of(expression)
    for index, token in enumerate(tokens[:-1]):
        words = [" ".join(one.text.lower().split()) for one in tokens[index : index + 3]]
        if words[:2] != ["over", "("] or "STRING" in token.token_type.name:
            continue
        divided = words[2:] == ["partition by"]
        at = tokens[index + (2 if divided else 1)].end + 1
        out, end = out + expression[end:at] + (" _batch_date," if divided else "PARTITION BY _batch_date "), at
    return out + expression[end:]


def with_bronze_names(expression: str, names: Mapping[str, str]) -> str:
    """The expression with each header that stands in it in backticks as bronze names it; `names`: by folded header."""
    if "`" not in expression:
        return expression
    out, end = "", 0
    for token in tokens_of(expression):
        name = names.get(folded(token.text)) if expression[token.start] == "`" else None
        if name is not None:
            out, end = f"{out}{expression[end : token.start]}`{name}`", token.end + 1
    return out + expression[end:]


def with_fractions(expression: str) -> str:
    """The expression with each whole number that something is compared with as a number that may have a fraction.

    Spark makes of a text what it is compared with: '-0.5' < 0 would be 0 < 0, and a return of half a kilo no return.
    """
    if not re.search(r"[<>=]\s*[-+]?\s*\d|\d\s*[<>=!]", expression):
        return expression
    out, end = "", 0
    tokens = tokens_of(expression)
    for index, token in enumerate(tokens):
        if token.token_type.name != "NUMBER" or not re.fullmatch(r"\d{1,15}", expression[token.start : token.end + 1]):
            continue
        before = [one.token_type.name for one in reversed(tokens[max(index - 2, 0) : index])]
        before = before[1:] if before[:1] in (["DASH"], ["PLUS"]) else before[:1]
        after = tokens[index + 1].token_type.name if index + 1 < len(tokens) else ""
        first = not before or before[0] in _BEGIN
        if (after in _COMPARED and first) or (before and before[0] in _COMPARED and after not in _GO_ON):
            out, end = f"{out}{expression[end : token.end + 1]}D", token.end + 1
    return out + expression[end:]


def changing(tokens: Sequence[Token]) -> Iterator[Fault]:
    """Functions of the clock, of chance and of where Spark happens to be."""
    for name, arguments, at in _calls(tokens):
        if name in _CHANGING and not (name == "unix_timestamp" and arguments):
            yield Fault(f"{name}() gives something else each time; the same files must give the same rows", at)
    for token, after in itertools.pairwise([*tokens, None]):
        word = token.text.lower() if token and "STRING" not in token.token_type.name else ""
        if token and word in _BARE and (after is None or after.text != "("):
            yield Fault(f"{word} gives something else each time; the same files must give the same rows", token.start)


def literals(tokens: Sequence[Token]) -> Iterator[Fault]:
    """Patterns and regular expressions that stand in it as text: Spark would look at them only at the first row."""
    for name, arguments, at in _calls(tokens):
        text = _text(arguments[1]) if len(arguments) > 1 else None
        if text is None:
            continue
        if name in _READ_TIMES or name in _WRITE_TIMES:
            if wrong := pattern_check.find_pattern_problems(text, reading=name in _READ_TIMES):
                yield Fault(f"{name}: '{text}': {'; '.join(wrong)}", at)
        elif name in _REGEXES and (broken := regex_problem(text)):
            yield Fault(f"{name}: '{text}': {broken}", at)
    for before, token in itertools.pairwise(tokens):
        text = _text([token])
        if before.text.lower() in ("rlike", "regexp") and text is not None and (broken := regex_problem(text)):
            yield Fault(f"{before.text.lower()}: '{text}': {broken}", before.start)


def _calls(tokens: Sequence[Token]) -> Iterator[tuple[str, list[list[Token]], int]]:
    """(function in lower case, tokens of each argument, place) of every call."""
    for index, token in enumerate(tokens[:-1]):
        if tokens[index + 1].text == "(" and re.fullmatch(r"\w+", token.text):
            yield token.text.lower(), _arguments(tokens[index + 2 :]), token.start


def _arguments(tokens: Sequence[Token]) -> list[list[Token]]:
    found: list[list[Token]] = [[]]
    depth = 0
    for token in tokens:
        bracket = token.token_type.name in ("L_PAREN", "R_PAREN")
        depth += {"(": 1, ")": -1}.get(token.text, 0) if bracket else 0
        if depth < 0:
            break
        if token.token_type.name == "COMMA" and depth == 0:
            found.append([])
        else:
            found[-1].append(token)
    return found if found != [[]] else []


def _text(tokens: Sequence[Token]) -> str | None:
    """The text that these tokens are, as Spark reads it; None where they are anything else."""
    if len(tokens) != 1 or tokens[0].token_type.name not in ("STRING", "RAW_STRING"):
        return None
    text = tokens[0].text
    return text if tokens[0].token_type.name == "RAW_STRING" else re.sub(r"\\(.)", r"\1", text)
