"""What is asked of a run."""

from __future__ import annotations

from spark_app.runs.request import RunRequest
from spark_app.runtime.layers import LAYERS, TABLE_LAYERS


def test_a_rebuild_goes_from_its_layer_on() -> None:
    request = RunRequest("local", rebuild_from="silver")
    assert [layer for layer in TABLE_LAYERS if request.rebuilds(layer)] == ["silver", "gold"]


def test_a_plain_run_is_of_all_layers_and_rebuilds_none() -> None:
    request = RunRequest("local")
    assert request.layers == LAYERS
    assert not any(request.rebuilds(layer) for layer in LAYERS)
