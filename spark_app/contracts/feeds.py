"""Which columns of an entity are made of a column of the shop's files."""

from __future__ import annotations

from spark_app.contracts.sources import Source, slug
from spark_app.contracts.sql import speaks_of
from spark_app.contracts.table import Contract


def columns_fed(source: Source, entity: str, header: str) -> tuple[str, ...]:
    """The entity's columns that are made of a column of its files, taken over or by an expression."""
    mapped = source.entities[entity]
    return tuple(
        name
        for name, one in mapped.columns.items()
        if one.column == header or (one.expression is not None and speaks_of(one.expression, slug(header)))
    )


def required_columns_fed(source: Source, contract: Contract, header: str) -> tuple[str, ...]:
    """The entity's required columns that have no value, or may have none, without that column of its files."""
    mapped = source.entities[contract.name]
    return tuple(
        name
        for name in columns_fed(source, contract.name, header)
        if contract.column(name).required and mapped.columns[name].default is None
    )
