"""What all settings are: frozen, typed, and closed to keys nobody knows."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class Closed(BaseModel):
    """A part of the settings."""

    model_config = ConfigDict(frozen=True, extra="forbid")
