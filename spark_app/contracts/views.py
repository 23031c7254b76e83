"""Views named for people: `conf/views/<name>.yaml`, checked against the gold contracts and alike in every warehouse.

A view starts from one table and looks others up by left joins, so it never loses or doubles a row of its first
table. A column is an expression over `alias.column`; one that is just that takes its description from the
contract, any other must say what it is.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

from spark_app.contracts.table import Contract
from spark_app.runtime.errors import ContractError
from spark_app.runtime.settings import conf_dir
from spark_app.runtime.yaml_lines import Document, Where

_NAME = re.compile(r"[a-z][a-z0-9_]*")
# Text in quotes is skipped, so that 'e.g.' is no column.
_COLUMN = re.compile(r"'(?:[^']|'')*'|\b([a-z][a-z0-9_]*)\.([a-z][a-z0-9_]*)\b")


class _Closed(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class _From(_Closed):
    table: str
    alias: str = Field(alias="as")


class _Join(_From):
    match: str


class _Column(_Closed):
    name: str
    sql: str
    description: str | None = None


class _ViewFile(_Closed):
    name: str
    description: str
    grain: str
    from_: _From = Field(alias="from")
    joins: list[_Join] = []
    where: str | None = None
    columns: list[_Column] = Field(min_length=1)


@dataclass(frozen=True)
class ViewColumn:
    """One column: its expression over quoted names, and what it means."""

    name: str
    sql: str
    description: str


@dataclass(frozen=True)
class View:
    """A view of the warehouse. `tables`: the gold tables it reads, the first of them as `from` and the rest joined."""

    name: str
    description: str
    grain: str
    columns: tuple[ViewColumn, ...]
    tables: tuple[tuple[str, str], ...]  # table, alias
    joins: tuple[str, ...]  # what each table but the first is joined on
    where: str | None = None

    def select(self, schema: str) -> str:
        """The query behind it, over tables of this schema."""
        shown = ",\n  ".join(f'{column.sql} AS "{column.name}"' for column in self.columns)
        (first, alias), *others = self.tables
        lines = [f'SELECT\n  {shown}\nFROM "{schema}"."{first}" AS "{alias}"']
        for (table, named), on in zip(others, self.joins, strict=True):
            lines.append(f'LEFT JOIN "{schema}"."{table}" AS "{named}" ON {on}')
        if self.where:
            lines.append(f"WHERE {self.where}")
        return "\n".join(lines)


def load_views(contracts: Mapping[str, Contract], folder: Path | None = None) -> tuple[View, ...]:
    """Every view, by name; ContractError names file, line and the nearest valid word.

    `contracts` are those of `load_contracts`, by qualified name. A conf folder without views has none.
    """
    found = sorted((folder or conf_dir() / "views").glob("*.yaml"))
    return tuple(_load(path, {c.name: c for c in contracts.values() if c.layer == "gold"}) for path in found)


def complete(views: Iterable[View], tables: Iterable[str]) -> list[View]:
    """The views all of whose tables are there."""
    known = set(tables)
    return [view for view in views if all(table in known for table, _ in view.tables)]


def _load(path: Path, tables: Mapping[str, Contract]) -> View:
    document = Document(path, ContractError)
    file = document.parse(_ViewFile)
    if file.name != path.stem or not _NAME.fullmatch(file.name):
        raise document.fail(("name",), f"found '{file.name}', expected the file's own, '{path.stem}'")
    if file.name in tables:
        raise document.fail(("name",), f"'{file.name}' is a gold table already; a view needs a name of its own")
    aliases: dict[str, Contract] = {}
    for where, source in [(("from",), file.from_), *((("joins", n), join) for n, join in enumerate(file.joins))]:
        if source.table not in tables:
            raise document.unknown((*where, "table"), source.table, tables, "gold table")
        if source.alias in aliases or not _NAME.fullmatch(source.alias):
            raise document.fail((*where, "as"), f"'{source.alias}' stands twice or is no lower-case name")
        aliases[source.alias] = tables[source.table]
    columns = tuple(_column(document, ("columns", n), item, aliases) for n, item in enumerate(file.columns))
    names = [column.name for column in columns]
    for index, name in enumerate(names):
        if name in names[:index] or not _NAME.fullmatch(name):
            raise document.fail(("columns", index, "name"), f"column '{name}' stands twice or is no lower-case name")
    return View(
        name=file.name,
        description=file.description,
        grain=file.grain,
        columns=columns,
        tables=tuple((source.table, source.alias) for source in (file.from_, *file.joins)),
        joins=tuple(
            _checked(document, ("joins", n, "match"), join.match, aliases) for n, join in enumerate(file.joins)
        ),
        where=_checked(document, ("where",), file.where, aliases) if file.where else None,
    )


def _column(document: Document, where: Where, item: _Column, aliases: Mapping[str, Contract]) -> ViewColumn:
    sql = _checked(document, (*where, "sql"), item.sql, aliases)
    description = item.description
    plain = _COLUMN.fullmatch(item.sql.strip())
    if description is None and plain and plain[1]:
        description = aliases[plain[1]].column(plain[2]).description
    if not description:
        raise document.fail((*where, "name"), f"'{item.name}' is not a plain column: it needs a description")
    return ViewColumn(item.name, sql, description)


def _checked(document: Document, where: Where, sql: str, aliases: Mapping[str, Contract]) -> str:
    """The expression with its columns quoted; ContractError where one is not there."""

    def quoted(match: re.Match[str]) -> str:
        alias, column = match[1], match[2]
        if alias is None:
            return match[0]
        if alias not in aliases:
            raise document.unknown(where, alias, aliases, "alias")
        if column not in aliases[alias].column_names:
            raise document.unknown(where, column, aliases[alias].column_names, f"column of {aliases[alias].name}")
        return f'"{alias}"."{column}"'

    return _COLUMN.sub(quoted, sql)
