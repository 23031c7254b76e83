"""One message to one Apprise URL. The URL holds tokens: no message, log or error of ours may show it.

What is sent is plain text without anything that a receiver would act on, however its URL has it formatted.
"""

from __future__ import annotations

import logging

from spark_app.runtime.alert_settings import Severity
from spark_app.runtime.messages import harmless


def send_message(url: str, subject: str, text: str, severity: Severity) -> str | None:
    """What went wrong, if anything."""
    if not url:
        return "is not set"
    try:
        import apprise  # only where something is told: it takes a while to import
    except ImportError:
        return "needs the package apprise, which is not installed here"
    logging.getLogger("apprise").setLevel(logging.CRITICAL + 1)
    kinds = {
        "error": apprise.NotifyType.FAILURE,
        "warning": apprise.NotifyType.WARNING,
        "resolved": apprise.NotifyType.SUCCESS,
    }
    teller = apprise.Apprise()
    if not teller.add(url):
        return "holds no URL that Apprise knows"
    body, title = harmless(text), " ".join(harmless(subject).split())
    sent = teller.notify(body=body, title=title, notify_type=kinds[severity], body_format=apprise.NotifyFormat.TEXT)
    return None if sent else "was not reached, or refused the message"
