"""Maintenance's own arguments."""

from __future__ import annotations

import pytest

from spark_app.jobs.maintenance import main as maintenance


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--keep-releases", "0"], "expected 1 or more"),
        (["--env", "lcal"], "did you mean 'local'?"),
    ],
)
def test_maintenance_refuses_what_makes_no_sense(
    words: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        maintenance(words)
    assert ended.value.code == 2
    assert message in capsys.readouterr().err
