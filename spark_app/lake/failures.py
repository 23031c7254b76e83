"""What engines say when storage fails, as an error of ours: one line that names the cause, and whether to try again.

Spark, delta-rs and the AWS client each wrap a refused or lost request in errors of their own, some a screen long.
"""

from __future__ import annotations

import re

from spark_app.runtime.errors import LakeError
from spark_app.runtime.messages import clipped

# Words by which an object store's or a disk's failure is told from a mistake of ours: AWS's SDKs, Hadoop's S3A, and
# the Rust client under delta-rs.
_STORAGE = re.compile(
    r"com\.amazonaws|software\.amazon|fs\.s3a|object.store|object at location|error sending request|"
    r"botocore|S3Exception|No space left on device|Disk quota exceeded",
    re.IGNORECASE,
)
_CAUSE = re.compile(r"^(?:Caused by: )?[\w.$]+(?:Exception|Error): (.+)$", re.MULTILINE)
_SECRET = re.compile(r"(AKIA|ASIA)[A-Z0-9]{12,}|(?<=Signature=)\w+|(?<=X-Amz-Security-Token=)[^&\s]+")
_DENIED = re.compile(r"\b403\b|Forbidden|AccessDenied|ExpiredToken|InvalidToken|token.*expired", re.IGNORECASE)
_LONGEST = 300
# What is said where Spark's side of the connection is gone: it waits fifteen seconds for an answer to be fetched.
_LOST = re.compile(r"CANNOT_OPEN_SOCKET|Py4JNetworkError|Answer from Java side is empty|JAVA_GATEWAY_EXITED")


class StorageError(LakeError):
    """The store the lake lies in refused or did not answer; running again later helps."""

    retry = True


class EngineLost(LakeError):
    """The connection to Spark is gone; running again helps."""

    retry = True


def as_failure(error: BaseException, root: str) -> LakeError | None:
    """An error of ours for one that storage caused, or the loss of Spark; None for any other."""
    return as_storage_error(error, root) or _as_lost_engine(error)


def _as_lost_engine(error: BaseException) -> EngineLost | None:
    text = f"{type(error).__module__}.{type(error).__name__}: {error}"
    if isinstance(error, KeyboardInterrupt | SystemExit) or not _LOST.search(text):
        return None
    return EngineLost(
        "the connection to Spark was lost: this process stood still for long (a paused machine, a frozen pod), or "
        "Spark's own was killed (out of memory, say)",
        hint="nothing half done is visible: run the same again; if it stays so, give the driver more memory",
    )


def as_storage_error(error: BaseException, root: str) -> StorageError | None:
    """A StorageError for an error that storage caused, None for any other."""
    if isinstance(error, KeyboardInterrupt | SystemExit):
        return None
    text = f"{type(error).__module__}.{type(error).__name__}: {error}"
    if not _STORAGE.search(text):
        return None
    causes = _CAUSE.findall(text)
    said = " ".join((causes[-1] if causes else text).split())
    why = "the credentials have run out or lack a right" if _DENIED.search(said) else "the store refused or was away"
    return StorageError(
        f"{root}: storage failed: {clipped(_SECRET.sub('…', said), _LONGEST)}",
        hint=f"{why}; nothing half done is visible: run the same again, and if it stays so: lakehouse doctor",
    )
