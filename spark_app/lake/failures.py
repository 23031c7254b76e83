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


class StorageError(LakeError):
    """The store the lake lies in refused or did not answer; running again later helps."""

    retry = True


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
