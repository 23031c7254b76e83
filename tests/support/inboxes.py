"""Where alerts arrive: an HTTP endpoint, a mail server, an SNS topic, all on this machine, that keep what they get."""

from __future__ import annotations

import email
import json
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.policy import default
from pathlib import Path
from typing import Any

import boto3
import pytest
import requests
import urllib3

from tests.support import receivers

TOKEN = "token-that-is-secret"
SNS_SECRET = "secret0that0is0forty0characters0long0xyz"


@dataclass
class Inbox:
    """What came, oldest first, as (subject, text); `url` is what Apprise is told; `answer` the HTTP status."""

    url: str = ""
    answer: int = 200
    messages: list[tuple[str, str]] = field(default_factory=list)
    cards: list[dict[str, Any]] = field(default_factory=list)

    def only(self) -> tuple[str, str]:
        (message,) = self.messages
        return message


@dataclass
class Pulse:
    """What a dead-man's switch was told, oldest first, as (path, text); `answer` is its HTTP status."""

    url: str = ""
    answer: int = 200
    heard: list[tuple[str, str]] = field(default_factory=list)


@contextmanager
def pulse() -> Iterator[Pulse]:
    """A service like healthchecks.io."""
    kept = Pulse()

    def take(path: str, raw: bytes) -> int:
        kept.heard.append((path, raw.decode()))
        return kept.answer

    with receivers.paths(take) as port:
        kept.url = f"http://127.0.0.1:{port}/{TOKEN}"
        yield kept


@contextmanager
def webhook() -> Iterator[Inbox]:
    """An endpoint of Apprise's own JSON."""
    inbox = Inbox()

    def take(raw: bytes) -> int:
        body = json.loads(raw)
        if inbox.answer == 200:
            inbox.messages.append((body["title"], body["message"]))
        return inbox.answer

    with receivers.http(take) as port:
        inbox.url = f"json://{TOKEN}@127.0.0.1:{port}/"
        yield inbox


@contextmanager
def slack(monkeypatch: pytest.MonkeyPatch, query: str = "") -> Iterator[Inbox]:
    """Slack's incoming webhook, by Apprise's own plugin; a message is (title, text) as Slack gets them."""
    inbox = Inbox(url=f"slack://T1JJ3T3L2/A1BRTD4JD/{TOKEN.replace('-', '')}0000000/#general{query}")

    def take(raw: bytes) -> int:
        attachment = json.loads(raw)["attachments"][0]
        texts = [block["text"]["text"] for block in attachment.get("blocks", []) if "text" in block]
        inbox.messages.append((texts[0], texts[1]) if texts else (attachment["title"], attachment["text"]))
        return 200

    with receivers.http(take) as port:
        monkeypatch.setattr("apprise.plugins.slack.NotifySlack.webhook_url", f"http://127.0.0.1:{port}")
        yield inbox


@contextmanager
def teams(monkeypatch: pytest.MonkeyPatch) -> Iterator[Inbox]:
    """A workflow of Microsoft Teams, by Apprise's own plugin; a message is (title, text), `cards` all that came."""
    inbox = Inbox()

    def take(raw: bytes) -> int:
        card = json.loads(raw)["attachments"][0]["content"]
        inbox.cards.append(card)
        texts = {block["id"]: block["text"] for block in card["body"] if "id" in block}
        inbox.messages.append((texts["title"], texts["body"]))
        return 200

    with receivers.http(take) as port:
        inbox.url = f"workflow://127.0.0.1:{port}/643a/{TOKEN}"
        post = requests.post  # the plugin knows https only

        def to_here(url: str, **more: Any) -> Any:
            return post(url.replace("https:", "http:"), **more)

        monkeypatch.setattr("apprise.plugins.workflows.requests.post", to_here)
        yield inbox


@contextmanager
def mail() -> Iterator[Inbox]:
    """A mail server that takes all mail."""
    inbox = Inbox()
    with receivers.smtp(lambda raw: inbox.messages.append(_mail(raw))) as port:
        inbox.url = f"mailto://127.0.0.1:{port}?from=lakehouse@example.org&to=data@example.org&mode=insecure"
        yield inbox


def _mail(raw: bytes) -> tuple[str, str]:
    parsed = email.message_from_bytes(raw, policy=default)
    body = parsed.get_body(("plain",))
    assert body is not None
    return str(parsed["Subject"]), body.get_content().replace("\r\n", "\n")


class Topic(Inbox):
    """An SNS topic of moto's; what is published is read from a queue that is subscribed to it."""

    def __init__(self, proxy: str) -> None:
        super().__init__(f"sns://AKIA0NOT0A0REAL0KEY00/{SNS_SECRET}/us-east-1/alerts?verify=no")
        session = boto3.Session("AKIA0NOT0A0REAL0KEY00", SNS_SECRET, region_name="us-east-1")
        config = boto3.session.Config(proxies={"https": proxy})
        sns = session.client("sns", verify=False, config=config)
        self.queue = session.client("sqs", verify=False, config=config)
        self.queue_url = self.queue.create_queue(QueueName="told")["QueueUrl"]
        found = self.queue.get_queue_attributes(QueueUrl=self.queue_url, AttributeNames=["QueueArn"])
        topic = sns.create_topic(Name="alerts")["TopicArn"]
        sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=found["Attributes"]["QueueArn"])

    def only(self) -> tuple[str, str]:
        (message,) = self.queue.receive_message(QueueUrl=self.queue_url)["Messages"]
        body = json.loads(message["Body"])
        return body["Subject"], body["Message"]


@contextmanager
def topic(folder: Path) -> Iterator[tuple[Topic, str]]:
    """A topic, and the proxy through which the real addresses of AWS lead to moto."""
    urllib3.disable_warnings()
    log = folder / "moto.log"
    program = Path(sys.executable).with_name("moto_proxy")
    port = receivers.free_port()
    with (
        log.open("wb") as out,
        subprocess.Popen([program, "-H", "127.0.0.1", "-p", str(port)], stdout=out, stderr=out) as process,
    ):
        try:
            deadline = time.monotonic() + 60
            while not _answers(port):
                assert process.poll() is None, log.read_text()
                assert time.monotonic() < deadline, f"moto_proxy does not answer: {log.read_text()}"
                time.sleep(0.1)
            proxy = f"http://127.0.0.1:{port}"
            yield Topic(proxy), proxy
        finally:
            process.terminate()


def _answers(port: int) -> bool:
    with socket.socket() as one:
        return one.connect_ex(("127.0.0.1", port)) == 0
