"""What a page is made of. A page's module gives `page(data) -> Page`; its template shows the figures by name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from spark_app.contracts.metrics import Unit

Shown = Unit | Literal["text", "day", "change"]


@dataclass(frozen=True)
class Column:
    """A column of a figure's table."""

    name: str
    title: str
    unit: Shown = "text"


@dataclass(frozen=True)
class Query:
    """What the browser asks of a cube after filtering.

    `by`: "period" (the chosen grain) and columns of the cube. `metrics`: the first is shown, others can be chosen.
    `compare`: also the days compared with. `top`: only so many members, the rest as one. `order`: of members,
    by value (the greatest first), by change, or as the cube lists them.
    """

    cube: str
    by: tuple[str, ...]
    metrics: tuple[str, ...]
    compare: bool = False
    top: int | None = None
    order: Literal["value", "change", "listed"] = "value"


@dataclass(frozen=True)
class Figure:
    """A chart with its table: filtered in the browser (`query`), or as it is (`values` of `columns`).

    `chart` is a Vega-Lite specification over data named "values"; None shows the table alone. With a query the
    definition is that of the metric shown. `empty` stands in place of what there is nothing of.
    """

    title: str
    definition: str = ""
    chart: Mapping[str, Any] | None = None
    query: Query | None = None
    values: Sequence[Mapping[str, Any]] = ()
    columns: Sequence[Column] = ()
    note: str | None = None
    wide: bool = False
    empty: str = "Nothing to show for what is chosen."


@dataclass(frozen=True)
class Tile:
    """One figure in large print, of a metric of a cube, compared with the days before and the year before."""

    metric: str
    cube: str


@dataclass(frozen=True)
class Filter:
    """A choice that narrows every figure whose cube has the column."""

    column: str
    title: str


@dataclass(frozen=True)
class Page:
    """`name` is the file's, `template` lies in templates/; `more` is what else the template wants to know."""

    name: str
    title: str
    template: str = "figures.html"
    tiles: Sequence[Tile] = ()
    figures: Mapping[str, Figure] = field(default_factory=dict)
    cubes: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    filters: Sequence[Filter] = ()
    note: str | None = None
    dates: bool = True  # whether days, grain and comparison can be chosen
    of_release: bool = True  # whether its figures are of the release, or of what has happened until now
    more: Mapping[str, Any] = field(default_factory=dict)
