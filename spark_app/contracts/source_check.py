"""All that is wrong with a source, found before Spark starts: each fault with its line and the nearest word."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from spark_app.contracts import expression_check, pattern_check
from spark_app.contracts.blanks import folded
from spark_app.contracts.expression_words import Fault
from spark_app.contracts.read import problems as read_problems
from spark_app.runtime.errors import LakehouseError
from spark_app.runtime.yaml_lines import Document
from spark_app.runtime.zones import unknown_zone

if TYPE_CHECKING:
    from spark_app.contracts.mapping import ColumnMap, DatasetMap, EntityMap, Source
    from spark_app.contracts.table import Contract

Faults = Iterator[LakehouseError]
# Of these columns of an entity one at least is given; the others follow from it.
_ONE_OF = {"order_items": ("unit_price", "line_amount")}


def faults(document: Document, source: Source, contracts: Mapping[str, Contract]) -> list[LakehouseError]:
    """Everything that is wrong, in the order of the file's parts; an empty list where nothing is."""
    found = list(_zone(document, source))
    for name, dataset in source.datasets.items():
        found += _dataset(document, name, dataset)
    for entity, parts in source.entities.items():
        if f"silver.{entity}" not in contracts:
            known = [one.name for one in contracts.values() if one.layer == "silver"]
            found.append(document.unknown(("entities", entity), entity, known, "entity"))
        if not parts:
            found.append(document.fail(("entities", entity), "expected a dataset and columns, found an empty list"))
        for at, part in enumerate(parts):
            found += _part(document, ("entities", entity, at), part, source, contracts.get(f"silver.{entity}"))
    return list(
        {str(fault): fault for fault in found}.values()
    )  # of one mapping for several datasets each is told once


def _zone(document: Document, source: Source) -> Faults:
    wrong = unknown_zone(source.timezone)
    if wrong:
        yield document.fail(("timezone",), wrong)


def _dataset(document: Document, name: str, item: DatasetMap) -> Faults:
    for key, wrong in read_problems(item.read):
        yield document.fail(("datasets", name, "read", key), wrong)
    yield from _headers(document, ("datasets", name, "optional"), item.optional, item)
    for at, one in enumerate(item.carry_down):
        here = ("datasets", name, "carry_down", at)
        yield from _headers(document, (*here, "within"), one.within, item)
        yield from _headers(document, (*here, "columns"), one.columns, item)
    seen: dict[str, str] = {}
    for index, header in enumerate(item.columns):
        other = seen.setdefault(folded(header), header)
        if other is not header or item.columns.index(header) < index:
            where = ("datasets", name, "columns", index)
            yield document.fail(where, f"'{header}' and '{other}' are the same header: case and blanks do not count")


def _part(
    document: Document, where: tuple[str | int, ...], mapped: EntityMap, source: Source, contract: Contract | None
) -> Faults:
    dataset = source.datasets.get(mapped.dataset)
    if dataset is None:
        yield document.unknown((*where, "from"), mapped.dataset, source.datasets, "dataset")
    yield from _conditions(document, where, mapped, dataset, contract)
    for name, item in mapped.columns.items():
        yield from _lookup(document, (*where, "columns", name, "lookup"), item, mapped, source)
    for name, item in mapped.columns.items():
        here = (*where, "columns", name)
        if contract is not None and name not in contract.column_names:
            yield document.unknown(here, name, contract.column_names, "column")
        yield from _column(document, here, item, dataset)
    if contract is not None:
        yield from _required(document, (*where, "columns"), mapped, contract)


def _required(document: Document, where: tuple[str | int, ...], mapped: EntityMap, contract: Contract) -> Faults:
    some = _ONE_OF.get(contract.name, ())
    if some and not any(name in mapped.columns for name in some):
        yield document.fail(where, f"neither {' nor '.join(some)} is mapped; expected one of them or both")
    for column in contract.columns:
        if column.required and column.name not in mapped.columns:
            yield document.fail(where, f"required column '{column.name}' of {contract.name} is not mapped")


