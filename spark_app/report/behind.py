"""How far readers are behind what landed, and whether somebody watches, in words."""

from __future__ import annotations

from datetime import datetime

from spark_app.lake.watching import Sign


def behind_in_words(since: datetime | None, now: datetime) -> str:
    """`23 minutes behind: …`, from the oldest file that readers have nothing of yet."""
    if since is None:
        return "readers have all that has landed"
    minutes = int((now - since).total_seconds() // 60)
    long = "less than a minute" if minutes < 1 else "1 minute" if minutes == 1 else _long(minutes)
    return f"readers are {long} behind: what landed at {since:%Y-%m-%d %H:%M} UTC waits"


def watch_in_words(sign: Sign, *, there: bool) -> str:
    """Who watches how often and looked when, or since when nobody does."""
    who = f"process {sign.process.pid} on {sign.process.host}"
    if not there:
        gone = "ended" if sign.ended else "is gone without a word"
        return f"nobody watches: {who} {gone}, its last look was {sign.looked_at:%Y-%m-%d %H:%M:%S} UTC"
    at_work = {"wait": ", waiting for another run to end", "": ""}.get(sign.doing, f", at work on a {sign.doing}")
    at_work += f"; {sign.trouble}" if sign.trouble else ""
    return f"{who} watches each {sign.every:g} s, last look {sign.looked_at:%H:%M:%S} UTC{at_work}"


def _long(minutes: int) -> str:
    hours = minutes // 60
    return f"{minutes} minutes" if hours < 2 else f"{hours} hours" if hours < 48 else f"{hours // 24} days"
