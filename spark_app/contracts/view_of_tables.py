"""A view that starts from one table and looks others up by left joins: it never loses or doubles a row of the first.

A column is an expression over `alias.column`; one that is just that takes its description from the contract, any
other must say what it is.
"""

from __future__ import annotations

import re
from collections.abc import Container, Mapping
from dataclasses import dataclass

from pydantic import Field

from spark_app.contracts.live_orders import with_not_live
from spark_app.contracts.sql import plain_column, with_columns
from spark_app.contracts.table import Contract
from spark_app.contracts.view import View, ViewColumn
from spark_app.runtime.closed import Closed
from spark_app.runtime.yaml_lines import Document, Where

NAME = re.compile(r"[a-z][a-z0-9_]*")


@dataclass(frozen=True)
class Source:
    """A table or view that a view reads: its name, and the definitions of its columns."""

    name: str
    columns: Mapping[str, str]


class _From(Closed):
    table: str
    alias: str = Field(alias="as")


class _Join(_From):
    match: str


class _Column(Closed):
    name: str
    sql: str
    description: str | None = None


class _ViewFile(Closed):
    name: str
    description: str
    grain: str
    from_: _From = Field(alias="from")
    joins: tuple[_Join, ...] = ()
    where: str | None = None
    columns: list[_Column] = Field(min_length=1)


def view_of_tables(document: Document, tables: Mapping[str, Contract]) -> View:
    """The view a file describes."""
    file = document.parse(_ViewFile)
    check_name(document, file.name, tables)
    aliases: dict[str, Source] = {}
    for where, source in [(("from",), file.from_), *((("joins", n), join) for n, join in enumerate(file.joins))]:
        if source.table not in tables:
            raise document.unknown((*where, "table"), source.table, tables, "gold table")
        if source.alias in aliases or not NAME.fullmatch(source.alias):
            raise document.fail((*where, "as"), f"'{source.alias}' stands twice or is no lower-case name")
        definitions = {one.name: one.description for one in tables[source.table].columns}
        aliases[source.alias] = Source(source.table, definitions)
    columns = tuple(
        column(document, ("columns", n), item.name, item.sql, item.description, aliases)
        for n, item in enumerate(file.columns)
    )
    check_columns(document, columns)
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


def check_name(document: Document, name: str, tables: Container[str]) -> None:
    """A view is named as its file, and not as a gold table."""
    if name != document.path.stem or not NAME.fullmatch(name):
        raise document.fail(("name",), f"found '{name}', expected the file's own, '{document.path.stem}'")
    if name in tables:
        raise document.fail(("name",), f"'{name}' is a gold table already; a view needs a name of its own")


def check_columns(document: Document, columns: tuple[ViewColumn, ...]) -> None:
    """Columns have names, each its own."""
    names = [one.name for one in columns]
    for index, name in enumerate(names):
        if name in names[:index] or not NAME.fullmatch(name):
            raise document.fail(("columns", index, "name"), f"column '{name}' stands twice or is no lower-case name")


def column(
    document: Document, where: Where, name: str, sql: str, description: str | None, aliases: Mapping[str, Source]
) -> ViewColumn:
    """A column with its names quoted and its description, which a plain one takes from where it comes from."""
    quoted = _checked(document, (*where, "sql"), with_not_live(sql), aliases)
    plain = plain_column(sql)
    if description is None and plain and plain[0]:
        description = aliases[plain[0]].columns[plain[1]]
    if not description:
        raise document.fail((*where, "name"), f"'{name}' is not a plain column: it needs a description")
    return ViewColumn(name, quoted, description)


def _checked(document: Document, where: Where, sql: str, aliases: Mapping[str, Source]) -> str:
    """The expression with its columns quoted; ContractError where one is not there."""

    def quoted(alias: str, name: str) -> str | None:
        if not alias:
            return None
        if alias not in aliases:
            raise document.unknown(where, alias, aliases, "alias")
        source = aliases[alias]
        if name not in source.columns:
            raise document.unknown(where, name, source.columns, f"column of {source.name}")
        return f'"{alias}"."{name}"'

    try:
        return with_columns(sql, quoted)
    except ValueError as problem:
        raise document.fail(where, f"cannot be read as SQL: {problem}") from None
