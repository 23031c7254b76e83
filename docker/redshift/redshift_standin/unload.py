"""UNLOAD ('query') TO 's3://…'."""

from __future__ import annotations

from redshift_standin.errors import unsupported
from redshift_standin.statements import Statement, Text


def unload(text: Text) -> Statement:
    """Yet to come."""
    raise unsupported("UNLOAD")
