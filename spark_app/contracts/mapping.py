"""What may stand in `conf/sources/<source>.yaml`: how one shop's files map onto the entities, key by key."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, PrivateAttr, field_validator

from spark_app.contracts.bronze_names import bronze_names
from spark_app.contracts.expression_words import of_one_day, with_fractions
from spark_app.contracts.read import AS_CANONICAL, Read


class _Closed(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class NumberFormat(_Closed):
    """How numbers are written: `$1,234.50` is decimal '.', thousands ',', symbols '$'."""

    decimal: str = Field(".", min_length=1, max_length=1)
    thousands: str = Field("", max_length=1)
    symbols: str = Field("", description="characters to drop, as currency signs")


class NumberBy(_Closed):
    """Rows that belong together are numbered from 1, in each file: by its order, or by what they hold."""

    within: tuple[str, ...] = Field(min_length=1, description="headers whose values rows that belong together share")
    order_by: tuple[str, ...] = Field((), description="headers that rows are ordered by; the file's order unless given")


class Lookup(_Closed):
    """A value of another dataset's row, found by a key."""

    dataset: str = Field(alias="from")
    column: str = Field(description="header of the value, in the other dataset")
    by: str = Field(description="header of the key, in the entity's own dataset")
    match: str | None = Field(None, description="header of the key in the other dataset; the same unless given")


class CarryDown(_Closed):
    """Columns that stand on the first of several rows only: the others have what stood there last in their file."""

    columns: tuple[str, ...] = Field(min_length=1)
    within: tuple[str, ...] = Field((), description="headers whose values rows that belong together share")


class ColumnMap(_Closed):
    """Where a column comes from and how it is written there."""

    column: str | None = Field(None, description="header name in the file")
    expression: str | None = Field(None, description="Spark SQL over the file's columns, giving text")
    number_by: NumberBy | None = Field(None, description="the row's number among those that belong together")
    lookup: Lookup | None = Field(None, description="a value of another dataset")
    formats: tuple[str, ...] = Field((), description="Spark datetime patterns or an epoch's word, tried in order")
    number: NumberFormat | None = None
    codes: dict[str, str] = Field(default_factory=dict, description="the shop's words to ours")
    default: str | None = Field(None, description="taken where the file has nothing")

    @property
    def sql(self) -> str | None:
        """The expression as rows are given it."""
        return None if self.expression is None else of_one_day(with_fractions(self.expression))

    @field_validator("number_by", mode="before")
    @classmethod
    def _within_alone(cls, value: object) -> object:
        return {"within": value} if isinstance(value, list) else value

    @field_validator("formats", mode="before")
    @classmethod
    def _one_alone(cls, value: object) -> object:
        return (value,) if isinstance(value, str) else value


class DatasetMap(_Closed):
    """The files of a dataset: their header names, in the order of the file, and how they are read."""

    columns: tuple[str, ...] = Field(min_length=1)
    description: str = ""
    separator: str = Field(",", min_length=1, max_length=1)
    read: Read = AS_CANONICAL
    number: NumberFormat | None = Field(None, description="of columns that say nothing of their own")
    carry_down: tuple[CarryDown, ...] = Field((), description="one after the other")
    optional: tuple[str, ...] = Field((), description="those of the columns that files may lack from the start")

    @field_validator("carry_down", mode="before")
    @classmethod
    def _one_alone(cls, value: object) -> object:
        return (value,) if isinstance(value, dict) else value

    @property
    def names(self) -> dict[str, str]:
        """Header -> bronze's name of the column."""
        return bronze_names(self.columns)


class EntityMap(_Closed):
    """Where an entity, or a part of its rows, comes from: a dataset, which of its rows, and a map for each column."""

    dataset: str = Field(alias="from")
    where: str | None = Field(None, description="Spark SQL over the file's columns; other rows are passed over")
    columns: dict[str, ColumnMap]
    complete_per: tuple[str, ...] = Field((), description="columns of the key whose rows always come whole in a file")
    snapshot: bool = Field(False, description="whether each drop is the whole table")
    deleted_when: str | None = Field(None, description="Spark SQL over the file's columns: rows that say they are gone")

    @property
    def withdraws(self) -> bool:
        """Whether a row may take others away, or itself."""
        return bool(self.complete_per) or self.snapshot or self.deleted_when is not None

    @property
    def deletion(self) -> str | None:
        """`deleted_when` as rows are asked it."""
        return None if self.deleted_when is None else of_one_day(with_fractions(self.deleted_when))

    @property
    def condition(self) -> str | None:
        """`where` as rows are asked it."""
        return None if self.where is None else of_one_day(with_fractions(self.where))

    @property
    def sees_whole_days(self) -> bool:
        """Whether an expression has a window, which sees all rows of a day's drop."""
        written = (self.where, self.deleted_when, *(one.expression for one in self.columns.values()))
        return any(one is not None and of_one_day(one) != one for one in written)

    @field_validator("columns", mode="before")
    @classmethod
    def _short_form(cls, value: object) -> object:
        if not isinstance(value, dict):
            return value
        return {name: {"column": item} if isinstance(item, str) else item for name, item in value.items()}


_SAID_OF = {"orders": ("currency", "channel", "store_id", "status"), "payments": ("currency",)}
_TAXED = ("orders", "order_items", "refunds")
_NUMBERED = {"refunds": {"refund_line": "1"}}  # a shop that does not number a refund's lines has one of each


class Defaults(_Closed):
    """What holds of a shop where its files do not say."""

    currency: str | None = Field(None, pattern="^[A-Z]{3}$", description="of orders and payments, as ISO 4217: EUR")
    channel: str | None = Field(None, description="where orders are placed")
    store_id: str | None = Field(None, description="the shop that sells")
    status: str | None = Field(None, description="of orders")
    prices_include_tax: bool = Field(
        False, description="whether amounts of lines, and of goods given back, have their tax in them"
    )

    def of(self, entity: str) -> dict[str, str]:
        """Column -> value, of an entity."""
        found = {name: value for name in _SAID_OF.get(entity, ()) if (value := getattr(self, name)) is not None}
        taxed = {"prices_include_tax": "true"} if self.prices_include_tax and entity in _TAXED else {}
        return {**found, **taxed, **_NUMBERED.get(entity, {})}


class Source(_Closed):
    """One shop: its kinds of files and the entities they give."""

    source: str
    description: str = ""
    timezone: str = Field("UTC", description="zone of times that carry none")
    defaults: Defaults = Field(default_factory=Defaults)
    datasets: dict[str, DatasetMap]
    entities: dict[str, tuple[EntityMap, ...]] = Field(description="the parts that each entity comes from")
    _path: Path | None = PrivateAttr(None)

    @field_validator("entities", mode="before")
    @classmethod
    def _parts(cls, value: object) -> object:
        """One part may stand without a list around it, and one mapping for several datasets."""
        if not isinstance(value, dict):
            return value
        return {name: _each_dataset(item if isinstance(item, list | tuple) else [item]) for name, item in value.items()}

    @property
    def path(self) -> Path | None:
        """The file it stands in."""
        return self._path


def _each_dataset(parts: Sequence[object]) -> list[object]:
    found: list[object] = []
    for part in parts:
        several = part.get("from") if isinstance(part, dict) else None
        if isinstance(part, dict) and isinstance(several, list):
            found += [{**part, "from": dataset} for dataset in several]
        else:
            found.append(part)
    return found
