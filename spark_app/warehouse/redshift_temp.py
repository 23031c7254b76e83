"""The temp prefix in S3: `<temp>/<run>/<load>/<table>/…`, emptied after each load, and of what dead loads left."""

from __future__ import annotations

from contextlib import AbstractContextManager
from datetime import UTC, datetime, timedelta

from spark_app.lake.s3 import abort_uploads, bucket_and_key, client
from spark_app.lake.s3 import named as s3_named
from spark_app.runtime.errors import WarehouseError
from spark_app.runtime.settings import S3Settings

LEFT_OVER = timedelta(days=1)


def normal(uri: str) -> str:
    """The prefix as Redshift knows it: s3://, no slash at the end."""
    bucket, key = bucket_and_key(uri)
    return f"s3://{bucket}/{key}".rstrip("/")


def remove(prefix: str, s3: S3Settings, older_than: datetime | None = None) -> int:
    """Delete what lies below a prefix, or only what is older; how many objects."""
    bucket, key = bucket_and_key(prefix)
    count = 0
    with named(prefix):
        for page in client(s3).get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=f"{key}/"):
            found = [
                {"Key": item["Key"]}
                for item in page.get("Contents", [])
                if older_than is None or item["LastModified"] < older_than
            ]
            for one in found:
                # One by one: a bucket may ask for checksums of batches that not every store understands.
                client(s3).delete_object(Bucket=bucket, Key=one["Key"])
            count += len(found)
    return count


def sweep(temp: str, s3: S3Settings) -> int:
    """Remove what loads that died more than a day ago left, and their unfinished uploads."""
    since = datetime.now(UTC) - LEFT_OVER
    with named(temp):
        abort_uploads(f"{temp}/", s3, since)
    return remove(temp, s3, since)


def named(uri: str) -> AbstractContextManager[None]:
    """S3's errors as the warehouse's, with the rights that loads need."""
    return s3_named(
        f"temp prefix {uri}",
        WarehouseError,
        "the run needs s3:ListBucket, GetObject, PutObject and DeleteObject on redshift.temp",
    )
