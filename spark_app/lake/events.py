"""Events become lines of landing files, one a row, in files that are named by topic, partition and offsets.

The same events give the same files, names and bytes, however often they are taken: a batch that is repeated writes what
is there already. The day of an event is the one its broker noted, so midnight and repetition agree.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

OFFSET = "_kafka"  # of each line: topic/partition/offset, for whoever asks where a row came from
_KIND, _DELETED = "__op", "__deleted"  # as Debezium itself calls them where it unwraps events


@dataclass(frozen=True)
class Event:
    """A record of a topic; `value` is None in one that only says that its key is gone, which carries no row."""

    topic: str
    partition: int
    offset: int
    at: datetime
    value: bytes | None

    @property
    def place(self) -> str:
        return f"{self.topic}/{self.partition}/{self.offset}"


@dataclass(frozen=True)
class EventFile:
    """`name`: `<dataset>/dt=YYYY-MM-DD/<topic>.<partition>.<first>-<last>.jsonl`. `bad`: lines that are no event."""

    name: str
    lines: tuple[str, ...]
    bad: int

    @property
    def text(self) -> str:
        return "".join(f"{line}\n" for line in self.lines)


def files_of(events: Iterable[Event], datasets: Mapping[str, str], timezone: str) -> list[EventFile]:
    """The files of these events, in the order of offsets. `datasets`: of each topic. `timezone`: of drops' days."""
    zone = ZoneInfo(timezone)
    files: dict[tuple[str, int, str], list[Event]] = {}
    for one in sorted(events, key=lambda event: (event.topic, event.partition, event.offset)):
        if one.value is not None:
            files.setdefault((one.topic, one.partition, one.at.astimezone(zone).date().isoformat()), []).append(one)
    made = []
    for (topic, partition, day), of_file in files.items():
        name = f"{topic}.{partition}.{of_file[0].offset}-{of_file[-1].offset}.jsonl"
        lines = [line_of(one) for one in of_file]
        bad = sum(line[0] != "{" for line in lines)
        made.append(EventFile(f"{datasets[topic]}/dt={day}/{name}", tuple(lines), bad))
    return made


def line_of(event: Event) -> str:
    """An object on one line, with where it came from; of what is no object that, and then what it was.

    Such a line is no row: it is set aside as it stands. Numbers stay as they are written.
    """
    text = (event.value or b"").decode("utf-8", errors="replace")
    try:
        # Texts for numbers: 10.50 stays 10.50, and bronze holds texts anyway.
        found = json.loads(text, parse_float=str, parse_int=str, parse_constant=str)
    except (ValueError, RecursionError):
        found = None
    row = _row_of(found) if isinstance(found, dict) else None
    if row is None:
        return f"{event.place}: {' '.join(text.split())}"
    return json.dumps({**row, OFFSET: event.place}, ensure_ascii=False, separators=(",", ":"))


def _row_of(found: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """The row itself, also out of Debezium's envelope: as it is after the change, of a deletion as it was before.

    What kind of change it was stands beside it. None for an envelope without a row.
    """
    payload = found.get("payload") if set(found) == {"schema", "payload"} else found
    if not isinstance(payload, dict):
        return None
    if "op" not in payload or not ({"after", "before"} & set(payload)):
        return payload
    gone = payload["op"] == "d"
    row = payload.get("before" if gone else "after")
    return {**row, _KIND: payload["op"], _DELETED: str(gone).lower()} if isinstance(row, dict) else None
