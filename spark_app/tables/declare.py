"""What a table's file declares, and how the declarations are found and checked.

A silver file declares what its contract cannot say. A gold file declares its inputs by the names its functions give
them; that the names fit is checked when the tables are loaded, not in the middle of a run.
"""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from graphlib import CycleError, TopologicalSorter

from pyspark.sql import DataFrame

from spark_app.contracts.table import QUARANTINE, Contract
from spark_app.runtime.errors import ContractError

NO_MONEY = "0"
REPORTING = "reporting"


def as_it_is(rows: DataFrame) -> DataFrame:
    return rows


@dataclass(frozen=True)
class SilverTable:
    """An entity. `month_of`: the column its files are laid out by. `amount`: SQL of the money a row stands for.

    `tells_apart`: columns that two states of one row do not differ in; rows of a key that a spreadsheet has rounded,
    and that do, were different things (quality.rounded_ids). `clean` sets right what the rules let pass (a default
    quantity, say), before rows are kept.
    """

    name: str
    month_of: str
    amount: str = NO_MONEY
    tells_apart: tuple[str, ...] = ()
    clean: Callable[[DataFrame], DataFrame] = as_it_is

    @property
    def has_money(self) -> bool:
        return self.amount != NO_MONEY


@dataclass(frozen=True)
class Match:
    """Of a frame only rows matter whose `column` has a value that it also has in one of the frames `of`."""

    column: str
    of: tuple[str, ...]


@dataclass(frozen=True)
class GoldTable:
    """A table of the star schema.

    `inputs`: parameter name -> table. `derive(**inputs)` gives the table's rows from its inputs' rows; it may ask for
    `reporting` too (tables/reporting.py), as `touched` may: what gold's days and amounts are in.
    For increments: `touched(**changes)` takes each input's changed rows (before and after, one frame an input) and,
    where named, whole inputs as `all_<input>`; it gives the values of the column `scope` that are to be derived again.
    They select rows of the inputs in `drivers` (input -> SQL of the value there) before `derive` sees these, and rows
    of the table itself (`scope_sql`, where no column of it has the name): what is in the scope and is not derived again
    is deleted. Without `touched` the table is derived whole each time an input changes: for small tables only.
    `hashed`: input -> its columns that `derive` gets as hashes, never in clear (tables/hashes.py).
    `matches`: parameter of `derive` or `touched` -> which of its rows can matter there (of several matches: any); `of`
    are other parameters of the same function. So a day's work looks for keys instead of reading histories. `found_in`:
    column -> what a scope's value begins with where it is one of that column, for scopes that are no column.
    """

    name: str
    inputs: Mapping[str, str]
    derive: Callable[..., DataFrame]
    drivers: Mapping[str, str] = field(default_factory=dict)
    scope: str = ""
    touched: Callable[..., DataFrame] | None = None
    month_of: str | None = None
    scope_sql: str = ""
    hashed: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    matches: Mapping[str, Match | tuple[Match, ...]] = field(default_factory=dict)
    found_in: Mapping[str, str] = field(default_factory=dict)

    def matches_of(self, parameter: str) -> tuple[Match, ...]:
        """Of which rows of a parameter any can matter; none where all can."""
        found = self.matches.get(parameter, ())
        return found if isinstance(found, tuple) else (found,)

    @property
    def reports(self) -> bool:
        """Whether the rows depend on what gold's days and amounts are in."""
        return REPORTING in inspect.signature(self.derive).parameters


@dataclass(frozen=True)
class LandedTable:
    """A gold table made of what is known of drops rather than of rows; its job makes it without Spark."""

    name: str


def silver_tables(contracts: Mapping[str, Contract]) -> dict[str, SilverTable]:
    """Every silver table by name; each has a contract, and each silver contract a table."""
    found = {table.name: table for table in _declared() if isinstance(table, SilverTable)}
    _same(set(found), {c.name for c in contracts.values() if c.layer == "silver"}, "silver")
    for table in found.values():
        contract = contracts[f"silver.{table.name}"]
        for name in (table.month_of, *table.tells_apart):
            if name not in contract.column_names:
                raise ContractError(f"tables/{table.name}.py: '{name}' is no column of {contract.path}")
        for rule in contract.rules if not table.has_money else ():
            if rule.kind == "quarantined_money":
                told = f"{contract.path}: rule '{rule.name}': a row of {table.name} stands for no money"
                raise ContractError(f"{told}; tables that have some: {', '.join(_with_money(found))}")
    return found


