"""The temp prefix in S3: `<temp>/<run>/<load>/<table>/…`, emptied after each load, and of what dead loads left.

Whatever the prefix may hold besides, only what is named as loads name things is ever removed.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import UTC, datetime, timedelta
from uuid import uuid4

from spark_app.lake.s3 import abort_uploads, bucket_and_key, client
from spark_app.lake.s3 import s3_errors_named as s3_named
from spark_app.runtime.errors import WarehouseError
from spark_app.runtime.settings import S3Settings

LEFT_OVER = timedelta(days=1)
_OF_A_LOAD = re.compile(r"[^/]+/\d{14}_[0-9a-f]{8}/.+", re.DOTALL)


def load_name() -> str:
    """A name for a load and all it makes: when it began, and a word of its own."""
    return f"{datetime.now(UTC):%Y%m%d%H%M%S}_{uuid4().hex[:8]}"


def normal_prefix(uri: str) -> str:
    """The prefix as Redshift knows it: s3://, no slash at the end."""
    bucket, key = bucket_and_key(uri)
    return f"s3://{bucket}/{key}".rstrip("/")


def remove_prefix(prefix: str, s3: S3Settings) -> int:
    """Delete what lies below a load's own prefix; how many objects."""
    return _remove(prefix, s3, lambda _, __: True)


def sweep_leftovers(temp: str, s3: S3Settings) -> int:
    """Remove what loads that died more than a day ago left, and their unfinished uploads; how many objects.

    What is not named `<run>/<load>/…` as loads do stays, however old.
    """
    since = datetime.now(UTC) - LEFT_OVER
    below = _below(bucket_and_key(temp)[1])

    def left(key: str, changed: datetime) -> bool:
        return changed < since and _OF_A_LOAD.fullmatch(key.removeprefix(below)) is not None

    with temp_errors_named(temp):
        abort_uploads(f"{temp}/", s3, since, lambda key: left(key, datetime.min.replace(tzinfo=UTC)))
    return _remove(temp, s3, left)


def _remove(prefix: str, s3: S3Settings, chosen: Callable[[str, datetime], bool]) -> int:
    bucket, key = bucket_and_key(prefix)
    count = 0
    with temp_errors_named(prefix):
        for page in client(s3).get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=_below(key)):
            found = [item["Key"] for item in page.get("Contents", []) if chosen(item["Key"], item["LastModified"])]
            for one in found:
                # One by one: a bucket may ask for checksums of batches that not every store understands.
                client(s3).delete_object(Bucket=bucket, Key=one)
            count += len(found)
    return count


def _below(key: str) -> str:
    """What keys below a prefix begin with: nothing where the prefix is the whole bucket."""
    return f"{key.rstrip('/')}/" if key.strip("/") else ""


def temp_errors_named(uri: str) -> AbstractContextManager[None]:
    """S3's errors as the warehouse's, with the rights that loads need."""
    return s3_named(
        f"temp prefix {uri}",
        WarehouseError,
        "the run needs s3:ListBucket, GetObject, PutObject and DeleteObject on redshift.temp",
    )
