"""Days and times as people write them: rows of (what is written, what is meant)."""

from __future__ import annotations

import pytest

from spark_app.runtime.days import parse_wait
from spark_app.runtime.errors import UsageError


@pytest.mark.parametrize(("text", "seconds"), [("30m", 1800), ("2h", 7200), ("45s", 45), ("90", 90), ("0", 0)])
def test_a_time_to_wait(text: str, seconds: float) -> None:
    assert parse_wait(text) == seconds


@pytest.mark.parametrize("text", ["", "m", "-5m", "30 minutes", "1d", "1.5h"])
def test_what_is_no_time_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match="is no time to wait; expected one as 30m"):
        parse_wait(text)