def _with_money(tables: Mapping[str, SilverTable]) -> list[str]:
    return [name for name, table in tables.items() if table.has_money]


def gold_tables(contracts: Mapping[str, Contract]) -> dict[str, GoldTable]:
    """Every gold table derived from rows by name, inputs before what is made of them."""
    found = {table.name: table for table in _declared() if isinstance(table, GoldTable)}
    landed = {table.name for table in _declared() if isinstance(table, LandedTable)}
    _same(set(found) | landed, {c.name for c in contracts.values() if c.layer == "gold"}, "gold")
    for table in found.values():
        _check(table, contracts)
    try:
        return {name: found[name] for name in gold_graph(found).static_order()}
    except CycleError as error:
        raise ContractError(f"gold tables need each other in a circle: {' -> '.join(error.args[1])}") from None


def gold_graph(tables: Mapping[str, GoldTable]) -> TopologicalSorter[str]:
    """The tables by name, each behind the gold tables it is made of."""
    inputs = {
        name: [full for full in table.inputs.values() if full.startswith("gold.")] for name, table in tables.items()
    }
    return TopologicalSorter({name: [full.removeprefix("gold.") for full in found] for name, found in inputs.items()})


def _declared() -> list[object]:
    package = importlib.import_module("spark_app.tables")
    names = [module.name for module in pkgutil.iter_modules(package.__path__)]
    return [getattr(importlib.import_module(f"spark_app.tables.{name}"), "TABLE", None) for name in sorted(names)]


def _same(tables: set[str], contracts: set[str], layer: str) -> None:
    for name in sorted(tables ^ contracts):
        has, lacks = (f"tables/{name}.py", f"conf/contracts/{layer}/{name}.yaml")
        if name in contracts:
            has, lacks = lacks, has
        raise ContractError(f"{has} stands without {lacks}; a table is one contract and one file")


def _check(table: GoldTable, contracts: Mapping[str, Contract]) -> None:
    where = f"tables/{table.name}.py"
    own = contracts[f"gold.{table.name}"].column_names
    for name, full in table.inputs.items():
        if full not in contracts and full != QUARANTINE:
            raise ContractError(f"{where}: input {name} is '{full}', which is no table; known: {', '.join(contracts)}")
    for name, columns in table.hashed.items():
        known = contracts[table.inputs[name]].column_names if name in table.inputs else ()
        if unknown := sorted(set(columns) - set(known)):
            raise ContractError(f"{where}: hashed: {name} has no {', '.join(unknown)}")
    if set(inspect.signature(table.derive).parameters) - {REPORTING} != set(table.inputs):
        raise ContractError(f"{where}: derive takes other names than the inputs {', '.join(table.inputs)}")
    if table.month_of is not None and table.month_of not in own:
        raise ContractError(f"{where}: month_of '{table.month_of}' is no column of the table")
    _check_matches(table, where)
    if table.touched is None:
        return
    allowed = {REPORTING, *table.inputs, *(f"all_{name}" for name in table.inputs)}
    strange = set(inspect.signature(table.touched).parameters) - allowed
    if strange:
        raise ContractError(f"{where}: touched asks for {', '.join(sorted(strange))}; expected of {sorted(allowed)}")
    if not table.drivers or not set(table.drivers) <= set(table.inputs) or not table.scope:
        raise ContractError(f"{where}: a table with touched needs drivers among its inputs and a scope")


def _check_matches(table: GoldTable, where: str) -> None:
    asked = {*table.inputs, *(inspect.signature(table.touched).parameters if table.touched else ())}
    for name in table.matches:
        if strange := {name, *(one for match in table.matches_of(name) for one in match.of)} - asked:
            raise ContractError(f"{where}: matches: {', '.join(sorted(strange))} is no parameter of derive or touched")
