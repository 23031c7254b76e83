"""The ways alerts go: Slack, e-mail, SNS, each by its provider's notifier."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape
from typing import Any

from spark_app.runtime.airflow_settings import AirflowAlerts

SNS_SUBJECT = 100  # characters SNS takes


def channels(alerts: AirflowAlerts, subject: str, text: str) -> Iterator[tuple[str, Any]]:
    """(name, notifier) for each channel of the settings; imported when something is to be told, not with the DAG."""
    if alerts.slack:
        from airflow.providers.slack.notifications.slack_webhook import SlackWebhookNotifier

        quoted = _for_slack(text.replace("```", "'''"))
        line = f"*{_for_slack(subject)}*\n```{quoted}```"
        yield "slack", SlackWebhookNotifier(slack_webhook_conn_id=alerts.slack, text=line)
    if alerts.email:
        from airflow.providers.smtp.notifications.smtp import SmtpNotifier

        page = f"<pre>{escape(text)}</pre>"
        yield "email", SmtpNotifier(to=list(alerts.email), subject=subject, html_content=page, smtp_conn_id=alerts.smtp)
    if alerts.sns:
        from airflow.providers.amazon.aws.notifications.sns import SnsNotifier

        line = subject.encode("ascii", "replace").decode()[:SNS_SUBJECT]
        region = alerts.sns.split(":")[3]
        yield (
            "sns",
            SnsNotifier(aws_conn_id=alerts.aws, target_arn=alerts.sns, subject=line, message=text, region_name=region),
        )


def _for_slack(text: str) -> str:
    """As Slack wants it: with these three as they are, <!channel> in a row of the shop would call everybody."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
