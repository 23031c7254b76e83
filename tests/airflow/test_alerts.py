"""Alerts of a failed task by e-mail and SNS, as they arrive; test_one_run.py and test_scheduler.py have Slack's."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from email import message_from_string, policy
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import boto3
import pytest
from airflow.sdk import DAG

from tests.airflow import inbox
from tests.airflow.aws import moto
from tests.airflow.shop import Shop

pytestmark = pytest.mark.airflow
Dags = Callable[..., dict[str, DAG]]
DAY = datetime(2024, 2, 28, 2, tzinfo=UTC)


def failed(exit_code: int | None, words: str) -> dict[str, Any]:
    """What Airflow hands over when the task audit has failed for good."""
    from dags.lakehouse.outcome import failure

    ti = SimpleNamespace(dag_id="lakehouse_nightly", task_id="audit", run_id="scheduled__2024-02-29", try_number=1)
    return {"ti": ti, "exception": failure("audit", exit_code, words), "params": {}, "data_interval_start": DAY}


def tell(context: dict[str, Any]) -> None:
    from dags.lakehouse.alerts import task_failed

    task_failed(context)


@pytest.mark.parametrize(
    ("code", "subject", "to_do"),
    [
        (
            2,
            "settings, source or contract refused, or over budget",
            "correct what is named above, then clear gold.audit of this run",
        ),
        (3, "landing incomplete", "have the shop send what is missing, then clear gold.audit of this run"),
        (4, "audit failed, release withheld", "then clear gold.bronze of this run and what follows it"),
        (1, "audit not made", "look into the log; then clear gold.audit of this run"),
        (None, "audit not made", "look into the log; then clear gold.audit of this run"),
    ],
)
def test_what_the_message_says(shop: Shop, code: int | None, subject: str, to_do: str) -> None:
    from dags.lakehouse.alerts import of_failure

    context = failed(code, "no orders landed\n    landing/orders/dt=2024-02-28")
    context["ti"].task_id = "gold.audit"  # in a group, as where there are several runners
    message = of_failure(context)
    assert message.subject == f"lakehouse shop: {subject} (2024-02-28)"
    assert message.text.startswith(
        "what  no orders landed\n          landing/orders/dt=2024-02-28\nwhere lakehouse_nightly, "
    )
    assert to_do in message.text


def test_by_email(dags: Dags, monkeypatch: pytest.MonkeyPatch) -> None:
    with inbox.smtp() as mails:
        extra = {"disable_ssl": True, "disable_tls": True, "from_email": "lakehouse@example.com"}
        connection = {"conn_type": "smtp", "host": "127.0.0.1", "port": int(mails.url), "extra": extra}
        monkeypatch.setenv("AIRFLOW_CONN_MAIL", json.dumps(connection))
        dags(alerts={"email": ["data@example.com", "duty@example.com"], "smtp": "mail"})
        tell(failed(4, "the audit failed\n    silver.orders: 3 < 5 rows"))
    (text,) = mails.texts
    mail = message_from_string(text, policy=policy.default)
    assert mail["Subject"] == "lakehouse shop: audit failed, release withheld (2024-02-28)"
    assert (mail["From"], mail["To"]) == ("lakehouse@example.com", "data@example.com, duty@example.com")
    body = mail.get_body(("html",))
    assert body is not None
    assert "silver.orders: 3 &lt; 5 rows" in body.get_content(), "rows of a shop are no HTML"


def test_slack_is_given_nothing_to_act_on(dags: Dags, monkeypatch: pytest.MonkeyPatch) -> None:
    with inbox.slack() as messages:
        monkeypatch.setenv(
            "AIRFLOW_CONN_TEAM", json.dumps({"conn_type": "slackwebhook", "host": messages.url, "password": "T0/B0/x"})
        )
        dags(alerts={"slack": "team"})
        tell(
            failed(4, "the audit failed\n    silver.orders: found '<!channel> <https://evil.example|pay>', 3 < 5 rows")
        )
    (text,) = messages.texts
    assert "<" not in text
    assert ">" not in text
    assert "found '‹!channel&gt; ‹https[:]//evil.example|pay&gt;', 3 &lt; 5 rows" in text


@pytest.fixture
def aws(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Moto's SNS and SQS."""
    with moto(tmp_path) as url:
        monkeypatch.setenv("AWS_ENDPOINT_URL", url)
        yield


def test_by_sns(dags: Dags, aws: None) -> None:
    sns, sqs = boto3.client("sns"), boto3.client("sqs")
    topic = sns.create_topic(Name="lakehouse")["TopicArn"]
    queue = sqs.create_queue(QueueName="duty")["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn)
    dags(alerts={"sns": topic})
    tell(failed(None, "Ölpreis {{ not.a.template }}"))
    (message,) = sqs.receive_message(QueueUrl=queue, MaxNumberOfMessages=10)["Messages"]
    told = json.loads(message["Body"])
    assert told["Subject"] == "lakehouse shop: audit not made (2024-02-28)"
    assert "Ölpreis {{ not.a.template }}" in told["Message"]
    assert "clear audit of this run" in told["Message"]


def test_a_channel_that_fails_keeps_none_of_the_others_from_telling(
    dags: Dags, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    with inbox.smtp() as mails:
        connection = {"conn_type": "smtp", "host": "127.0.0.1", "port": int(mails.url)}
        extra = {"disable_ssl": True, "disable_tls": True, "from_email": "lakehouse@example.com"}
        monkeypatch.setenv("AIRFLOW_CONN_MAIL", json.dumps(connection | {"extra": extra}))
        dags(alerts={"slack": "not_there", "email": ["data@example.com"], "smtp": "mail"})
        tell(failed(1, "it broke"))
    assert len(mails.texts) == 1
    assert "No alert by slack (airflow.alerts in the settings)" in caplog.text


def test_nobody_is_told_where_nothing_is_set(dags: Dags) -> None:
    dags()
    tell(failed(1, "it broke"))
