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
_HTTPS = os.environ.get("SUPERSET_HTTPS", "") == "1"
SESSION_COOKIE_SECURE = _HTTPS
SESSION_COOKIE_SAMESITE = "Lax"
# What pages may load: Superset's own files and nothing else. By default they also ask for a tracking pixel and fonts of
# the web, and for maps that these dashboards do not have.
TALISMAN_ENABLED = True
TALISMAN_CONFIG = {
    "content_security_policy": {
        "base-uri": ["'self'"],
        "default-src": ["'self'"],
        "img-src": ["'self'", "blob:", "data:"],
        "worker-src": ["'self'", "blob:"],
        "connect-src": ["'self'"],
        "object-src": "'none'",
        "style-src": ["'self'", "'unsafe-inline'"],
        "font-src": ["'self'", "data:"],
        "script-src": ["'self'", "'strict-dynamic'"],
    },
    "content_security_policy_nonce_in": ["script-src"],
    "force_https": _HTTPS,
    "session_cookie_secure": _HTTPS,
}
