"""The layers of a run, in their order. Kept apart from the jobs: a wrong word is told before those are imported."""

from __future__ import annotations

from typing import Literal, get_args

from spark_app.runtime.errors import UsageError
from spark_app.runtime.yaml_lines import nearest

Layer = Literal["bronze", "silver", "gold", "audit", "publish"]
# What may be run as a program of its own: a layer, all of them (`run`, jobs/nightly.py), or maintenance.
Program = Layer | Literal["run", "maintenance"]
LAYERS: tuple[Layer, ...] = get_args(Layer)
TABLE_LAYERS: tuple[Layer, ...] = LAYERS[:3]  # those that write tables; they can be rebuilt


def layers_from(first: Layer) -> tuple[Layer, ...]:
    """That layer and those after it."""
    return LAYERS[LAYERS.index(first) :]


def parse_layers(text: str) -> tuple[Layer, ...]:
    """`bronze,silver` in the order layers run; UsageError names the nearest layer."""
    asked = [word.strip() for word in text.split(",") if word.strip()]
    for word in asked:
        if word not in LAYERS:
            raise UsageError(f"--layers: unknown layer '{word}'{nearest(word, LAYERS)}")
    if not asked:
        raise UsageError(f"--layers: found none, expected some of {', '.join(LAYERS)}")
    return tuple(layer for layer in LAYERS if layer in asked)
