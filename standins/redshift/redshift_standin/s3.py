"""Objects of S3: found, read and written with the standard AWS chain's credentials, never with those in a statement."""

from __future__ import annotations

import bz2
import gzip
import io
import json
import os
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import IO, Any, cast
from urllib.parse import urlsplit

import boto3
import pyarrow as pa
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from redshift_standin.errors import Refused

_GZIP_MAGIC, _BZIP2_MAGIC = b"\x1f\x8b", b"BZh"


@dataclass(frozen=True)
class Object:
    """An object of S3 and its size as its listing or the manifest gives it."""

    bucket: str
    key: str
    size: int

    @property
    def url(self) -> str:
        """As s3://bucket/key."""
        return f"s3://{self.bucket}/{self.key}"


# Of these the standard chain's credentials come, in the environment; a client is made anew when they change.
_CREDENTIALS = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_PROFILE", "AWS_DEFAULT_REGION")


def client(endpoint: str | None, region: str = "") -> Any:
    """A client; making one takes longer than most COPYs, so that it is kept."""
    return _client(endpoint, region, tuple(os.environ.get(name, "") for name in _CREDENTIALS))


@lru_cache(maxsize=8)
def _client(endpoint: str | None, region: str, credentials: tuple[str, ...]) -> Any:
    session = boto3.session.Session()
    # Path-style addresses, as MinIO and moto want them.
    settings = Config(s3={"addressing_style": "path"}, retries={"max_attempts": 3, "mode": "standard"})
    return session.client(
        "s3", endpoint_url=endpoint, region_name=region or session.region_name or "us-east-1", config=settings
    )


def parts(url: str) -> tuple[str, str]:
    """Bucket and key of s3://bucket/key (s3a and s3n as well: manifests made elsewhere may say so)."""
    bucket, _, key = url.partition("://")[2].partition("/")
    return bucket, key


def find(s3: Any, url: str, manifest: bool, columnar: bool) -> list[Object]:
    """The objects a COPY reads: those a manifest names, or all under the prefix."""
    if manifest:
        return _from_manifest(s3, url, columnar)
    bucket, prefix = parts(url)
    found = []
    with _told(url):
        for page in s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix):
            found += [Object(bucket, item["Key"], item["Size"]) for item in page.get("Contents", [])]
    # Markers of folders and what Spark calls hidden hold no rows; Redshift too skips the empty ones.
    found = [o for o in found if not o.key.endswith("/")]
    if not found:
        raise Refused(
            f"The specified S3 prefix '{prefix}' does not exist", "XX000", "error: S3ServiceException code: 8001"
        )
    return found


def read(s3: Any, item: Object) -> IO[bytes]:
    """The object's bytes."""
    with _told(item.url):
        return io.BytesIO(s3.get_object(Bucket=item.bucket, Key=item.key)["Body"].read())


def unpacked(data: IO[bytes], compression: str) -> IO[bytes]:
    """A stream of what was packed; an object not packed as said is refused."""
    head = data.read(3)
    data.seek(0)
    if compression == "GZIP":
        if head[:2] != _GZIP_MAGIC:
            raise Refused("Invalid GZIP file: the object is not in gzip format", "XX000")
        return cast(IO[bytes], gzip.open(data, "rb"))
    if compression == "BZIP2":
        if head != _BZIP2_MAGIC:
            raise Refused("Invalid BZIP2 file: the object is not in bzip2 format", "XX000")
        return cast(IO[bytes], bz2.open(data, "rb"))
    if compression == "ZSTD":
        return io.BytesIO(pa.CompressedInputStream(data, "zstd").read())
    return data


def keys_under(s3: Any, url: str) -> list[str]:
    """Keys that begin with this one."""
    bucket, prefix = parts(url)
    with _told(url):
        pages = s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix)
        return [item["Key"] for page in pages for item in page.get("Contents", [])]


def write(s3: Any, url: str, data: bytes) -> None:
    """Put an object."""
    bucket, key = parts(url)
    with _told(url):
        s3.put_object(Bucket=bucket, Key=key, Body=data)


def delete(s3: Any, bucket: str, keys: Iterable[str]) -> None:
    """Delete objects one by one."""
    for key in keys:
        with _told(f"s3://{bucket}/{key}"):
            s3.delete_object(Bucket=bucket, Key=key)


def _from_manifest(s3: Any, url: str, columnar: bool) -> list[Object]:
    bucket, key = parts(url)
    with _told(url):
        try:
            body = s3.get_object(Bucket=bucket, Key=key)["Body"].read()
        except s3.exceptions.NoSuchKey:
            raise Refused(f"The specified S3 prefix '{key}' does not exist", "XX000") from None
    try:
        entries = json.loads(body)["entries"]
        named = [(entry["url"], entry.get("mandatory", False), entry.get("meta", {})) for entry in entries]
    except (ValueError, KeyError, TypeError, AttributeError):
        raise Refused(f"Invalid manifest file: {url} is not a manifest in JSON", "XX000") from None
    if not named:
        raise Refused("Invalid manifest file: no entries", "XX000")
    found = []
    for entry_url, mandatory, meta in named:
        if urlsplit(entry_url).scheme != "s3":
            raise Refused(f"Invalid manifest file: {entry_url} does not begin with s3://", "XX000")
        if columnar and not isinstance(meta.get("content_length"), int):
            raise Refused("Invalid manifest file: meta.content_length is needed for columnar files", "XX000")
        item = _head(s3, entry_url, mandatory)
        if item and columnar and item.size != meta["content_length"]:
            raise Refused(f"content_length of {entry_url} is {item.size}, not as the manifest has it", "XX000")
        found += [item] if item else []
    return found


def _head(s3: Any, url: str, mandatory: bool) -> Object | None:
    bucket, key = parts(url)
    try:
        with _told(url, missing=True):
            return Object(bucket, key, s3.head_object(Bucket=bucket, Key=key)["ContentLength"])
    except FileNotFoundError:
        if mandatory:
            raise Refused(f"Manifest file contains a mandatory file that is not there: {url}", "XX000") from None
        return None


class _told:
    """S3's errors as Redshift tells them."""

    def __init__(self, url: str, missing: bool = False) -> None:
        self.url, self.missing = url, missing

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if isinstance(error, ClientError):
            code = str(error.response.get("Error", {}).get("Code", ""))
            if self.missing and code in ("404", "NoSuchKey", "NotFound"):
                raise FileNotFoundError(self.url) from None
            if code in ("NoSuchKey", "404"):
                return
            said = error.response.get("Error", {}).get("Message", "")
            status = error.response["ResponseMetadata"].get("HTTPStatusCode")
            raise Refused(
                f"S3ServiceException:{said},Status {status},Error {code}",
                "XX000",
                f"error: S3ServiceException code: 8001 context: {self.url}",
            ) from None
        if isinstance(error, BotoCoreError):
            raise Refused(f"S3ServiceException: {type(error).__name__}", "XX000", f"context: {self.url}") from None
