"""From a contract's entries with `check: anomaly` to watches: figures a day that are held against their own past.

    {name: orders as ever, type: custom, engine: lakehouse,
     implementation: {check: anomaly, measure: sum, by: {state: customers.state}, upstream: orders.order_id},
     dimension: completeness, severity: warning}

Bounds are learned (quality.robust); `limit`, `change` or `mustBe…` in the entry stand above what was learned.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, get_args

from open_data_contract_standard.model import DataQuality, SchemaObject

from spark_app.contracts.bounds import BOUNDS, NONE_BROKEN, threshold_of, valid_word
from spark_app.contracts.table import DIMENSIONS, Column, Layer, Measure, Severity, Threshold, Watch
from spark_app.runtime.yaml_lines import Document, Where

CHECK = "anomaly"
KEYS = ("check", "measure", "by", "upstream", "limit", "change", *BOUNDS)
MEASURES: dict[Layer, tuple[Measure, ...]] = {
    "silver": ("rows", "amount", "quarantined", "repeated", "missing", "distinct", "delay"),
    "gold": ("sum",),
}
OF_A_COLUMN: tuple[Measure, ...] = ("sum", "distinct")


def is_watch(quality: DataQuality) -> bool:
    """Whether an entry is a watch, and so no rule."""
    return isinstance(quality.implementation, dict) and quality.implementation.get("check") == CHECK


def compile_watches(
    document: Document, table: SchemaObject, layer: Layer, columns: Sequence[Column], key: Sequence[str]
) -> tuple[Watch, ...]:
    """The contract's watches; ContractError names file, line and the nearest valid word."""
    found: list[Watch] = []
    for index, item in enumerate(table.properties or []):
        for number, quality in enumerate(item.quality or []):
            where = ("schema", 0, "properties", index, "quality", number)
            if is_watch(quality):
                found.append(_watch(document, where, quality, layer, columns[index].name, columns))
    for number, quality in enumerate(table.quality or []):
        if is_watch(quality):
            found.append(_watch(document, ("schema", 0, "quality", number), quality, layer, None, columns))
    dated = any(column.type.name == "date" for column in columns if column.name in key)
    if found and layer == "gold" and not dated:
        raise document.fail(("schema", 0, "quality"), "a watched table needs a date in its key")
    return tuple(found)


def _watch(
    document: Document,
    where: Where,
    quality: DataQuality,
    layer: Layer,
    column: str | None,
    columns: Sequence[Column],
) -> Watch:
    given = dict(quality.implementation) if isinstance(quality.implementation, dict) else {}
    inside = (*where, "implementation")
    for word in given:
        if word not in KEYS:
            raise document.unknown((*inside, word), word, KEYS, "key")
    if not quality.name:
        raise document.fail(where, "a rule needs a name")
    measure = given.get("measure")
    if measure not in MEASURES[layer]:
        raise document.unknown((*inside, "measure"), str(measure), MEASURES[layer], "measure")
    if (measure in OF_A_COLUMN) != (column is not None):
        place = "under a column" if measure in OF_A_COLUMN else "under the table"
        raise document.fail(where, f"measure {measure} belongs {place}")
    return Watch(
        name=quality.name,
        measure=measure,
        column=column,
        by=_segments(document, (*inside, "by"), given.get("by") or {}, columns),
        upstream=str(given.get("upstream") or ""),
        dimension=valid_word(document, where, "dimension", quality.dimension, DIMENSIONS),
        severity=valid_word(document, where, "severity", quality.severity, get_args(Severity)),
        limit=_positive(document, (*inside, "limit"), given.get("limit")),
        change=_positive(document, (*inside, "change"), given.get("change")),
        bounds=_bounds(document, inside, quality, given),
    )


def _segments(document: Document, where: Where, by: Any, columns: Sequence[Column]) -> tuple[tuple[str, str], ...]:
    if not isinstance(by, dict):
        raise document.fail(where, f"expected columns and where they come from, as {{state: customers.state}}: {by!r}")
    names = [column.name for column in columns]
    for name in by:
        if name not in names:
            raise document.unknown((*where, name), str(name), names, "column")
    return tuple((str(name), str(source)) for name, source in by.items())


def _bounds(document: Document, where: Where, quality: DataQuality, given: dict[str, Any]) -> Threshold | None:
    bounds = {word: value for word, value in given.items() if word in BOUNDS}
    found = threshold_of(document, where, quality.model_copy(update=bounds), "warning", "rows") if bounds else None
    return None if found == NONE_BROKEN else found


def _positive(document: Document, where: Where, value: object) -> float | None:
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or value <= 0:
        raise document.fail(where, f"expected a number above zero, found {value!r}")
    return float(value)
