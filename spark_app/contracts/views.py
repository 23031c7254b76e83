"""Views named for people: `conf/views/<name>.yaml`, checked against the gold contracts and alike in every warehouse.

Most start from a gold table and look others up (`view_of_tables.py`); some add up another view by period or place,
with metrics as their figures (`view_of_metrics.py`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from spark_app.contracts.table import Contract
from spark_app.runtime.errors import ContractError
from spark_app.runtime.settings import conf_dir
from spark_app.runtime.yaml_lines import Document


@dataclass(frozen=True)
class ViewColumn:
    """One column: its expression over quoted names, and what it means. `metric`: the metric it is, if it is one."""

    name: str
    sql: str
    description: str
    metric: str | None = None


@dataclass(frozen=True)
class View:
    """A view of the warehouse. `tables`: the gold tables it reads, the first of them as `from` and the rest joined.

    `over`: the view (and its alias) that it adds up by its columns that are no metrics; `tables` are then that view's.
    """

    name: str
    description: str
    grain: str
    columns: tuple[ViewColumn, ...]
    tables: tuple[tuple[str, str], ...]  # table, alias
    joins: tuple[str, ...] = ()  # what each table but the first is joined on
    where: str | None = None
    over: tuple[str, str] | None = None

    def select(self, schema: str) -> str:
        """The query behind it, over tables (or the view) of this schema."""
        shown = ",\n  ".join(f'{column.sql} AS "{column.name}"' for column in self.columns)
        (first, alias), *others = (self.over,) if self.over else self.tables
        lines = [f'SELECT\n  {shown}\nFROM "{schema}"."{first}" AS "{alias}"']
        for (table, named), on in zip(others, self.joins, strict=True):
            lines.append(f'LEFT JOIN "{schema}"."{table}" AS "{named}" ON {on}')
        if self.where:
            lines.append(f"WHERE {self.where}")
        if self.over:
            places = (str(place) for place, column in enumerate(self.columns, 1) if column.metric is None)
            lines.append(f"GROUP BY {', '.join(places)}")
        return "\n".join(lines)


def load_views(contracts: Mapping[str, Contract], folder: Path | None = None) -> tuple[View, ...]:
    """Every view, by name, those over other views last; ContractError names file, line and the nearest valid word.

    `contracts` are those of `load_contracts`, by qualified name. A conf folder without views has none. Metrics are
    read from the file beside the folder, where a view asks for one.
    """
    from spark_app.contracts.view_of_metrics import is_of_metrics, view_of_metrics  # these know View
    from spark_app.contracts.view_of_tables import view_of_tables

    place = folder or conf_dir() / "views"
    documents = [Document(path, ContractError) for path in sorted(place.glob("*.yaml"))]
    tables = {contract.name: contract for contract in contracts.values() if contract.layer == "gold"}
    first = tuple(view_of_tables(one, tables) for one in documents if not is_of_metrics(one))
    rest = [one for one in documents if is_of_metrics(one)]
    if not rest:
        return first
    from spark_app.contracts.metrics import load_metrics

    metrics = load_metrics(first, place.parent / "metrics.yaml")
    return first + tuple(view_of_metrics(one, first, metrics, tables) for one in rest)


def complete(views: Iterable[View], tables: Iterable[str]) -> list[View]:
    """The views all of whose tables are there."""
    known = set(tables)
    return [view for view in views if all(table in known for table, _ in view.tables)]
