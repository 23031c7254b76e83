"""The loader of one's own: Parquet parts and a manifest in S3, and COPY.

A stager puts a slice's rows into its staging table, which is made and empty, and says how many; it leaves nothing
else behind. This one needs no Spark.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import IO

import pyarrow as pa
import pyarrow.parquet as pq

from spark_app.contracts.ddl import quoted, text
from spark_app.lake.s3 import bucket_and_key, client
from spark_app.runtime.errors import WarehouseError
from spark_app.runtime.settings import S3Settings
from spark_app.warehouse.redshift_session import Refused, Session
from spark_app.warehouse.redshift_temp import temp_errors_named
from spark_app.warehouse.staging import Slice

Stager = Callable[[Session, Slice], int]

# Small enough that a table of some size is spread over the slices, large enough that S3 is asked seldom.
PART_BYTES = 32 * 1024 * 1024
_GROUP_ROWS = 100_000
_GROUP_BYTES = 32 * 1024 * 1024


@dataclass(frozen=True)
class Part:
    """One file in S3."""

    uri: str
    length: int
    rows: int


def copy_stager(s3: S3Settings, iam_role: str, part_bytes: int = PART_BYTES) -> Stager:
    """A stager by Parquet parts, each of about `part_bytes`, and COPY as `iam_role` (an ARN, or `default`)."""

    def stage(session: Session, part: Slice) -> int:
        parts = list(upload(part, s3, part_bytes))
        if not parts:
            return 0
        manifest = f"{part.prefix}/manifest.json"
        entries = [{"url": p.uri, "mandatory": True, "meta": {"content_length": p.length}} for p in parts]
        bucket, key = bucket_and_key(manifest)
        with temp_errors_named(manifest):
            client(s3).put_object(Bucket=bucket, Key=key, Body=json.dumps({"entries": entries}).encode())
        try:
            session.run(copy_sql(part, manifest, iam_role))
        except Refused as error:
            raise _explained(session, part, manifest, error) from None
        return sum(p.rows for p in parts)

    return stage


def copy_sql(part: Slice, manifest: str, iam_role: str) -> str:
    """COPY of a slice's manifest.

    Parquet's columns are taken by position, so they are listed. REGION is refused with Parquet: the bucket must be
    in the warehouse's own region.
    """
    columns = ", ".join(quoted(name) for name in part.schema.names)
    role = "default" if iam_role == "default" else text(iam_role)
    return (
        f'COPY "etl".{quoted(part.table)} ({columns}) FROM {text(manifest)} IAM_ROLE {role} FORMAT AS PARQUET MANIFEST'
    )


def upload(part: Slice, s3: S3Settings, part_bytes: int = PART_BYTES) -> Iterator[Part]:
    """The slice's rows as files of about `part_bytes`, written to a file on disk and sent off one by one."""
    groups = _groups(part.batches())
    first = next(groups, None)
    number = 0
    while first is not None:
        with tempfile.TemporaryFile(prefix="lakehouse-") as file:
            rows = 0
            with _writer(file, part.schema) as writer:
                while first is not None:
                    writer.write_table(first)
                    rows += first.num_rows
                    first = next(groups, None)
                    if file.tell() >= part_bytes:
                        break
            length = file.seek(0, 2)
            file.seek(0)
            uri = f"{part.prefix}/part-{number:05d}.parquet"
            bucket, key = bucket_and_key(uri)
            with temp_errors_named(uri):
                client(s3).upload_fileobj(file, bucket, key)
            yield Part(uri, length, rows)
        number += 1


@contextmanager
def _writer(file: IO[bytes], schema: pa.Schema) -> Iterator[pq.ParquetWriter]:
    # Microseconds as INT64 and no Arrow schema beside Parquet's own: what COPY reads, exactly.
    with pq.ParquetWriter(
        file, schema, version="2.6", compression="snappy", coerce_timestamps="us", store_schema=False
    ) as writer:
        yield writer


def _groups(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.Table]:
    """Batches gathered into row groups, bounded in rows and in bytes."""
    group: list[pa.RecordBatch] = []
    rows = size = 0
    for batch in batches:
        group.append(batch)
        rows, size = rows + batch.num_rows, size + batch.nbytes
        if rows >= _GROUP_ROWS or size >= _GROUP_BYTES:
            yield pa.Table.from_batches(group)
            group, rows, size = [], 0, 0
    if rows:
        yield pa.Table.from_batches(group)


def _explained(session: Session, part: Slice, manifest: str, error: Refused) -> WarehouseError:
    """COPY's failure with the file, line, column and reason that Redshift has noted."""
    table = f'"analytics".{quoted(part.contract.name)}'
    for sql in (
        "SELECT TRIM(file_name), line_number, TRIM(column_name), TRIM(error_message) FROM sys_load_error_detail "
        "WHERE file_name LIKE %s ORDER BY start_time DESC LIMIT 1",
        "SELECT TRIM(filename), line_number, TRIM(colname), TRIM(err_reason) FROM stl_load_errors "
        "WHERE filename LIKE %s ORDER BY starttime DESC LIMIT 1",
    ):
        try:
            found = session.rows(sql, (f"{part.prefix}/%",))
        except WarehouseError:
            continue
        if found:
            file, line, column, reason = found[0]
            return WarehouseError(
                f'warehouse table {table}: COPY refused {file}, line {line}, column "{column}": {reason}; expected '
                f"rows as in {part.contract.path}; nothing of the release is visible",
                hint="the same again meets the same row: correct the contract or the row, then: "
                "lakehouse run --layers publish",
            )
    return WarehouseError(f"warehouse table {table}: COPY of {manifest} was refused: {error.message}", hint=error.hint)
