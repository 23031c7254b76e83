"""The temp prefix in S3: `<temp>/<run>/<load>/<table>/…`, emptied after each load, and of what dead loads left."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

from spark_app.lake.s3 import client
from spark_app.runtime.errors import WarehouseError
from spark_app.runtime.settings import S3Settings

LEFT_OVER = timedelta(days=1)


def split(uri: str) -> tuple[str, str]:
    """Bucket and key of an S3 URI."""
    bucket, _, key = uri.partition("://")[2].partition("/")
    return bucket, key


def normal(uri: str) -> str:
    """The prefix as Redshift knows it: s3://, no slash at the end."""
    bucket, key = split(uri)
    return f"s3://{bucket}/{key}".rstrip("/")


def remove(prefix: str, s3: S3Settings, older_than: datetime | None = None) -> int:
    """Delete what lies below a prefix, or only what is older; how many objects."""
    bucket, key = split(prefix)
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
    bucket, key = split(temp)
    with named(temp):
        for page in client(s3).get_paginator("list_multipart_uploads").paginate(Bucket=bucket, Prefix=f"{key}/"):
            for upload in page.get("Uploads", []):
                if upload["Initiated"] < since:
                    client(s3).abort_multipart_upload(Bucket=bucket, Key=upload["Key"], UploadId=upload["UploadId"])
    return remove(temp, s3, since)


@contextmanager
def named(uri: str) -> Iterator[None]:
    """S3's errors as the warehouse's: which place, what S3 said, what to look at."""
    from boto3.exceptions import Boto3Error
    from botocore.exceptions import BotoCoreError, ClientError

    try:
        yield
    except ClientError as error:
        said = error.response.get("Error", {})
        raise WarehouseError(
            f"temp prefix {uri}: S3 says {said.get('Code')}: {said.get('Message')}",
            hint="the run needs s3:ListBucket, GetObject, PutObject and DeleteObject on redshift.temp; then run again",
        ) from None
    except (BotoCoreError, Boto3Error) as error:
        raise WarehouseError(
            f"temp prefix {uri}: S3 was not reached: {error}",
            hint="check endpoint, network and credentials: lakehouse doctor; then run again",
        ) from None
