"""A field of a file that does not fit its column."""

from __future__ import annotations


class Bad(Exception):
    """A field that does not fit its column."""

    def __init__(self, code: int, reason: str) -> None:
        super().__init__(reason)
        self.code, self.reason = code, reason
