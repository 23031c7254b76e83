"""Where alerts of Airflow's notifiers arrive: Slack's webhook and a mail server, both keeping what they get."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from tests.support import receivers


@dataclass
class Inbox:
    """Texts as they came, oldest first."""

    url: str = ""
    texts: list[str] = field(default_factory=list)


@contextmanager
def slack() -> Iterator[Inbox]:
    """An incoming webhook."""
    inbox = Inbox()

    def take(body: bytes) -> int:
        inbox.texts.append(json.loads(body)["text"])
        return 200

    with receivers.http(take) as port:
        inbox.url = f"http://127.0.0.1:{port}"
        yield inbox


@contextmanager
def smtp() -> Iterator[Inbox]:
    """A mail server; its `url` is the port."""
    inbox = Inbox()
    with receivers.smtp(lambda raw: inbox.texts.append(raw.decode())) as port:
        inbox.url = str(port)
        yield inbox
