"""Which columns of an entity are made of a column of the shop's files."""

from __future__ import annotations

from spark_app.contracts.mapping import EntityMap, Source
from spark_app.contracts.sql import speaks_of
from spark_app.contracts.table import Contract


def columns_fed(source: Source, part: EntityMap, header: str) -> tuple[str, ...]:
    """The columns of an entity's part that are made of a column of its files, taken over or by an expression."""
    column = source.datasets[part.dataset].names.get(header, header)
    return tuple(
        name
        for name, one in part.columns.items()
        if one.column == header
        or (one.number_by is not None and header in (*one.number_by.within, *one.number_by.order_by))
        or (one.expression is not None and speaks_of(one.expression, column))
    )


def required_columns_fed(source: Source, contract: Contract, dataset: str, header: str) -> tuple[str, ...]:
    """The entity's required columns that have no value, or may have none, without that column of a dataset's files."""
    found = [
        name
        for part in source.entities[contract.name]
        if part.dataset == dataset
        for name in columns_fed(source, part, header)
        if contract.column(name).required and part.columns[name].default is None
    ]
    return tuple(dict.fromkeys(found))
