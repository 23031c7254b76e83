"""The arguments of the layers' programs."""

from __future__ import annotations

from datetime import date

import pytest

from spark_app.runs.entry import request
from spark_app.runtime.errors import UsageError


@pytest.mark.parametrize(
    ("words", "first", "last"),
    [
        (["--date", "2024-01-02"], date(2024, 1, 2), date(2024, 1, 2)),
        (["--from", "2024-01-01", "--to", "2024-01-02"], date(2024, 1, 1), date(2024, 1, 2)),
        ([], None, None),
    ],
)
def test_layers_take_the_same_arguments(words: list[str], first: date | None, last: date | None) -> None:
    asked = request("silver", ["--env", "local", *words, "--allow-missing"])
    assert (asked.first, asked.last, asked.layers, asked.allow_missing) == (first, last, ("silver",), True)


def test_the_nightly_script_runs_all_layers() -> None:
    asked = request("run", ["--date", "2024-01-02"])
    assert (asked.command, asked.layers) == ("run", ("bronze", "silver", "gold", "audit", "publish"))


def test_layers_refuse_half_a_range() -> None:
    with pytest.raises(UsageError, match="go together"):
        request("gold", ["--from", "2024-01-01"])
