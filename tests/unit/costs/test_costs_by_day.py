"""What bills leave out, in words."""

from __future__ import annotations

import pytest

from spark_app.costs.by_day import left_out


@pytest.mark.parametrize(
    ("commands", "others", "said"),
    [
        (["run"], [], "storage and the warehouse are not in it"),
        (["run", "warehouse"], [], "storage is not in it"),
        (["storage", "warehouse"], [], ""),
        (["storage", "warehouse"], ["the run"], "the run is not in it"),
        ([], ["the run"], "storage, the warehouse and the run are not in it"),
    ],
)
def test_what_is_lacking_is_named(commands: list[str], others: list[str], said: str) -> None:
    assert left_out(commands, *others) == said
