"""What the rest of the code knows of a contract: plain, frozen values, no YAML and no Spark."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Dimension = Literal["completeness", "accuracy", "consistency", "uniqueness", "timeliness"]
Severity = Literal["error", "warning"]
Layer = Literal["silver", "gold"]
RuleKind = Literal["required", "type", "row", "unique", "row_count", "days_behind", "quarantined", "quarantined_money"]
Unit = Literal["rows", "percent", "days"]
# What a watch follows from day to day: see docs/quality.md.
Measure = Literal["sum", "rows", "amount", "quarantined", "repeated", "missing", "distinct", "delay"]
TypeName = Literal["string", "int", "bigint", "double", "boolean", "date", "timestamp", "decimal"]

DIMENSIONS: tuple[Dimension, ...] = ("completeness", "accuracy", "consistency", "uniqueness", "timeliness")

# The one table without a contract, and an input all the same: entity, batch_date, order_id, item_number,
# payment_sequence and updated_at of rows that cannot be used, as far as they could be read.
QUARANTINE = "silver.quarantine"


@dataclass(frozen=True)
class Type:
    """A column's type; `precision` and `scale` for decimals only."""

    name: TypeName
    precision: int = 0
    scale: int = 0

    @property
    def spark(self) -> str:
        return f"decimal({self.precision},{self.scale})" if self.name == "decimal" else self.name


@dataclass(frozen=True)
class Column:
    """A column as its contract describes it."""

    name: str
    type: Type
    required: bool
    description: str
    business_name: str
    classification: str | None
    max_length: int | None  # characters; Redshift's VARCHAR bytes are derived from it


@dataclass(frozen=True)
class Threshold:
    """How much breaking of a rule is borne: inclusive bounds in `unit`."""

    low: float | None
    high: float | None
    unit: Unit

    def holds(self, value: float) -> bool:
        return (self.low is None or value >= self.low) and (self.high is None or value <= self.high)

    @property
    def text(self) -> str:
        if self.low is not None and self.high is not None:
            return f"between {self.low:g} and {self.high:g} {self.unit}"
        if self.high is not None:
            return f"at most {self.high:g} {self.unit}"
        return f"at least {self.low:g} {self.unit}"


@dataclass(frozen=True)
class Rule:
    """One rule of a table.

    `passes` is a Spark SQL condition over one row for kind required, type and row (null passes);
    `columns` are those it speaks of. In silver an error-level row rule quarantines; a warning is
    counted. A threshold is held against the share or number of broken rows (row_count: rows;
    days_behind: days; quarantined, quarantined_money: percent of a day's drop) and may withhold a release.
    """

    name: str
    kind: RuleKind
    columns: tuple[str, ...]
    passes: str
    expected: str
    dimension: Dimension
    severity: Severity
    threshold: Threshold | None
    words: tuple[str, ...] = ()  # the values a column may have, where the rule lists them


@dataclass(frozen=True)
class Watch:
    """A figure a day that is held against its own past.

    `by`: columns whose values are judged each for itself, with the table and column they come from; `upstream`: where
    the figure itself comes from. `limit` (in deviations), `change` (in percent of what was expected) and `bounds` (in
    the figure's own unit) stand above what is learned; None where it is.
    """

    name: str
    measure: Measure
    column: str | None
    by: tuple[tuple[str, str], ...]
    upstream: str
    dimension: Dimension
    severity: Severity
    limit: float | None = None
    change: float | None = None
    bounds: Threshold | None = None


@dataclass(frozen=True)
class Serving:
    """Hints for the warehouse, each with its reason; `plain_parquet`: also as Parquet files beside Delta."""

    dist_style: str
    dist_key: str | None
    sort_key: tuple[str, ...]
    reasons: tuple[tuple[str, str], ...]
    plain_parquet: bool = False


@dataclass(frozen=True)
class Reference:
    """A foreign key: `columns` here name a row of `table` by `to`."""

    columns: tuple[str, ...]
    table: str
    to: tuple[str, ...]


@dataclass(frozen=True)
class Contract:
    """One table's contract: columns in order, key, rules, references and serving hints."""

    layer: Layer
    name: str
    version: str
    purpose: str
    grain: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    rules: tuple[Rule, ...]
    references: tuple[Reference, ...]
    daily: bool
    serving: Serving
    path: str
    watches: tuple[Watch, ...] = ()

    @property
    def qualified(self) -> str:
        return f"{self.layer}.{self.name}"

    @property
    def column_names(self) -> tuple[str, ...]:
        return tuple(column.name for column in self.columns)

    def column(self, name: str) -> Column:
        return next(column for column in self.columns if column.name == name)

    def words(self, column: str) -> tuple[str, ...]:
        """The values that a column may have, as the contract spells them; none where it lists none."""
        return next((rule.words for rule in self.rules if rule.words and rule.columns == (column,)), ())

    @property
    def row_rules(self) -> tuple[Rule, ...]:
        """Rules judged row by row on intake."""
        return tuple(rule for rule in self.rules if rule.kind in ("required", "type", "row"))
