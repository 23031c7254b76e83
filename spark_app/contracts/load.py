"""Reading `conf/contracts/<layer>/<table>.yaml` (Open Data Contract Standard 3) into `Contract` values.

The file is parsed by the model of the `open-data-contract-standard` package; what that model lets pass
(unknown keys, metrics, columns) is refused here, naming file, line and the nearest valid word.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import cast

from open_data_contract_standard.model import OpenDataContractStandard, SchemaObject, SchemaProperty

from spark_app.contracts.names import table_names
from spark_app.contracts.rules import SHARES, compile_rules
from spark_app.contracts.table import Column, Contract, Layer, Reference, Rule, Serving, Type, TypeName, Watch
from spark_app.contracts.watches import compile_watches
from spark_app.runtime.errors import ContractError, join_errors
from spark_app.runtime.settings import conf_dir
from spark_app.runtime.yaml_lines import Document, Where, nearest

TYPES = ("string", "int", "bigint", "double", "boolean", "date", "timestamp", "decimal(p,s)")
PROPERTIES = ("distStyle", "distKey", "sortKey", "plainParquet")
STYLES = ("all", "auto", "even", "key")
CLASSIFICATIONS = ("public", "internal", "restricted", "personal")
CONTRACT_LAYERS: tuple[Layer, ...] = ("silver", "gold")
_DECIMAL = re.compile(r"decimal\((\d{1,2}),(\d{1,2})\)")
_SCHEMA: Where = ("schema", 0)
_NOT_JUDGED = ("latency", "retention")  # service levels of the standard that no job here looks at


def load_contracts(folder: Path | None = None) -> dict[str, Contract]:
    """Every contract by its qualified name (`silver.orders`), checked against each other."""
    contracts = dict(_load_folder(folder or conf_dir() / "contracts"))
    for contract in contracts.values():
        _check_references(contract, contracts)
        _check_upstream(contract, contracts)
    return contracts


@cache
def _load_folder(folder: Path) -> tuple[tuple[str, Contract], ...]:
    found, wrong = [], []
    for layer in CONTRACT_LAYERS:
        for name in table_names(layer, folder):
            try:
                found.append((f"{layer}.{name}", load_contract(folder / layer / f"{name}.yaml", layer)))
            except ContractError as error:
                wrong.append(error)
    if wrong:
        raise join_errors(wrong)
    if not found:
        raise ContractError(f"{folder}: no contracts found; expected silver/<table>.yaml and gold/<table>.yaml")
    return tuple(found)


def load_contract(path: Path, layer: Layer) -> Contract:
    """One contract; ContractError names file, line and the nearest valid word."""
    document = Document(path, ContractError)
    model = document.parse(OpenDataContractStandard)
    if not model.schema_ or len(model.schema_) != 1:
        raise document.fail(("schema",), "expected exactly one table")
    table = model.schema_[0]
    if table.name != path.stem:
        raise document.fail((*_SCHEMA, "name"), f"found '{table.name}', expected the file's own name '{path.stem}'")
    properties = table.properties or []
    if not properties:
        raise document.fail(_SCHEMA, "a table needs properties (its columns)")
    columns = tuple(_column(document, index, item) for index, item in enumerate(properties))
    names = [column.name for column in columns]
    for index, name in enumerate(names):
        if name in names[:index]:
            raise document.fail((*_SCHEMA, "properties", index, "name"), f"column '{name}' stands twice")
    key = tuple(
        str(item.name)
        for item in sorted(
            (item for item in properties if item.primaryKey), key=lambda item: item.primaryKeyPosition or 1
        )
    )
    if not key:
        raise document.fail((*_SCHEMA, "properties"), "no column has primaryKey: true")
    rules = compile_rules(document, table, columns, key, layer)
    _check_kinds(document, layer, rules, key)
    return Contract(
        layer=layer,
        name=path.stem,
        version=model.version or "0",
        purpose=(model.description.purpose or "").strip() if model.description else "",
        grain=table.dataGranularityDescription or "",
        columns=columns,
        key=key,
        rules=rules,
        references=_references(document, table, names),
        daily=_daily(document, model, layer),
        serving=_serving(document, table, names),
        path=str(path),
        watches=_watches(document, table, layer, columns, key, rules),
    )


def _watches(
    document: Document,
    table: SchemaObject,
    layer: Layer,
    columns: tuple[Column, ...],
    key: tuple[str, ...],
    rules: tuple[Rule, ...],
) -> tuple[Watch, ...]:
    watches = compile_watches(document, table, layer, columns, key)
    taken = [rule.name for rule in rules]
    for watch in watches:
        if watch.name in taken:
            raise document.fail((*_SCHEMA, "quality"), f"two rules are named '{watch.name}'")
        taken.append(watch.name)
    return watches


def _check_kinds(document: Document, layer: Layer, rules: tuple[Rule, ...], key: tuple[str, ...]) -> None:
    """Silver is judged row by row as it comes in, gold as tables: a rule that its layer does not run is no rule."""
    for rule in rules:
        table_rule = rule.kind in ("row_count", "days_behind") or (rule.kind == "unique" and rule.columns != key)
        if (layer == "silver" and table_rule) or (layer == "gold" and rule.kind in SHARES):
            other = "gold" if layer == "silver" else "silver"
            raise document.fail(
                (*_SCHEMA, "quality"), f"rule '{rule.name}' is one for {other} tables; found in {layer}"
            )


def _column(document: Document, index: int, item: SchemaProperty) -> Column:
    where = (*_SCHEMA, "properties", index)
    if not item.name or not re.fullmatch(r"[a-z][a-z0-9_]*", item.name):
        raise document.fail((*where, "name"), f"expected a lower-case column name, found {item.name!r}")
    if item.classification and item.classification not in CLASSIFICATIONS:
        raise document.unknown((*where, "classification"), item.classification, CLASSIFICATIONS, "classification")
    options = item.logicalTypeOptions or {}
    return Column(
        name=item.name,
        type=_type(document, (*where, "physicalType"), item.physicalType or ""),
        required=bool(item.required or item.primaryKey),
        description=(item.description or "").strip(),
        business_name=item.businessName or item.name.replace("_", " "),
        classification=item.classification,
        max_length=options.get("maxLength"),
    )


def _type(document: Document, where: Where, text: str) -> Type:
    decimal = _DECIMAL.fullmatch(text.replace(" ", ""))
    if decimal:
        return Type("decimal", int(decimal[1]), int(decimal[2]))
    if text not in TYPES:
        raise document.unknown(where, text, TYPES, "physicalType")
    return Type(cast(TypeName, text))  # one of TYPES, as was just seen


def _references(document: Document, table: SchemaObject, names: list[str]) -> tuple[Reference, ...]:
    found = []
    for index, item in enumerate(table.properties or []):
        for number, relation in enumerate(item.relationships or []):
            where = (*_SCHEMA, "properties", index, "relationships", number, "to")
            target, _, column = str(relation.to).rpartition(".")
            if not target or not column:
                raise document.fail(where, f"expected <table>.<column>, found '{relation.to}'")
            found.append(Reference((names[index],), target, (column,)))
    return tuple(found)


def _check_references(contract: Contract, contracts: dict[str, Contract]) -> None:
    for reference in contract.references:
        target = contracts.get(f"{contract.layer}.{reference.table}")
        if target is None or reference.to[0] not in target.column_names:
            referenced = f"{reference.table}.{reference.to[0]}"
            document = Document(Path(contract.path), ContractError)
            valid = [f"{c.name}.{k}" for c in contracts.values() if c.layer == contract.layer for k in c.key]
            index = contract.column_names.index(reference.columns[0])
            raise document.unknown((*_SCHEMA, "properties", index, "relationships"), referenced, valid, "column")


def _check_upstream(contract: Contract, contracts: dict[str, Contract]) -> None:
    """What a gold figure is said to come from is a column of silver."""
    silver = [other for other in contracts.values() if other.layer == "silver"]
    valid = [f"{other.name}.{name}" for other in silver for name in other.column_names]
    for watch in contract.watches if contract.layer == "gold" else ():
        for column in (watch.upstream, *(source for _, source in watch.by)):
            if column not in valid:
                message = f"unknown column of silver '{column}'{nearest(column, valid)}"
                raise ContractError(f"{contract.path}: {watch.name}: upstream: {message}")


def _daily(document: Document, model: OpenDataContractStandard, layer: Layer) -> bool:
    """Whether a drop is due every day. A service level that nothing judges is refused: it would be a mere promise."""
    daily = False
    for index, item in enumerate(model.slaProperties or []):
        where = ("slaProperties", index)
        if item.property in _NOT_JUDGED:
            raise document.fail(
                (*where, "property"),
                f"found {item.property}, which nothing judges; expected frequency, of a silver table",
                hint="how recent a gold table must be is a rule: check: daysBehind (docs/quality.md)",
            )
        if item.property != "frequency":
            raise document.unknown((*where, "property"), str(item.property), ("frequency",), "service level")
        if layer != "silver" or item.value != 1 or item.unit not in ("d", "day", "days"):
            found = f"{item.value} {item.unit or '(no unit)'} of a {layer} table"
            raise document.fail(where, f"frequency: found {found}, expected 1 d of a silver table: a drop every day")
        daily = True
    return daily


def _serving(document: Document, table: SchemaObject, names: list[str]) -> Serving:
    values: dict[str, object] = {}
    reasons = []
    for index, item in enumerate(table.customProperties or []):
        where = (*_SCHEMA, "customProperties", index)
        if item.property not in PROPERTIES:
            raise document.unknown((*where, "property"), str(item.property), PROPERTIES, "property")
        if item.property == "distStyle" and item.value not in STYLES:
            raise document.unknown((*where, "value"), str(item.value), STYLES, "distStyle")
        values[str(item.property)] = item.value
        if item.property == "plainParquet" and not isinstance(item.value, bool):
            raise document.unknown((*where, "value"), str(item.value), ("true", "false"), "plainParquet")
        if item.description:
            reasons.append((str(item.property), item.description))
        for name in _words(item.value) if item.property in ("distKey", "sortKey") else []:
            if name not in names:
                raise document.unknown((*where, "value"), name, names, "column")
    dist_key = cast("str | None", values.get("distKey"))
    style = str(values.get("distStyle", "key" if dist_key else "auto"))
    plain = values.get("plainParquet") is True
    return Serving(style, dist_key, tuple(_words(values.get("sortKey"))), tuple(reasons), plain)


def _words(value: object) -> list[str]:
    if value is None:
        return []
    return [str(word) for word in value] if isinstance(value, list) else [str(value)]
