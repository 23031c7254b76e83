"""The list of layers, and what is asked of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from spark_app.runtime.errors import UsageError
from spark_app.runtime.layers import LAYERS, TABLE_LAYERS, layers_from, parse_layers


def test_layers_are_given_in_their_own_order() -> None:
    assert parse_layers("gold, bronze") == ("bronze", "gold")
    assert parse_layers(",".join(LAYERS)) == LAYERS


@pytest.mark.parametrize(
    ("text", "message"), [("godl", "unknown layer 'godl'; did you mean 'gold'?"), (" , ", "found none, expected some")]
)
def test_wrong_ones_are_refused(text: str, message: str) -> None:
    with pytest.raises(UsageError) as refused:
        parse_layers(text)
    assert message in refused.value.message


def test_a_layer_and_those_after_it() -> None:
    assert layers_from("gold") == ("gold", "audit", "publish")
    assert layers_from(LAYERS[0]) == LAYERS


def test_those_that_write_tables_come_first() -> None:
    assert layers_from(TABLE_LAYERS[-1])[1:] == ("audit", "publish")


def test_jobs_hold_the_programs_and_nothing_else() -> None:
    jobs = Path(__file__).resolve().parents[3] / "spark_app" / "jobs"
    assert {path.stem for path in jobs.glob("*.py")} == {*LAYERS, "nightly", "maintenance", "watch", "__init__"}
