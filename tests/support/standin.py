"""Sessions of the stand-in for Redshift."""

from __future__ import annotations

from typing import Any

import psycopg
from redshift_standin import Standin


def logged_in(redshift: Standin, user: str = "", password: str = "") -> psycopg.Connection[Any]:
    """A session in autocommit, its owner's if nobody else is named; prepared statements of psycopg's it knows none."""
    return psycopg.connect(
        host=redshift.host,
        port=redshift.port,
        user=user or redshift.user,
        password=password or redshift.password,
        dbname=redshift.database,
        autocommit=True,
        prepare_threshold=None,
    )
