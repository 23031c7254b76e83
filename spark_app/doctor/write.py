"""A proposed mapping written as a new source of conf/."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from spark_app.contracts.load import load_contracts
from spark_app.doctor.proposal import QUESTION, proposal
from spark_app.runtime.errors import UsageError
from spark_app.runtime.settings import conf_dir


def write_proposal(source: str, samples: Sequence[Path], dataset: str | None) -> tuple[Path, list[str]]:
    """Where it was written, and what could not be told; UsageError where there is such a source already."""
    if not re.fullmatch(r"[a-z][a-z0-9_]*", source):
        raise UsageError(f"--source: found '{source}', expected a name of lower-case letters, digits and _")
    path = conf_dir() / "sources" / f"{source}.yaml"
    if path.exists():
        raise UsageError(f"{path}: is there already, and is not written over", hint="choose another --source")
    text = proposal(samples, source, dataset or _name_of(samples[0]), load_contracts())
    path.write_text(text, encoding="utf-8")
    return path, [line.removeprefix(QUESTION) for line in text.splitlines() if line.startswith(QUESTION)]


def _name_of(sample: Path) -> str:
    """A dataset named after the file: `Orders (3).csv` is `orders`."""
    found = re.sub(r"[^a-z]+", "_", sample.name.partition(".")[0].lower()).strip("_")
    return found or "files"
