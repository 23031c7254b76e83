"""S3 itself: its client, whose credentials it uses, and its errors as ours."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import cache
from typing import TYPE_CHECKING, Any
from urllib.parse import urlparse

from spark_app.runtime.errors import LakeError, LakehouseError
from spark_app.runtime.settings import S3Settings

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

S3_SCHEMES = ("s3", "s3a", "s3n")
_RIGHTS = "check bucket, region and rights: lakehouse doctor"
_AGAIN = "then run again"


def is_s3(uri: str) -> bool:
    """Whether a URI names something in S3."""
    return urlparse(uri).scheme in S3_SCHEMES


@cache
def client(s3: S3Settings) -> S3Client:
    """The S3 client of these settings; clients are safe to share between threads."""
    return _client(s3, attempts=8, connect_timeout=10, read_timeout=60)


@cache
def prompt_client(s3: S3Settings) -> S3Client:
    """One that rather fails than waits, for who asks again."""
    return _client(s3, attempts=2, connect_timeout=3, read_timeout=5)


def _client(s3: S3Settings, *, attempts: int, connect_timeout: int, read_timeout: int) -> S3Client:
    import boto3
    from botocore.config import Config

    style: Any = {"addressing_style": "path" if s3.path_style else "auto"}
    config = Config(
        s3=style,
        retries={"mode": "standard", "max_attempts": attempts},
        connect_timeout=connect_timeout,
        read_timeout=read_timeout,
    )
    # A session of its own: boto3's default one keeps the first credentials it has found.
    return boto3.Session().client("s3", endpoint_url=s3.endpoint, region_name=s3.region, config=config)


def describe_access(s3: S3Settings) -> str:
    """Where S3 is and which link of the AWS chain gives credentials; LakeError where none does."""
    import boto3

    found = boto3.Session().get_credentials()
    if found is None:
        raise LakeError(
            "no AWS credentials found by the standard chain",
            hint="set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY or AWS_PROFILE, or give the machine or pod a role",
        )
    return f"{s3.endpoint or 'AWS'}, credentials from {found.method}"


def abort_uploads(uri: str, s3: S3Settings, before: datetime, ours: Callable[[str], bool] = lambda key: True) -> int:
    """Give up uploads in parts that began before a time, under keys that start as `uri` does and are `ours`; how many.

    A killed process leaves them behind, and S3 bills them unseen. (MinIO lists those of one whole key only.)
    The caller says whose errors S3's are: `named`.
    """
    if not is_s3(uri):
        return 0
    bucket, prefix = bucket_and_key(uri)
    prefix = prefix.lstrip("/")  # of a whole bucket
    pages = client(s3).get_paginator("list_multipart_uploads").paginate(Bucket=bucket, Prefix=prefix)
    begun = [found for page in pages for found in page.get("Uploads", []) if found["Initiated"] < before]
    old = [found for found in begun if ours(found["Key"])]
    for upload in old:
        client(s3).abort_multipart_upload(Bucket=bucket, Key=upload["Key"], UploadId=upload["UploadId"])
    return len(old)


def bucket_and_key(uri: str) -> tuple[str, str]:
    """The two parts of an S3 URI."""
    # Keys are taken as they stand: a `?`, `#` or `%` in one is part of its name.
    bucket, _, key = uri.partition("://")[2].partition("/")
    return bucket, key


@contextmanager
def s3_errors_named(place: str, kind: type[LakehouseError] = LakeError, rights: str = _RIGHTS) -> Iterator[None]:
    """S3's errors as ours, of a `kind`: which place, what S3 said, and what to look at (`rights`, where it refused)."""
    from boto3.exceptions import Boto3Error
    from botocore.exceptions import BotoCoreError, ClientError

    try:
        yield
    except ClientError as error:
        said = error.response.get("Error", {})
        raise kind(f"{place}: S3 says {said.get('Code')}: {said.get('Message')}", hint=f"{rights}; {_AGAIN}") from None
    except (BotoCoreError, Boto3Error) as error:
        hint = f"check endpoint, network and credentials: lakehouse doctor; {_AGAIN}"
        raise kind(f"{place}: S3 was not reached: {error}", hint=hint) from None
