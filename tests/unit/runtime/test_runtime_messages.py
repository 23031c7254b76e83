"""What a row of the shop may hold, as it arrives in chats and mails: nobody is called, nothing leads elsewhere."""

from __future__ import annotations

import re
from html import unescape

from hypothesis import given
from hypothesis import strategies as st

from spark_app.runtime.messages import harmless

EVIL = (
    "name '<!channel> <@U012AB3CD> <#C123|x> <https://evil.example|pay here> [click](https://evil.example)' "
    "<b>bold</b> <script>alert(1)</script> <at>Bob</at> @everyone @here ![i](http://x.example/y.png) &lt;!here&gt;"
)
PLAIN = (
    "gold.fact_orders: paid_amount <= order_amount [accuracy]: 3 of 40 rows, email ann@example.com, status <> 'paid'"
)


def inert(text: str) -> None:
    """Neither Slack, Teams, Discord and the like nor HTML make anything of it."""
    seen = unescape(text)
    for found in ("<!", "<@", "<#", "<http", "<b>", "<script", "<at>", "](", "://evil", "://x.ex"):
        assert found not in seen, (found, seen)
    assert not re.search(r"(?<!\w)@\w", seen), seen


def test_what_chats_act_on_is_defused_and_the_rest_as_it_was() -> None:
    inert(harmless(EVIL))
    assert harmless(PLAIN) == PLAIN
    assert harmless("<!channel> see https://evil.example/a") == "‹!channel> see https[:]//evil.example/a"
    assert harmless("a\x00b\u202ec\nd\te") == "a�b�c\nd\te"


@given(st.text(alphabet="<>!@#[]()htps:/ab &;\u200b\n", max_size=40))
def test_it_holds_for_any_text_and_twice(text: str) -> None:
    once = harmless(text)
    assert not re.search(r"<[!@#/a-z]|\]\(|https?://|\u200b", once)
    assert harmless(once) == once
