"""Storage failures are told from mistakes of ours, in one line and without secrets."""

from __future__ import annotations

import pytest

from spark_app.lake.failures import as_failure, as_storage_error

ROOT = "s3a://shop/lake"
JAVA = """An error occurred while calling o85.save.
: org.apache.spark.SparkException: Job aborted due to stage failure: Task 0 in stage 3.0 failed 1 times
\tat org.apache.spark.scheduler.DAGScheduler.failJobAndIndependentStages(DAGScheduler.scala:2856)
Caused by: org.apache.hadoop.fs.s3a.AWSServiceIOException: getFileStatus on s3a://shop/lake: SlowDown
\tat org.apache.hadoop.fs.s3a.S3AUtils.translateException(S3AUtils.java:250)
Caused by: com.amazonaws.services.s3.model.AmazonS3Exception: Please reduce your request rate. (Status Code: 503)
\t... 30 more
"""


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (Exception(JAVA), "Please reduce your request rate. (Status Code: 503)"),
        (OSError("Generic S3 error: error sending request for url (http://127.0.0.1:9/b)"), "error sending request"),
        (OSError("[Errno 28] No space left on device: '/data/x'"), "No space left on device"),
        (RuntimeError("Object at location lake/gold not found: client error 403"), "client error 403"),
    ],
)
def test_storage_that_fails_is_one_line_and_a_rerun_helps(error: Exception, said: str) -> None:
    found = as_storage_error(error, ROOT)
    assert found is not None
    assert said in found.message
    assert found.message.startswith(f"{ROOT}: storage failed: ")
    assert "\n" not in found.message
    assert (found.exit_code, found.retry) == (1, True)


@pytest.mark.parametrize("error", [KeyError("order_id"), ZeroDivisionError("division by zero"), KeyboardInterrupt()])
def test_a_mistake_of_ours_is_not_hidden(error: BaseException) -> None:
    assert as_storage_error(error, ROOT) is None


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ("S3Exception: Forbidden (Status Code: 403)", "the credentials have run out"),
        ("S3Exception: The provided token has expired.", "the credentials have run out"),
        ("S3Exception: Please reduce your request rate. (Status Code: 503)", "the store refused or was away"),
    ],
)
def test_the_hint_tells_credentials_from_an_outage(said: str, why: str) -> None:
    found = as_storage_error(OSError(said), ROOT)
    assert found is not None
    assert (found.hint or "").startswith(why)


def test_keys_and_signatures_are_left_out() -> None:
    url = "https://b.s3.amazonaws.com/k?X-Amz-Security-Token=abc123&X-Amz-Signature=0f1e2d AKIAIOSFODNN7EXAMPLE"
    found = as_storage_error(OSError(f"error sending request for url ({url})"), ROOT)
    assert found is not None
    for secret in ("abc123", "0f1e2d", "AKIAIOSFODNN7EXAMPLE"):
        assert secret not in found.message


@pytest.mark.parametrize(
    "error",
    [
        RuntimeError("[CANNOT_OPEN_SOCKET] Can not open socket: [\"tried to connect to ('127.0.0.1', 36511)\"]."),
        ConnectionError("py4j.protocol.Py4JNetworkError: Answer from Java side is empty"),
    ],
)
def test_a_process_that_stood_still_has_lost_spark_and_is_told_so(error: Exception) -> None:
    found = as_failure(error, ROOT)
    assert found is not None
    assert "the connection to Spark was lost" in found.message
    assert (found.exit_code, found.retry) == (1, True)
    assert as_failure(KeyError("order_id"), ROOT) is None
    assert as_failure(OSError("No space left on device"), ROOT) is not None
