"""Superset's settings: found by SUPERSET_CONFIG_PATH. All that differs between places comes from the environment."""

from __future__ import annotations

import os

# Signs sessions and encrypts the warehouse's password in the metadata: the same for as long as the metadata lives.
SECRET_KEY = os.environ["SUPERSET_SECRET_KEY"]
# Superset's own metadata. SQLite serves one laptop; elsewhere PostgreSQL, as Superset's own documents say.
SQLALCHEMY_DATABASE_URI = os.environ["SUPERSET_METADATA_URI"]

APP_NAME = "Shop figures"
# Redshift and DuckDB hold times in UTC; days are days of UTC.
ROW_LIMIT = 10_000
SQL_MAX_ROW = 100_000
# Nobody reads figures of before a release from a cache: figures are asked of the warehouse each time. With many
# readers set DATA_CACHE_CONFIG to a Redis and a timeout of minutes (docs/run-superset.md).
TALISMAN_ENABLED = os.environ.get("SUPERSET_HTTPS", "") == "1"
SESSION_COOKIE_SECURE = TALISMAN_ENABLED
SESSION_COOKIE_SAMESITE = "Lax"
