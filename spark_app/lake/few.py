"""Few rows of large tables: found by pyarrow in the driver, handed to Spark as small files, written by delta-rs.

Spark takes seconds to plan a read, a change feed or a MERGE of a Delta table, however few rows it is about, and reads
every row of a table to find those of some keys. So what is about little goes without: a key is looked for file by file
in its own column, and only files that hold some of the keys are read further. More than `FEW` rows are Spark's.
"""

from __future__ import annotations

import shutil
import tempfile
import weakref
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import date
from functools import reduce
from pathlib import Path
from uuid import uuid4

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from pyarrow.dataset import Dataset, Fragment
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql.types import ArrayType, DataType, DecimalType, StructType

from spark_app.contracts import spark_sql
from spark_app.lake import contents, log
from spark_app.lake.objects import Entry, put_file, remove_file
from spark_app.lake.paths import Table
from spark_app.runtime.errors import LakehouseError
from spark_app.runtime.settings import AWS_ITSELF, S3Settings

FEW = 200_000  # rows in Arrow's form: some 100 MB where they are wide
FEW_OBJECTS = 50_000  # rows as Python's objects, on their way from Spark
_SIMPLE: tuple[tuple[pa.DataType, str], ...] = (
    (pa.string(), "string"),
    (pa.int32(), "int"),
    (pa.int64(), "bigint"),
    (pa.float64(), "double"),
    (pa.bool_(), "boolean"),
    (pa.date32(), "date"),
    (pa.timestamp("us", tz="UTC"), "timestamp"),
)
_SPARK = dict(_SIMPLE)
_ARROW = {name: arrow for arrow, name in _SIMPLE}


class Scratch:
    """A folder of small files, there as long as this object is: where Spark's executors find what the driver found.

    `place`: one that all of them can read, with its store; None where they are all on this machine.
    """

    def __init__(self, place: str | None = None, s3: S3Settings = AWS_ITSELF) -> None:
        self._local, self._place, self._s3 = Path(tempfile.mkdtemp(prefix="lakehouse-")), place, s3
        self._made: list[str] = []
        self._end = weakref.finalize(self, _remove, self._local, self._made, s3)

    def frame(self, spark: SparkSession, rows: pa.Table) -> DataFrame:
        """The rows as a frame; to be used while this scratch is there.

        Of no rows Spark is told so, and what is joined with them is not read.
        """
        if not rows.num_rows:
            fields = [f"CAST(NULL AS {_type(field.type)}) AS {spark_sql.name(field.name)}" for field in rows.schema]
            return spark.range(1).where("false").selectExpr(*fields)
        path = self._local / f"{uuid4().hex}.parquet"
        pq.write_table(rows, path)
        return spark.read.schema(ddl(rows.schema)).parquet(self._to_be_read(path))

    def _to_be_read(self, path: Path) -> str:
        if self._place is None:
            return str(path)
        uri = f"{self._place.rstrip('/')}/{path.name}"
        put_file(path, uri, self._s3)
        path.unlink()
        self._made.append(uri)
        return uri

    def close(self) -> None:
        """Remove the files."""
        self._end()


def _remove(local: Path, made: Sequence[str], s3: S3Settings) -> None:
    shutil.rmtree(local, ignore_errors=True)
    with suppress(LakehouseError):  # what is left is removed by maintenance
        for uri in made:
            remove_file(Entry(uri.rpartition("/")[2], uri, False, 0, None), s3)


def matching(
    table: Table,
    version: int,
    wanted: Mapping[str, Collection[object]],
    columns: Sequence[str],
    most: int = FEW,
) -> pa.Table | None:
    """The rows of a version whose value in one of the columns of `wanted` is among those given there.

    None where there are more than `most`.
    """
    dataset = contents.dataset(table, version)
    values = {name: pa.array(list(given), dataset.schema.field(name).type) for name, given in wanted.items()}
    found, count = [], 0
    for fragment in dataset.get_fragments() if any(map(len, values.values())) else ():
        # The keys of a file first: most files hold none of them, and of these nothing else is read.
        if not any(_hits(batch, values).num_rows for batch in _batches(fragment, dataset, values)):
            continue
        for batch in _batches(fragment, dataset, {**dict.fromkeys(columns), **values}):
            hits = _hits(batch, values)
            count += hits.num_rows
            if count > most:
                return None
            found.append(hits.select(list(columns)))
    return _plain(pa.Table.from_batches(found, _schema(dataset, columns)))


def everything(table: Table, version: int, columns: Sequence[str], most: int = FEW) -> pa.Table | None:
    """All rows of a version. None where there are more than `most`."""
    if log.row_count(table, version) > most:
        return None
    return _plain(contents.dataset(table, version).to_table(columns=list(columns)))


