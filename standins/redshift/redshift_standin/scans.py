"""What users' queries read, until somebody asks SYS_QUERY_DETAIL for it: so no query waits for its own statistics."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

DETAIL = '"sys_query_detail"'


@dataclass(frozen=True)
class Scan:
    """A table or view that a user's query named."""

    user: str
    named: str
    started: datetime
