"""A shop's source, read and checked, and what is asked of it: its datasets and which entities they feed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from spark_app.contracts import source_check
from spark_app.contracts.blanks import folded
from spark_app.contracts.expression_words import with_bronze_names
from spark_app.contracts.mapping import ColumnMap, EntityMap, Source
from spark_app.contracts.read import AS_CANONICAL, Read
from spark_app.contracts.table import Contract
from spark_app.runtime.errors import SettingsError, join_errors
from spark_app.runtime.settings import conf_dir
from spark_app.runtime.yaml_lines import Document, nearest


@dataclass(frozen=True)
class Dataset:
    """A kind of raw file: header name -> bronze column, in the order of the source file, and how it is read."""

    name: str
    columns: Mapping[str, str]
    separator: str
    entities: tuple[str, ...]
    read: Read = AS_CANONICAL
    optional: tuple[str, ...] = ()


def source_file(name: str, folder: Path | None = None) -> Path:
    """The file of the source `name`; SettingsError where there is none."""
    folder = folder or conf_dir() / "sources"
    path = folder / f"{name}.yaml"
    if not path.is_file():
        known = [p.stem for p in folder.glob("*.yaml")]
        raise SettingsError(f"{path}: no such source{nearest(name, known)}")
    return path


def load_source(name: str, contracts: Mapping[str, Contract], folder: Path | None = None) -> Source:
    """The source `name`, checked against the silver contracts; SettingsError names all that is wrong, with lines."""
    path = source_file(name, folder)
    document = Document(path, SettingsError)
    source = _with_defaults(document.parse(Source))
    wrong = source_check.faults(document, source, contracts)
    if wrong:
        raise join_errors(wrong)
    source = _with_bronze_names(source)
    source._path = path
    return source


def _with_defaults(source: Source) -> Source:
    """With the shop's own defaults for columns that say none themselves."""
    entities = {}
    for entity, parts in source.entities.items():
        given = source.defaults.of(entity)
        entities[entity] = tuple(
            part.model_copy(update={"columns": {**_dated(part), **part.columns, **_defaulted(part, given)}})
            for part in parts
        )
    return source.model_copy(update={"entities": entities})


def _dated(part: EntityMap) -> dict[str, ColumnMap]:
    """A snapshot says how things stand on its day, where its rows say nothing of their own."""
    return {"updated_at": ColumnMap(expression="cast(_batch_date as string)")} if part.snapshot else {}


def _defaulted(part: EntityMap, given: Mapping[str, str]) -> dict[str, ColumnMap]:
    mapped = {name: part.columns.get(name, ColumnMap()) for name in given}
    return {
        name: one if one.default is not None else one.model_copy(update={"default": given[name]})
        for name, one in mapped.items()
    }


def _with_bronze_names(source: Source) -> Source:
    """With headers that stand in SQL (`Price ($)`, in backticks) as bronze calls them."""
    entities = {name: tuple(_renamed(part, source) for part in parts) for name, parts in source.entities.items()}
    return source.model_copy(update={"entities": entities})


def _renamed(part: EntityMap, source: Source) -> EntityMap:
    names = {folded(header): name for header, name in source.datasets[part.dataset].names.items()}
    columns = {
        name: item.model_copy(update={"expression": with_bronze_names(item.expression, names)})
        if item.expression is not None
        else item
        for name, item in part.columns.items()
    }
    given = {"where": part.where, "deleted_when": part.deleted_when}
    texts = {key: text if text is None else with_bronze_names(text, names) for key, text in given.items()}
    return part.model_copy(update={"columns": columns, **texts})


def daily_datasets(source: Source, contracts: Mapping[str, Contract]) -> dict[str, bool]:
    """Each dataset, and whether it feeds an entity whose contract says that it comes daily."""
    found = dict.fromkeys(source.datasets, False)
    for entity, parts in source.entities.items():
        for part in parts:
            found[part.dataset] |= contracts[f"silver.{entity}"].daily
    return found


def inputs_of(source: Source, entity: str) -> tuple[str, ...]:
    """The datasets that an entity comes from, each once, in their order; none where it has no such entity."""
    return tuple(dict.fromkeys(part.dataset for part in source.entities.get(entity, ())))


def looked_up_of(source: Source, entity: str) -> tuple[str, ...]:
    """The datasets that an entity's values are looked up in, each once."""
    columns = (one for part in source.entities.get(entity, ()) for one in part.columns.values())
    return tuple(dict.fromkeys(one.lookup.dataset for one in columns if one.lookup is not None))


def endings_of(source: Source) -> dict[str, tuple[str, ...]]:
    """Endings of file names that a dataset has beside the known ones; datasets without any are not in it."""
    return {name: item.read.endings for name, item in source.datasets.items() if item.read.endings}


def datasets_of(source: Source) -> dict[str, Dataset]:
    """The datasets of a source by name, with the entities each feeds."""
    return {
        name: Dataset(
            name,
            item.names,
            item.separator,
            tuple(entity for entity in source.entities if name in inputs_of(source, entity)),
            item.read,
            item.optional,
        )
        for name, item in source.datasets.items()
    }
