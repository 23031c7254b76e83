"""Where tables lie: `<lake>/<layer>/<table>`, and how the store they lie in is reached."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from spark_app.lake.fence import Fence
from spark_app.lake.s3 import is_s3
from spark_app.runtime.settings import AWS_ITSELF, S3Settings

NOT_THERE = -1  # the version of a table that nobody has made yet


class Opened(threading.local):
    """The logs that a thread has open, by (table, version): None is the newest. Threads share none of them."""

    def __init__(self) -> None:
        self.logs: dict[tuple[str, int | None], Any] = {}


@dataclass(frozen=True)
class Lake:
    """The root of the lake. Tables are named `<layer>.<table>` everywhere. `fence`: what a writer holds.

    `seen`: what was read of versions and never changes, by (what, table, version); a run asks for some of it a hundred
    times, and each time a log would be opened. `opened`: the logs that each thread has open.
    """

    root: str
    s3: S3Settings = AWS_ITSELF
    fence: Fence | None = field(default=None, compare=False, repr=False)
    seen: dict[tuple[str, str, int], Any] = field(default_factory=dict, compare=False, repr=False)
    opened: Opened = field(default_factory=lambda: Opened(), compare=False, repr=False)

    def table(self, name: str) -> Table:
        """The table of that name, `<layer>.<table>`, whether it is there yet or not."""
        return Table(self, name)

    def forget(self) -> None:
        """Look everything up anew: for a process that lives on while others write."""
        self.seen.clear()
        self.opened.logs.clear()

    def scratch(self, run_id: str = "") -> str:
        """The folder of files that live as long as a run, of one run or (by default) of all."""
        return f"{self.root.rstrip('/')}/_scratch/{run_id}"

    @property
    def storage_options(self) -> dict[str, str]:
        """What delta-rs is told of the store; it looks for credentials as every AWS tool does."""
        if not is_s3(self.root):
            return {}
        options = {
            "aws_endpoint": self.s3.endpoint,
            "aws_region": self.s3.region,
            "aws_allow_http": "true" if (self.s3.endpoint or "").startswith("http://") else None,
            "aws_virtual_hosted_style_request": "false" if self.s3.path_style else None,
            # A commit is put only where its name is free, whoever else writes.
            "aws_conditional_put": "etag",
            "connect_timeout": "10s",
            "timeout": "60s",
            "max_retries": "8",
            "retry_timeout": "60s",
        }
        return {key: value for key, value in options.items() if value is not None}


@dataclass(frozen=True)
class Table:
    """A table of a lake, by its name. `log`, `feed`, `few` and `delta` read it; `writes` and `delta` change it.

    `expected`: the version it has to be at when it is written, if any: NOT_THERE, or what was looked at.
    """

    lake: Lake
    name: str
    expected: int | None = field(default=None, compare=False)

    def expecting(self, version: int | None) -> Table:
        """The same, for who writes what was made from this version (None: no table): Overtaken where it is another."""
        return replace(self, expected=NOT_THERE if version is None else version)

    @property
    def path(self) -> str:
        layer, _, name = self.name.partition(".")
        return f"{self.lake.root.rstrip('/')}/{layer}/{name}"

    @property
    def fence(self) -> Fence | None:
        return self.lake.fence

    @property
    def storage_options(self) -> dict[str, str]:
        return self.lake.storage_options


@dataclass(frozen=True)
class Landing:
    """The root of landing: `<root>/<dataset>/dt=YYYY-MM-DD/`."""

    root: str
    s3: S3Settings = AWS_ITSELF
    endings: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # more of a dataset's, as .txt

    def __str__(self) -> str:
        return self.root

    def folder(self, *names: str) -> str:
        return "/".join([self.root.rstrip("/"), *names])
