"""A view named for people: what it shows, and over which tables."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


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


def with_all_tables(views: Iterable[View], tables: Iterable[str]) -> list[View]:
    """The views all of whose tables are there."""
    known = set(tables)
    return [view for view in views if all(table in known for table, _ in view.tables)]
