"""How a message to people looks and which words it has for an exit code, whoever runs the job: a command or Airflow."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from spark_app.runtime.errors import AuditFailed, LandingIncomplete, UsageError

# Exit codes that running the same again cannot mend.
FINAL = {
    UsageError.exit_code: "settings, source or contract refused",
    LandingIncomplete.exit_code: "landing incomplete",
    AuditFailed.exit_code: "audit failed, release withheld",
}
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
