"""Whom runs tell, and of what: one entry of the settings' `alerts`."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, model_validator

from spark_app.runtime.closed import Closed

Severity = Literal["error", "warning", "resolved"]


class AlertRoute(Closed):
    """An Apprise URL, which is a secret and therefore in the environment, and what is told there."""

    url_from: str = Field(pattern=r"^[A-Z_][A-Z0-9_]*$", description="environment variable that holds the Apprise URL")
    severities: tuple[Severity, ...] = Field(
        ("error", "resolved"),
        min_length=1,
        description="error: a failed run, a release withheld; warning: unusual figures and whatever else a run notes; "
        "resolved: a run is fine again",
    )

    @model_validator(mode="before")
    @classmethod
    def _short_form(cls, value: object) -> object:
        return {"url_from": value} if isinstance(value, str) else value
