"""What is asked of a run, and how it ended."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date

from spark_app.lake.releases import Release
from spark_app.runs.context import Context
from spark_app.runtime.layers import LAYERS, Layer, layers_from
from spark_app.runtime.record import RunRecord


@dataclass(frozen=True)
class RunRequest:
    """An environment, days (both included; None: yesterday, UTC) and layers. `wait_seconds`: for another run to end."""

    environment: str
    command: str = "run"
    home: str | None = None
    source: str | None = None
    first: date | None = None
    last: date | None = None
    layers: tuple[Layer, ...] = LAYERS  # none where other work than the layers' is done
    allow_missing: bool = False
    rebuild_from: Layer | None = None  # derive this layer and those after it from nothing
    days_to_judge: Mapping[str, tuple[date, ...]] = field(default_factory=dict)  # entity -> days judged once more
    wait_seconds: float = 0.0
    intraday: bool = False  # the last day is not over: what is told of whole days waits for its night

    def rebuilds(self, layer: Layer) -> bool:
        """Whether the layer is to be derived from nothing."""
        return self.rebuild_from is not None and layer in layers_from(self.rebuild_from)


@dataclass(frozen=True)
class Outcome:
    """How a run ended. `release` is the one it made, `current` the one readers see."""

    exit_code: int
    message: str
    record: RunRecord
    seconds: float
    release: Release | None = None
    current: Release | None = None
    hint: str | None = None


# What a run does once it may write the lake: the release it made, if any.
Work = Callable[[Context, RunRequest], Release | None]
