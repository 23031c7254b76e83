"""What every warehouse can do: say which release it holds, and be brought to another in one transaction."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from spark_app.contracts.table import Contract
from spark_app.lake import releases
from spark_app.lake.paths import Lake
from spark_app.lake.releases import Release
from spark_app.runtime.errors import WarehouseError


class NotOurs(WarehouseError):
    """What is in the warehouse is another's: running again meets it again."""

    exit_code = 2
    retry = False


class LoadedByLater(WarehouseError):
    """A later writer of the lake has loaded already."""


def refuse_late(place: str, ledger: int | None, lake: Lake) -> None:
    """Late where the warehouse's ledger has the epoch of a later writer than this one, which was taken over then."""
    if lake.fence is not None and ledger is not None and ledger > lake.fence.epoch:
        raise LoadedByLater(
            f"warehouse {place}: found a load of epoch {ledger}, expected none above {lake.fence.epoch}: another run "
            "has taken over the lake since this one began; nothing was loaded",
            hint="the other run's release is there; see: lakehouse status",
        )


@dataclass(frozen=True)
class Loaded:
    """What a load did to one table: `how` is full, changes or nothing. `seconds`: 0 where they are not measured."""

    table: str
    how: str
    rows: int
    seconds: float = 0.0


class Warehouse(Protocol):
    """Where analysts query."""

    def loaded_release(self) -> int | None:
        """The release it holds, None before the first."""

    def load(self, release: Release, lake: Lake, contracts: Mapping[str, Contract]) -> Sequence[Loaded]:
        """Bring all tables to the release, in one transaction; nothing where it is there already."""


def is_release_of_lake(lake: Lake, release: Release, loaded: int, run_id: str | None) -> bool:
    """Whether a release that a warehouse has is one of this lake; of another lake, its versions mean other rows."""
    own = {one.release_id: one.run_id for one in releases.releases(lake)} | {release.release_id: release.run_id}
    return own.get(loaded) == run_id


def without(release: Release, left_out: Collection[str]) -> Release:
    """The release as a warehouse has it that leaves these tables (plain names) out: it never knew them."""
    kept = {name: version for name, version in release.tables.items() if name.partition(".")[2] not in left_out}
    return replace(release, tables=kept)