def of_days(
    table: Table,
    version: int,
    column: str,
    days: Collection[date],
    columns: Sequence[str],
    most: int = FEW,
    *,
    only: pc.Expression | None = None,
) -> pa.Table | None:
    """The rows of a version of these days; files that hold none of them are not opened. None where more than `most`.

    `only`: what else they have to be.
    """
    dataset = contents.dataset(table, version)
    if not days:
        return _plain(_schema(dataset, columns).empty_table())
    day = pc.field(column)
    inside = (day >= min(days)) & (day <= max(days)) & day.isin(sorted(days))
    inside = inside if only is None else inside & only
    if dataset.count_rows(filter=inside) > most:
        return None
    return _plain(dataset.to_table(filter=inside, columns=list(columns)))


def changes(table: Table, after: int, upto: int, columns: Sequence[str], most: int = FEW) -> pa.Table | None:
    """Rows changed in versions after+1 … upto: `columns` and `_change_type`. None where more than `most`."""
    opened = log.open_table(table, upto)
    assert opened is not None  # its version was asked for
    names = [*columns, "_change_type"]
    feed = pa.RecordBatchReader.from_stream(
        opened.load_cdf(starting_version=after + 1, ending_version=upto, columns=names)
    )
    batches, count = [], 0
    for batch in feed:
        count += batch.num_rows
        if count > most:
            return None
        batches.append(batch)
    return _plain(pa.Table.from_batches(batches, feed.schema).select(names))


def no_changes(table: Table, version: int, columns: Sequence[str]) -> pa.Table:
    """As `changes`, where there are none."""
    fields = _schema(contents.dataset(table, version), columns)
    return _plain(fields.append(pa.field("_change_type", pa.string())).empty_table())


def columns_of(table: Table, version: int) -> list[str]:
    """The names of a version's columns."""
    place = ("columns", table.name, version)
    if place not in table.lake.seen:
        opened = log.open_table(table, version)
        if opened is None:
            return []
        table.lake.seen[place] = tuple(field.name for field in opened.schema().fields)
    return list(table.lake.seen[place])


def collected(rows: DataFrame, most: int = FEW_OBJECTS) -> pa.Table | None:
    """The rows of a frame, in the driver; None where there are more than `most`."""
    try:
        found = rows.limit(most + 1).collect()
    except (ValueError, OverflowError):
        return None  # a time that Python cannot hold: Spark can
    if len(found) > most:
        return None
    names = rows.columns
    schema = pa.schema([(field.name, arrow(field.dataType)) for field in rows.schema])
    return pa.Table.from_pylist([dict(zip(names, row, strict=True)) for row in found], schema=schema)


def ddl(schema: pa.Schema) -> str:
    """An Arrow schema as Spark's DDL."""
    return ", ".join(f"`{field.name}` {_type(field.type)}" for field in schema)


def arrow(kind: DataType) -> pa.DataType:
    """A Spark type as Arrow's."""
    if isinstance(kind, DecimalType):
        return pa.decimal128(kind.precision, kind.scale)
    if isinstance(kind, ArrayType):
        return pa.list_(arrow(kind.elementType))
    if isinstance(kind, StructType):
        return pa.struct([pa.field(field.name, arrow(field.dataType)) for field in kind])
    return _ARROW[kind.simpleString()]


def _type(kind: pa.DataType) -> str:
    if pa.types.is_decimal(kind):
        return f"decimal({kind.precision},{kind.scale})"
    if pa.types.is_list(kind):
        return f"array<{_type(kind.value_type)}>"
    if pa.types.is_struct(kind):
        return f"struct<{', '.join(f'`{field.name}`: {_type(field.type)}' for field in kind)}>"
    return str(_SPARK[kind])


def _schema(dataset: Dataset, columns: Sequence[str]) -> pa.Schema:
    return pa.schema([dataset.schema.field(name) for name in columns])


def _batches(fragment: Fragment, dataset: Dataset, columns: Iterable[str]) -> Iterator[pa.RecordBatch]:
    found: Iterator[pa.RecordBatch] = fragment.to_batches(schema=dataset.schema, columns=list(columns))
    return found


def _hits(batch: pa.RecordBatch, values: Mapping[str, pa.Array]) -> pa.RecordBatch:
    """Rows of a batch with one of the values in one of the columns."""
    masks = [pc.is_in(batch.column(name), value_set=given) for name, given in values.items()]
    return batch.filter(reduce(pc.or_, masks))


def _plain(rows: pa.Table) -> pa.Table:
    """Arrow's several kinds of text and lists as the one that Parquet and Spark name."""
    schema = pa.schema([pa.field(field.name, _plain_type(field.type)) for field in rows.schema])
    return rows if schema == rows.schema else rows.cast(schema)


def _plain_type(kind: pa.DataType) -> pa.DataType:
    if pa.types.is_large_string(kind) or pa.types.is_string_view(kind):
        return pa.string()
    if pa.types.is_list(kind) or pa.types.is_large_list(kind) or pa.types.is_list_view(kind):
        return pa.list_(_plain_type(kind.value_type))
    if pa.types.is_struct(kind):
        return pa.struct([pa.field(field.name, _plain_type(field.type)) for field in kind])
    return kind
