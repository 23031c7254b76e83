"""What is sent to chats and mail, by real requests."""

from __future__ import annotations

import re
from html import unescape

import pytest

from spark_app.alerts import sender
from tests.support.inboxes import mail, slack, teams

EVIL = (
    "name '<!channel> <@U012AB3CD> <#C123|x> <https://evil.example|pay here> [click](https://evil.example)' "
    "<b>bold</b> <script>alert(1)</script> <at>Bob</at> @everyone @here ![i](http://x.example/y.png) &lt;!here&gt;"
)


def inert(text: str) -> None:
    """Neither Slack, Teams, Discord and the like nor HTML make anything of it."""
    seen = unescape(text)
    for found in ("<!", "<@", "<#", "<http", "<b>", "<script", "<at>", "](", "://evil", "://x.ex"):
        assert found not in seen, (found, seen)
    assert not re.search(r"(?<!\w)@\w", seen), seen


@pytest.mark.parametrize("query", ["", "?format=markdown", "?format=html", "?blocks=yes"])
def test_slack_gets_nothing_to_act_on(monkeypatch: pytest.MonkeyPatch, query: str) -> None:
    with slack(monkeypatch, query) as inbox:
        assert sender.send_message(inbox.url, f"lakehouse: {EVIL}\nx", EVIL, "error") is None
        title, text = inbox.only()
    for part in (title, text):
        assert "<" not in part, part
        inert(part)
    assert "\n" not in title


def test_teams_gets_nothing_to_act_on(monkeypatch: pytest.MonkeyPatch) -> None:
    with teams(monkeypatch) as inbox:
        assert sender.send_message(inbox.url, f"lakehouse: {EVIL}", EVIL, "error") is None
        for part in inbox.only():
            inert(part.replace("\\", ""))
        assert "entities" not in inbox.cards[0]["msteams"], "nobody is mentioned"


def test_a_mail_shows_text(monkeypatch: pytest.MonkeyPatch) -> None:
    with mail() as inbox:
        assert sender.send_message(inbox.url, f"lakehouse: {EVIL}", EVIL, "error") is None
        inert(inbox.only()[1])
