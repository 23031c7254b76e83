"""`conf/sources/<source>.yaml`: how one shop's files map onto the entities."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import BaseModel, ConfigDict, Field, field_validator

from spark_app.contracts.blanks import folded
from spark_app.contracts.table import Contract
from spark_app.runtime.errors import SettingsError
from spark_app.runtime.settings import conf_dir
from spark_app.runtime.yaml_lines import Document, nearest


class _Closed(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class NumberFormat(_Closed):
    """How numbers are written: `$1,234.50` is decimal '.', thousands ',', symbols '$'."""

    decimal: str = Field(".", min_length=1, max_length=1)
    thousands: str = Field("", max_length=1)
    symbols: str = Field("", description="characters to drop, as currency signs")


class ColumnMap(_Closed):
    """Where a column comes from and how it is written there."""

    column: str | None = Field(None, description="header name in the file")
    expression: str | None = Field(None, description="Spark SQL over the file's columns, giving text")
    formats: tuple[str, ...] = Field((), description="Spark datetime patterns, tried in order")
    number: NumberFormat | None = None
    codes: dict[str, str] = Field(default_factory=dict, description="the shop's words to ours")
    default: str | None = Field(None, description="taken where the file has nothing")


class DatasetMap(_Closed):
    """The files of a dataset: their header names, in the order of the file."""

    columns: tuple[str, ...] = Field(min_length=1)
    description: str = ""
    separator: str = Field(",", min_length=1, max_length=1)


class EntityMap(_Closed):
    """Where an entity comes from: a dataset, and a map for each of its columns."""

    dataset: str = Field(alias="from")
    columns: dict[str, ColumnMap]

    @field_validator("columns", mode="before")
    @classmethod
    def _short_form(cls, value: object) -> object:
        if not isinstance(value, dict):
            return value
        return {name: {"column": item} if isinstance(item, str) else item for name, item in value.items()}


class Source(_Closed):
    """One shop: its kinds of files and the entities they give."""

    source: str
    description: str = ""
    timezone: str = Field("UTC", description="zone of times that carry none")
    datasets: dict[str, DatasetMap]
    entities: dict[str, EntityMap]


@dataclass(frozen=True)
class Dataset:
    """A kind of raw file: header name -> bronze column, in the order of the source file."""

    name: str
    columns: Mapping[str, str]
    separator: str
    entities: tuple[str, ...]


def slug(header: str) -> str:
    """A header as a column name: `Order No` -> `order_no`."""
    return re.sub(r"[^a-z0-9]+", "_", folded(header)).strip("_") or "_"


def source_file(name: str, folder: Path | None = None) -> Path:
    """The file of the source `name`; SettingsError where there is none."""
    folder = folder or conf_dir() / "sources"
    path = folder / f"{name}.yaml"
    if not path.is_file():
        known = [p.stem for p in folder.glob("*.yaml")]
        raise SettingsError(f"{path}: no such source{nearest(name, known)}")
    return path


def load_source(name: str, contracts: Mapping[str, Contract], folder: Path | None = None) -> Source:
    """The source `name`, checked against the silver contracts; SettingsError names file and line."""
    document = Document(source_file(name, folder), SettingsError)
    source = document.parse(Source)
    try:
        ZoneInfo(source.timezone)
    except (ZoneInfoNotFoundError, ValueError):
        raise document.fail(("timezone",), f"unknown time zone '{source.timezone}'") from None
    for dataset, item in source.datasets.items():
        _check_dataset(document, dataset, item)
    for entity, mapped in source.entities.items():
        _check_entity(document, entity, mapped, source, contracts)
    return source


def datasets_of(source: Source) -> dict[str, Dataset]:
    """The datasets of a source by name, with the entities each feeds."""
    return {
        name: Dataset(
            name,
            {header: slug(header) for header in item.columns},
            item.separator,
            tuple(entity for entity, mapped in source.entities.items() if mapped.dataset == name),
        )
        for name, item in source.datasets.items()
    }


def _check_dataset(document: Document, name: str, item: DatasetMap) -> None:
    seen: dict[str, str] = {}
    for index, header in enumerate(item.columns):
        where = ("datasets", name, "columns", index)
        if slug(header) in seen:
            other = seen[slug(header)]
            raise document.fail(where, f"'{header}' and '{other}' would be the same column '{slug(header)}'")
        seen[slug(header)] = header


def _check_entity(
    document: Document, entity: str, mapped: EntityMap, source: Source, contracts: Mapping[str, Contract]
) -> None:
    where: tuple[str, ...] = ("entities", entity)
    contract = contracts.get(f"silver.{entity}")
    if contract is None:
        valid = [c.name for c in contracts.values() if c.layer == "silver"]
        raise document.unknown(where, entity, valid, "entity")
    dataset = source.datasets.get(mapped.dataset)
    if dataset is None:
        raise document.unknown((*where, "from"), mapped.dataset, source.datasets, "dataset")
    for name, item in mapped.columns.items():
        here = (*where, "columns", name)
        if name not in contract.column_names:
            raise document.unknown(here, name, contract.column_names, "column")
        if item.column is not None and item.expression is not None:
            raise document.fail(here, "give a column or an expression, not both")
        if item.column is None and item.expression is None and item.default is None:
            raise document.fail(here, "give a column, an expression or a default")
        if item.column is not None and item.column not in dataset.columns:
            raise document.unknown(here, item.column, dataset.columns, "column of the file")
        _check_codes(document, (*here, "codes"), item.codes)
    for column in contract.columns:
        if column.required and column.name not in mapped.columns:
            raise document.fail((*where, "columns"), f"required column '{column.name}' of {entity} is not mapped")


def _check_codes(document: Document, where: tuple[str, ...], codes: Mapping[str, str]) -> None:
    """Words are read without regard to case: two that differ by nothing else must mean the same."""
    seen: dict[str, str] = {}
    for word, ours in codes.items():
        other = seen.setdefault(word.lower(), word)
        if codes[other].lower() != ours.lower():
            raise document.fail(
                (*where, word),
                f"'{word}' means {ours} and '{other}' means {codes[other]}; words are read without regard to case, so "
                "both are the same word",
            )
