"""Where tables lie: `<lake>/<layer>/<table>`."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Lake:
    """The root of the lake. Tables are named `<layer>.<table>` everywhere."""

    root: str

    def path(self, table: str) -> str:
        layer, _, name = table.partition(".")
        return f"{self.root.rstrip('/')}/{layer}/{name}"
