"""All that is wrong with a source, found before Spark starts: each fault with its line and the nearest word."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from spark_app.contracts import expression_check, pattern_check
from spark_app.contracts.blanks import slug
from spark_app.contracts.zones import unknown_zone
from spark_app.runtime.errors import LakehouseError
from spark_app.runtime.yaml_lines import Document

if TYPE_CHECKING:
    from spark_app.contracts.sources import ColumnMap, DatasetMap, EntityMap, Source
    from spark_app.contracts.table import Contract

Faults = Iterator[LakehouseError]


def faults(document: Document, source: Source, contracts: Mapping[str, Contract]) -> list[LakehouseError]:
    """Everything that is wrong, in the order of the file's parts; an empty list where nothing is."""
    found = list(_zone(document, source))
    for name, dataset in source.datasets.items():
        found += _dataset(document, name, dataset)
    for entity, mapped in source.entities.items():
        found += _entity(document, entity, mapped, source, contracts)
    return found


def _zone(document: Document, source: Source) -> Faults:
    wrong = unknown_zone(source.timezone)
    if wrong:
        yield document.fail(("timezone",), wrong)


def _dataset(document: Document, name: str, item: DatasetMap) -> Faults:
    seen: dict[str, str] = {}
    for index, header in enumerate(item.columns):
        other = seen.setdefault(slug(header), header)
        if other is not header:
            where = ("datasets", name, "columns", index)
            yield document.fail(where, f"'{header}' and '{other}' would be the same column '{slug(header)}'")


def _entity(
    document: Document, entity: str, mapped: EntityMap, source: Source, contracts: Mapping[str, Contract]
) -> Faults:
    where: tuple[str, ...] = ("entities", entity)
    contract = contracts.get(f"silver.{entity}")
    if contract is None:
        yield document.unknown(where, entity, [c.name for c in contracts.values() if c.layer == "silver"], "entity")
    dataset = source.datasets.get(mapped.dataset)
    if dataset is None:
        yield document.unknown((*where, "from"), mapped.dataset, source.datasets, "dataset")
    for name, item in mapped.columns.items():
        here = (*where, "columns", name)
        if contract is not None and name not in contract.column_names:
            yield document.unknown(here, name, contract.column_names, "column")
        yield from _column(document, here, item, dataset)
    for column in contract.columns if contract is not None else ():
        if column.required and column.name not in mapped.columns:
            yield document.fail((*where, "columns"), f"required column '{column.name}' of {entity} is not mapped")


def _column(document: Document, here: tuple[str, ...], item: ColumnMap, dataset: DatasetMap | None) -> Faults:
    if item.column is not None and item.expression is not None:
        yield document.fail(here, "give a column or an expression, not both")
    if item.column is None and item.expression is None and item.default is None:
        yield document.fail(here, "give a column, an expression or a default")
    if item.column is not None and dataset is not None and item.column not in dataset.columns:
        yield document.unknown(here, item.column, dataset.columns, "column of the file")
    if item.expression is not None and dataset is not None:
        names = {slug(header) for header in dataset.columns}
        for fault in expression_check.find_expression_faults(item.expression, names):
            yield told(document, here, ("expression",), fault.text, fault.at)
    for index, pattern in enumerate(item.formats):
        # One alone may stand without a list around it.
        path: tuple[str | int, ...] = ("formats", index)
        if wrong := pattern_check.find_pattern_problems(pattern):
            yield told(document, here, path, f"'{pattern}': {'; '.join(wrong)}")
    yield from _codes(document, (*here, "codes"), item.codes)


def told(
    document: Document, here: tuple[str, ...], inside: tuple[str | int, ...], text: str, at: int | None = None
) -> LakehouseError:
    """A fault in a value of a column's, with the place of the value (or of the character in it) as line:column."""
    place = document.place((*here, *inside), at)
    return document.fail(here, f"at {place}: {text}", line=int(place.partition(":")[0]))


def _codes(document: Document, where: tuple[str, ...], codes: Mapping[str, str]) -> Faults:
    """Words are read without regard to case: two that differ by nothing else must mean the same."""
    seen: dict[str, str] = {}
    for word, ours in codes.items():
        other = seen.setdefault(word.lower(), word)
        if codes[other].lower() != ours.lower():
            yield document.fail(
                (*where, word),
                f"'{word}' means {ours} and '{other}' means {codes[other]}; words are read without regard to case, so "
                "both are the same word",
            )
