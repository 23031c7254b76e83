"""Which lakehouse a command is about: looked up and checked before anything slow is imported or started."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from spark_app.contracts.sources import source_file
from spark_app.lake.paths import Lake
from spark_app.runtime.errors import UsageError
from spark_app.runtime.settings import load_settings
from spark_app.runtime.yaml_lines import nearest

if TYPE_CHECKING:
    from spark_app.runtime.settings import Settings


def settings_of(environment: str, home: str | None, source: str | None) -> Settings:
    """Settings of an environment and source that there are; SettingsError names the nearest words."""
    settings = load_settings(environment, home=home, source=source)
    source_file(settings.source)
    return settings


def existing(environment: str, home: str | None, source: str | None) -> Settings:
    """Settings of a lakehouse that is there; UsageError otherwise, for an empty answer would not be true."""
    settings = settings_of(environment, home, source)
    if not _is_there(settings):
        folder = Path(settings.home).expanduser().absolute()
        found = "not a folder" if folder.exists() else "no such folder"
        found = "neither landing nor lake in it" if folder.is_dir() else found
        lake = settings.resolve(settings.lake)
        raise UsageError(
            f"{folder}: {found}; expected the home of environment {environment}, with its lake {lake}",
            hint="give another --home, or make one: lakehouse demo, or lakehouse run",
        )
    return settings


def lake_of(environment: str, home: str | None, source: str | None) -> Lake:
    """The lake of a lakehouse that is there."""
    settings = existing(environment, home, source)
    return Lake(settings.resolve(settings.lake), settings.s3)


def known_entity(name: str | None) -> None:
    """UsageError for an entity that no contract tells of."""
    from spark_app.contracts.load import load_contracts

    names = [] if name is None else [one.name for one in load_contracts().values() if one.layer == "silver"]
    if name is not None and name not in names:
        raise UsageError(f"unknown entity '{name}'{nearest(name, names)}")


def _is_there(settings: Settings) -> bool:
    """In a store, or on a disk with lake or landing; a folder that is still empty will have them."""
    places = [settings.resolve(settings.lake), settings.resolve(settings.landing)]
    if any("://" in place or Path(place).exists() for place in places):
        return True
    home = Path(settings.home).expanduser()
    return home.is_dir() and not any(home.iterdir())
