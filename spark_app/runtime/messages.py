"""How a message to people looks and which words it has for an exit code, whoever runs the job: a command or Airflow."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from spark_app.runtime.errors import AuditFailed, LandingIncomplete, UsageError

# Exit codes that running the same again cannot mend.
FINAL = {
    UsageError.exit_code: "settings, source or contract refused, or over budget",
    LandingIncomplete.exit_code: "landing incomplete",
    AuditFailed.exit_code: "audit failed, release withheld",
}
# What chats make something of, wherever it stands: tags and Slack's <!channel>, <@U1>, <link|words>; @everyone;
# [words](link); links; and characters that hide or turn round what is beside them.
_ACTIVE = (
    (re.compile(r"<(?=[!@#/?a-z])", re.IGNORECASE), "‹"),
    (re.compile(r"&(?=#?\w+;)"), "& "),
    (re.compile(r"(?<![\w.+-])@(?=\w)"), "@ "),
    (re.compile(r"\](?=[(\[])"), "] "),
    (re.compile(r"\b(https?|ftps?)://", re.IGNORECASE), r"\1[:]//"),
    (re.compile(r"[\x00-\x08\x0b-\x1f\x7f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]"), "�"),
)
LONGEST = 3000  # characters of what broke; Slack and SNS take more, readers do not


def laid_out(parts: Iterable[tuple[str, str]]) -> str:
    """Parts under short words in a column of their own."""
    return "\n".join(f"{name:<6}" + part.replace("\n", "\n      ") for name, part in parts)


def some(items: Sequence[object], most: int) -> str:
    """The first few of a list in words, and how many more there are."""
    left = len(items) - most
    return ", ".join(map(str, items[:most])) + (f" and {left} more" if left > 0 else "")


def clipped(text: str, most: int) -> str:
    """The beginning of a long text, and how much of it was left out."""
    left = len(text) - most
    return f"{text[:most]}… ({left} more characters)" if left > 0 else text


def shortened(text: str) -> str:
    """What broke, in as many characters as are read."""
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}\n… the log has the rest"


def harmless(text: str) -> str:
    """The text with nothing in it that a chat, a mail or a page acts on: rows of the shop may hold anything.

    It stays readable: nobody is called, no words lead elsewhere, and links are there to be read only.
    """
    for found, instead in _ACTIVE:
        text = found.sub(instead, text)
    return text
