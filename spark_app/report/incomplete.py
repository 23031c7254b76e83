"""What is said of a day's figures where something of its orders is missing."""

from __future__ import annotations


def incomplete_in_words(incomplete: int | None, orders: int | None) -> str:
    """A sentence for beside revenue and average order value; empty where nothing is missing, as far as is known."""
    if not incomplete:
        return ""
    some, them = ("1 order is", "it") if incomplete == 1 else (f"{incomplete:,} orders are", "them")
    return (
        f"{some} incomplete, of {orders or 0:,}: lines or payments of {them} could not be used and lie in quarantine. "
        "Revenue, average order value and what was paid may lack something."
    )
