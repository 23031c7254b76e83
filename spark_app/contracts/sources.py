"""`conf/sources/<source>.yaml`: how one shop's files map onto the entities."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, PrivateAttr, field_validator

from spark_app.contracts import source_check
from spark_app.contracts.blanks import slug as slug
from spark_app.contracts.expression_words import of_one_day
from spark_app.contracts.table import Contract
from spark_app.runtime.errors import SettingsError, join_errors
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
    formats: tuple[str, ...] = Field((), description="Spark datetime patterns or an epoch's word, tried in order")
    number: NumberFormat | None = None
    codes: dict[str, str] = Field(default_factory=dict, description="the shop's words to ours")
    default: str | None = Field(None, description="taken where the file has nothing")

    @property
    def sql(self) -> str | None:
        """The expression as rows are given it."""
        return None if self.expression is None else of_one_day(self.expression)

    @field_validator("formats", mode="before")
    @classmethod
    def _one_alone(cls, value: object) -> object:
        return (value,) if isinstance(value, str) else value


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
    _path: Path | None = PrivateAttr(None)

    @property
    def path(self) -> Path | None:
        """The file it stands in."""
        return self._path


@dataclass(frozen=True)
class Dataset:
    """A kind of raw file: header name -> bronze column, in the order of the source file."""

    name: str
    columns: Mapping[str, str]
    separator: str
    entities: tuple[str, ...]


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
    source = document.parse(Source)
    wrong = source_check.faults(document, source, contracts)
    if wrong:
        raise join_errors(wrong)
    source._path = path
    return source


def daily_datasets(source: Source, contracts: Mapping[str, Contract]) -> dict[str, bool]:
    """Each dataset, and whether it feeds an entity whose contract says that it comes daily."""
    found = dict.fromkeys(source.datasets, False)
    for entity, mapped in source.entities.items():
        found[mapped.dataset] |= contracts[f"silver.{entity}"].daily
    return found


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
