"""Where the site lies."""

from __future__ import annotations

from spark_app.runtime.settings import Settings


def site_uri(settings: Settings) -> str:
    """The folder or prefix that holds `index.html`."""
    return f"{settings.resolve(settings.reports).rstrip('/')}/site"
