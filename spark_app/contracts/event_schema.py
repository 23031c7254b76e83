"""What an event of a dataset looks like, for who sends it: a JSON Schema, made of the source and silver's contracts.

Nothing is refused by it here: an event lands as it is, and silver judges its row. Both say the same of what is
required and of what can be read as a number or a time.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from spark_app.contracts.blanks import folded
from spark_app.contracts.mapping import ColumnMap, EntityMap, Source
from spark_app.contracts.patterns import EPOCHS
from spark_app.contracts.table import Column, Contract
from spark_app.runtime.errors import UsageError
from spark_app.runtime.yaml_lines import nearest

DIALECT = "https://json-schema.org/draft/2020-12/schema"
Schema = dict[str, Any]
_FORMS = {
    "int": "a whole number",
    "bigint": "a whole number",
    "decimal": "a number",
    "double": "a number",
    "date": "a date as 2024-12-31",
    "timestamp": "a time as 2024-12-31 23:59:59, in {zone} unless it names its zone",
    "boolean": "true or false",
}


@dataclass(frozen=True)
class Use:
    """A column of an entity that is read straight from a header."""

    entity: str
    column: Column
    mapped: ColumnMap
    required: bool
    words: tuple[str, ...]


def event_schema(source: Source, dataset: str, contracts: Mapping[str, Contract]) -> Schema:
    """The schema of an event of a dataset. Raises UsageError where the source has no such dataset.

    Fields that the source does not know may come, and are told. A field is required where every row needs a value in
    it; a row that the source's `where` leaves out, or that says only that it is gone, needs none.
    """
    if dataset not in source.datasets:
        raise UsageError(
            f"source {source.source}: no dataset '{dataset}'{nearest(dataset, source.datasets)}; "
            f"expected one of {', '.join(source.datasets)}"
        )
    item = source.datasets[dataset]
    root: Schema = {"type": "object", "properties": {}, "required": []}
    for header in item.columns:
        uses = list(_uses(source, dataset, header, contracts))
        path = header.split(".")
        _put(root, path, item.read.rows, _field(uses, source.timezone), required=any(use.required for use in uses))
    told = f"A row of {dataset} as source {source.source} reads it. {item.description}".strip()
    return {"$schema": DIALECT, "title": f"{source.source}.{dataset}", "description": told, **_trimmed(root)}


def _uses(source: Source, dataset: str, header: str, contracts: Mapping[str, Contract]) -> Iterator[Use]:
    carried = {folded(name) for one in source.datasets[dataset].carry_down for name in one.columns}
    for entity, parts in source.entities.items():
        contract = contracts[f"silver.{entity}"]
        types = {column.name: column for column in contract.columns}
        words = {rule.columns[0]: rule.words for rule in contract.rules if rule.words}
        for part in parts:
            for name, mapped in part.columns.items() if part.dataset == dataset else ():
                if mapped.column is None or folded(mapped.column) != folded(header):
                    continue
                must = types[name].required and _every_row_needs(part, mapped) and folded(header) not in carried
                yield Use(entity, types[name], mapped, must, words.get(name, ()))


def _every_row_needs(part: EntityMap, mapped: ColumnMap) -> bool:
    return part.where is None and part.deleted_when is None and mapped.default is None


def _field(uses: list[Use], zone: str) -> Schema:
    """What a value may be; of a header that only expressions read anything."""
    if not uses:
        return {}
    told = [f"{use.entity}.{use.column.name}: {_form(use, zone)}".removesuffix(": ") for use in uses]
    kinds = {tuple(_kinds(use)) for use in uses}
    field: Schema = {"description": "; ".join(told)}
    if len(kinds) == 1:
        (types,) = kinds
        field["type"] = list(types) if any(use.required for use in uses) else [*types, "null"]
        if all(_has_digits(use) for use in uses):
            field["pattern"] = "[0-9]" if any(use.required for use in uses) else "^\\s*$|[0-9]"
    words = [word for use in uses for word in (use.mapped.codes or use.words)]
    return {**field, "examples": words} if words else field


def _kinds(use: Use) -> list[str]:
    if use.column.type.name in ("date", "timestamp"):
        return ["string", "integer"] if set(use.mapped.formats) & set(EPOCHS) else ["string"]
    if use.column.type.name == "boolean":
        return ["boolean", "string"] if not use.mapped.codes else ["boolean", "string", "integer"]
    return ["string", "number"]


def _has_digits(use: Use) -> bool:
    return use.column.type.name not in ("string", "boolean") and not use.mapped.codes


def _form(use: Use, zone: str) -> str:
    if use.mapped.formats:
        return " or ".join(use.mapped.formats)
    return _FORMS.get(use.column.type.name, "").format(zone=zone)


def _put(at: Schema, path: list[str], rows: str | None, field: Schema, *, required: bool, above: str = "") -> None:
    """Lay a field where its path leads: below objects, and below the items of the list whose items are rows."""
    name, *rest = path
    here = f"{above}{name}"
    if not rest:
        at["properties"].setdefault(name, {}).update(field)
        if required:
            at["required"].append(name)
        return
    if rest[0].isdigit():  # of a list of something else one item is read
        at["properties"].setdefault(name, {"type": ["array", "null"]})
        return
    below: Schema = {"type": "object", "properties": {}, "required": []}
    if here == rows:
        inner = at["properties"].setdefault(name, {"type": "array", "items": below})["items"]
    else:
        inner = at["properties"].setdefault(name, below)
    if required and name not in at["required"]:
        at["required"].append(name)
    _put(inner, rest, rows, field, required=required, above=f"{here}.")


def _trimmed(schema: Schema) -> Schema:
    """Without empty lists of what is required."""
    made = {key: value for key, value in schema.items() if key != "required" or value}
    if "properties" in made:
        made["properties"] = {name: _trimmed(one) for name, one in made["properties"].items()}
    if "items" in made:
        made["items"] = _trimmed(made["items"])
    return made
