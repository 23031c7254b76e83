"""Figures as people read them."""

from __future__ import annotations

import math

import pytest

from spark_app.contracts.figures import Kind, show_figure


@pytest.mark.parametrize(
    ("kind", "value", "shown"),
    [
        ("count", 1234.0, "1,234"),
        ("count", 0.4, "0"),
        ("amount", 12.5, "12.50"),
        ("amount", 1000.4, "1,000"),
        ("share", 0.0123, "1.2 %"),
        ("time", 2.04, "2.0 h"),
        ("count", math.inf, "any"),
        ("share", -math.inf, "any"),
    ],
)
def test_a_figure_is_written_by_its_kind(kind: Kind, value: float, shown: str) -> None:
    assert show_figure(kind, value) == shown
