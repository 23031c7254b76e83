"""The sign of life of a watch, one small text of the lake: it holds no lease between its batches.

Whoever asks how far behind the lake is learns here whether somebody is at it, and when it last looked.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from datetime import datetime

from spark_app.lake.objects import list_folder, open_bytes, put_text
from spark_app.lake.paths import Lake
from spark_app.runtime.process import Process, is_alive

FOLDER, NAME = "_watch", "sign.json"
SILENT = 10  # looks that stay out before a watch of another machine is taken for gone


@dataclass(frozen=True)
class Sign:
    """Who watches, every so many seconds; its last look, what it is doing, and what it cannot do (`trouble`)."""

    process: Process
    since: datetime
    every: float
    looked_at: datetime
    doing: str = ""
    ended: bool = False
    trouble: str = ""


def give_sign(lake: Lake, sign: Sign) -> None:
    """Write it over the one before."""
    said = asdict(sign) | {"since": sign.since.isoformat(), "looked_at": sign.looked_at.isoformat()}
    put_text(json.dumps(said, sort_keys=True), f"{_place(lake)}/{NAME}", lake.s3)


def read_sign(lake: Lake) -> Sign | None:
    """The last one; None where there was none, or none that a program of ours has written."""
    if not any(entry.name == NAME for entry in list_folder(_place(lake), lake.s3)):
        return None
    with open_bytes(f"{_place(lake)}/{NAME}", lake.s3) as stream:
        text = stream.read().decode()
    try:
        said = json.loads(text)
        return Sign(
            Process(**said["process"]),
            datetime.fromisoformat(said["since"]),
            float(said["every"]),
            datetime.fromisoformat(said["looked_at"]),
            str(said["doing"]),
            bool(said["ended"]),
            str(said.get("trouble", "")),
        )
    except (ValueError, KeyError, TypeError):
        return None


def is_watching(sign: Sign | None, now: datetime) -> bool:
    """Whether the watch is there: its process lives, or, on another machine, it has looked lately or is in a batch."""
    if sign is None or sign.ended:
        return False
    alive = is_alive(sign.process)
    if alive is not None:
        return alive
    return (now - sign.looked_at).total_seconds() < max(SILENT * sign.every, 3600.0 if sign.doing else 0.0)


def _place(lake: Lake) -> str:
    return f"{lake.root.rstrip('/')}/{FOLDER}"
