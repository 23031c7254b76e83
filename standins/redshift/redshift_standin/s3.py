"""Objects of S3: found and read with the standard AWS chain's credentials, never with those in a statement."""

from __future__ import annotations

import io
import json
import os
from dataclasses import dataclass
from functools import lru_cache
from typing import IO, Any
from urllib.parse import urlsplit

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from redshift_standin.errors import Refused


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


def client(endpoint: str | None) -> Any:
    """A client; making one takes longer than most COPYs, so that it is kept."""
    return _client(endpoint, tuple(os.environ.get(name, "") for name in _CREDENTIALS))


@lru_cache(maxsize=8)
def _client(endpoint: str | None, credentials: tuple[str, ...]) -> Any:
    session = boto3.session.Session()
    # Path-style addresses, as MinIO and moto want them.
    settings = Config(s3={"addressing_style": "path"}, retries={"max_attempts": 3, "mode": "standard"})
    return session.client("s3", endpoint_url=endpoint, region_name=session.region_name or "us-east-1", config=settings)


def parts(url: str) -> tuple[str, str]:
    """Bucket and key of s3://bucket/key (s3a and s3n as well: manifests made elsewhere may say so)."""
    bucket, _, key = url.partition("://")[2].partition("/")
    return bucket, key


def listed(s3: Any, url: str) -> list[Object]:
    """The objects that a manifest names, each with its length."""
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
        if not isinstance(meta.get("content_length"), int):
            raise Refused("Invalid manifest file: meta.content_length is needed for columnar files", "XX000")
        item = _head(s3, entry_url, mandatory)
        if item and item.size != meta["content_length"]:
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


def read(s3: Any, item: Object) -> IO[bytes]:
    """The object's bytes."""
    with _told(item.url):
        return io.BytesIO(s3.get_object(Bucket=item.bucket, Key=item.key)["Body"].read())


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
