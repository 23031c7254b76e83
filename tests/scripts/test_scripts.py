"""Programs that tests put in others' place run under any path."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.scripts import python_program


@pytest.mark.parametrize("folder", ["plain", "with space", "with two  spaces"])
def test_a_program_gets_its_words_and_ends_as_it_says(
    tmp_path: Path, folder: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    python = tmp_path / folder / "python"
    python.parent.mkdir()
    python.symlink_to(sys.executable)
    monkeypatch.setattr(sys, "executable", str(python))
    program = python_program(tmp_path / folder / "program", "import sys\nprint(sys.argv[1:])\nsys.exit(7)\n")
    done = subprocess.run([str(program), "a b", "c"], capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (7, "['a b', 'c']\n")
