"""Names that stay: the same thing has the same id in every export, so that an import replaces it."""

from __future__ import annotations

import uuid

VERSION = "1.0.0"  # of Superset's export format
_NAMESPACE = uuid.uuid5(uuid.NAMESPACE_URL, "urn:lakehouse:superset")


def identity(kind: str, name: str) -> str:
    """The id of a database, dataset, chart, dashboard or query."""
    return str(uuid.uuid5(_NAMESPACE, f"{kind}/{name}"))


def number(name: str) -> int:
    """A chart's number within an export; an import gives it one of its own."""
    return int(uuid.uuid5(_NAMESPACE, name).int % 1_000_000_000)
