"""Files that a package brings along, also where it lies in an archive (a wheel on sys.path, as on Glue)."""

from __future__ import annotations

import atexit
import shutil
import tempfile
from functools import cache
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path


@cache
def unpacked(package: str, folder: str) -> Path | None:
    """A folder of a package's data as one on disk, until the process ends; None where the package has no such folder.

    importlib.resources.as_file does this for folders from Python 3.12 on.
    """
    source = resources.files(package) / folder
    if not source.is_dir():
        return None
    target = Path(tempfile.mkdtemp(prefix=f"{package}-{folder}-"))
    atexit.register(shutil.rmtree, target, ignore_errors=True)
    _copy(source, target)
    return target


def _copy(source: Traversable, target: Path) -> None:
    for found in source.iterdir():
        if found.is_dir():
            (target / found.name).mkdir()
            _copy(found, target / found.name)
        else:
            (target / found.name).write_bytes(found.read_bytes())