def _conditions(
    document: Document,
    where: tuple[str | int, ...],
    mapped: EntityMap,
    dataset: DatasetMap | None,
    contract: Contract | None,
) -> Faults:
    """What says which rows are of the entity, and which of them hold no more."""
    for key, text in (("where", mapped.where), ("deleted_when", mapped.deleted_when)):
        for fault in _faults(text, dataset):
            yield fault_within(document, (*where, key), (), fault.text, fault.at)
    for name in mapped.complete_per:
        if contract is not None and (name not in contract.key or name == "updated_at"):
            yield document.unknown(
                (*where, "complete_per"), name, set(contract.key) - {"updated_at"}, "column of the key"
            )


def _column(document: Document, here: tuple[str | int, ...], item: ColumnMap, dataset: DatasetMap | None) -> Faults:
    given = [name for name in ("column", "expression", "number_by", "lookup") if getattr(item, name) is not None]
    if len(given) > 1:
        yield document.fail(here, f"found {' and '.join(given)}; expected one of them")
    if not given and item.default is None:
        yield document.fail(here, "give a column, an expression, number_by, lookup or a default")
    if item.number_by is not None and dataset is not None:
        yield from _headers(document, (*here, "number_by", "within"), item.number_by.within, dataset)
        yield from _headers(document, (*here, "number_by", "order_by"), item.number_by.order_by, dataset)
    if item.column is not None and dataset is not None and item.column not in dataset.columns:
        yield document.unknown(here, item.column, dataset.columns, "column of the file")
    if item.expression is not None and dataset is not None:
        for fault in _faults(item.expression, dataset):
            yield fault_within(document, here, ("expression",), fault.text, fault.at)
    for index, pattern in enumerate(item.formats):
        # One alone may stand without a list around it.
        path: tuple[str | int, ...] = ("formats", index)
        if wrong := pattern_check.find_pattern_problems(pattern):
            yield fault_within(document, here, path, f"'{pattern}': {'; '.join(wrong)}")
    yield from _codes(document, (*here, "codes"), item.codes)


def _faults(text: str | None, dataset: DatasetMap | None) -> list[Fault]:
    if text is None or dataset is None:
        return []
    return expression_check.find_expression_faults(text, set(dataset.names.values()), dataset.columns)


def _lookup(
    document: Document, here: tuple[str | int, ...], item: ColumnMap, mapped: EntityMap, source: Source
) -> Faults:
    if item.lookup is None:
        return
    own, other = source.datasets.get(mapped.dataset), source.datasets.get(item.lookup.dataset)
    if own is not None:
        yield from _headers(document, (*here, "by"), [item.lookup.by], own)
    if other is None or own is other:
        others = [name for name in source.datasets if name != mapped.dataset]
        yield document.unknown((*here, "from"), item.lookup.dataset, others, "other dataset")
        return
    key = "match" if item.lookup.match is not None else "by"
    yield from _headers(document, (*here, "column"), [item.lookup.column], other)
    yield from _headers(document, (*here, key), [item.lookup.match or item.lookup.by], other)


def _headers(document: Document, where: tuple[str | int, ...], headers: Sequence[str], dataset: DatasetMap) -> Faults:
    for header in headers:
        if header not in dataset.columns:
            yield document.unknown(where, header, dataset.columns, "column of the file")


def fault_within(
    document: Document, here: tuple[str | int, ...], inside: tuple[str | int, ...], text: str, at: int | None = None
) -> LakehouseError:
    """A fault in a value of a column's, with the place of the value (or of the character in it) as line:column."""
    place = document.place((*here, *inside), at)
    return document.fail(here, f"at {place}: {text}", line=int(place.partition(":")[0]))


def _codes(document: Document, where: tuple[str | int, ...], codes: Mapping[str, str]) -> Faults:
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
