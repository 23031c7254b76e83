"""One small text of a lake that several processes write, each only over what it has seen: on a disk, and in S3.

In S3 by conditional puts (`If-None-Match`, `If-Match`). On a disk each text is a file whose name is a number, one
greater than the last: a name can be linked once. So no process, not even one that was stopped in the middle of
writing, makes another wait.
"""

from __future__ import annotations

import os
import re
import secrets
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from spark_app.lake.objects import local_path
from spark_app.lake.paths import Lake
from spark_app.lake.s3 import bucket_and_key, is_s3, prompt_client, s3_errors_named
from spark_app.runtime.errors import LakeError

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

_NAME = re.compile(r"\d{12}\.json")
_REFUSED = ("PreconditionFailed", "ConditionalRequestConflict", "412", "409")
_UNKNOWN = ("NotImplemented", "501")
_MISSING = ("NoSuchKey", "404")
_ELSE = '"00000000000000000000000000000000"'  # no text has this tag


class WrittenInBetween(Exception):
    """Another process has written in between."""


class NoConditionalPuts(LakeError):
    """The store puts whatever others have put: two runs at once would lose rows."""

    exit_code = 2

    def __init__(self, place: str, problem: str) -> None:
        self.problem = problem
        super().__init__(
            f"{place}: the store has no conditional puts ({problem}): two runs at once would lose rows, and neither "
            "would know; nothing was done",
            hint="use a store that has them, as AWS S3 and MinIO; or see to it that nothing else ever writes this "
            "lake, and say so: s3.only_writer: true",
        )


@dataclass(frozen=True)
class SlotText:
    """The text, and a tag that every writing changes."""

    text: str
    tag: str


class Slot(Protocol):
    """Where the text is."""

    @property
    def place(self) -> str: ...

    def read(self) -> SlotText | None:
        """The text as it is now, None where there is none; LakeError where the store does not answer."""

    def put(self, text: str, over: str | None) -> str:
        """Write over what has this tag (None: where there is nothing); its tag.

        Raises Moved where something else is there, LakeError where the store does not answer: whether the text was
        written is then not known.
        """

    def unconditional(self, text: str) -> str | None:
        """What is wrong with the store's conditional puts, if anything; `text` is what is there."""


def open_slot(lake: Lake, name: str) -> Slot:
    """The slot of this name below a lake."""
    place = f"{lake.root.rstrip('/')}/{name}"
    return _Objects(place, lake) if is_s3(lake.root) else _Files(place, local_path(place))


def find_put_problem(lake: Lake, name: str) -> str | None:
    """What is wrong with the conditional puts of a lake's store, tried in a slot of this name; None if nothing is."""
    at, text = open_slot(lake, name), secrets.token_hex(8)
    seen = at.read()
    try:
        at.put(text, seen.tag if seen else None)
    except WrittenInBetween:
        return None  # another tries it right now, and was not put over
    except NoConditionalPuts as error:
        return error.problem
    return at.unconditional(text)


@dataclass(frozen=True)
class _Files:
    place: str
    folder: Path

    def read(self) -> SlotText | None:
        # What is read may be removed meanwhile, by a writer of the next: then that one is there.
        try:
            while (newest := self._newest()) is not None:
                with suppress(FileNotFoundError):
                    return SlotText((self.folder / newest).read_text(), newest)
        except OSError as error:
            raise LakeError(f"{self.place}: cannot be read: {error.strerror}", hint="check disk and rights") from None
        return None

    def put(self, text: str, over: str | None) -> str:
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            return self._put(text, over)
        except OSError as error:
            raise LakeError(
                f"{self.place}: cannot be written: {error.strerror}", hint="check disk and rights"
            ) from None

    def unconditional(self, text: str) -> str | None:
        return None

    def _put(self, text: str, over: str | None) -> str:
        if self._newest() != over:
            raise WrittenInBetween
        name = f"{int(over.partition('.')[0]) + 1 if over else 1:012}.json"
        part = self.folder / f".{secrets.token_hex(8)}.part"
        try:
            with part.open("w") as file:
                file.write(text)
                file.flush()
                os.fsync(file.fileno())
            os.link(part, self.folder / name)
        except FileExistsError:
            raise WrittenInBetween from None
        finally:
            part.unlink(missing_ok=True)
        if self._newest() != name:  # stopped for a while before linking: others have come further
            (self.folder / name).unlink(missing_ok=True)
            raise WrittenInBetween
        for older in self._names():
            if older < name:
                (self.folder / older).unlink(missing_ok=True)
        return name

    def _names(self) -> list[str]:
        try:
            return sorted(path.name for path in self.folder.iterdir() if _NAME.fullmatch(path.name))
        except FileNotFoundError:
            return []

    def _newest(self) -> str | None:
        return next(reversed(self._names()), None)


class _Objects:
    def __init__(self, place: str, lake: Lake) -> None:
        # Imported here, for a thread that gives signs of life must not import: another may fork meanwhile.
        from botocore.exceptions import BotoCoreError, ClientError

        self.place = f"{place}.json"
        self._bucket, self._key = bucket_and_key(self.place)
        self._client: S3Client = prompt_client(lake.s3)
        self._refusal, self._silence = ClientError, BotoCoreError
        self._only_writer = lake.s3.only_writer

    def read(self) -> SlotText | None:
        try:
            found = self._client.get_object(Bucket=self._bucket, Key=self._key)
            return SlotText(found["Body"].read().decode(), found["ETag"])
        except self._refusal as error:
            if _code(error) in _MISSING:
                return None
            raise self._failed(error) from None
        except self._silence as error:
            raise self._failed(error) from None

    def put(self, text: str, over: str | None) -> str:
        condition: dict[str, Any] = {"IfNoneMatch": "*"} if over is None else {"IfMatch": over}
        try:
            return self._put(text, condition)
        except self._refusal as error:
            if _code(error) in (*_REFUSED, *_MISSING):
                raise WrittenInBetween from None
            if _code(error) in _UNKNOWN and self._only_writer:
                return self._put(text, {})
            if _code(error) in _UNKNOWN:
                raise NoConditionalPuts(self.place, f"it says {_code(error)}") from None
            raise self._failed(error) from None
        except self._silence as error:
            raise self._failed(error) from None

    def unconditional(self, text: str) -> str | None:
        for header, over in (("If-None-Match", None), ("If-Match", _ELSE)):
            try:
                self.put(text, over)
            except WrittenInBetween:
                continue
            except NoConditionalPuts as error:
                return error.problem
            return f"it put an object in spite of {header}"
        return None

    def _put(self, text: str, condition: dict[str, Any]) -> str:
        return self._client.put_object(
            Bucket=self._bucket, Key=self._key, Body=text.encode(), ContentType="application/json", **condition
        )["ETag"]

    def _failed(self, error: Exception) -> LakeError:
        try:
            with s3_errors_named(self.place):
                raise error
        except LakeError as ours:
            return ours


def _code(error: Any) -> str:
    return str(error.response.get("Error", {}).get("Code"))
