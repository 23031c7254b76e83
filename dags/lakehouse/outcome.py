"""How a job's end becomes a task's: which exit codes are worth another try, and what people are told."""

from __future__ import annotations

from collections.abc import Sequence

from airflow.sdk.exceptions import AirflowException, AirflowFailException

from spark_app.runtime.messages import FINAL

KEPT_LINES = 40
_BEGIN = "error: "


class JobFailed(AirflowException):
    """A job that may be tried again. `exit_code` is None where nobody knows it; `words` is what the job said last."""

    def __init__(self, message: str, exit_code: int | None = None, words: str = "") -> None:
        super().__init__(message)
        self.exit_code, self.words = exit_code, words


class JobFailedForGood(AirflowFailException):
    """A job that ends the same however often it is tried."""

    def __init__(self, message: str, exit_code: int, words: str = "") -> None:
        super().__init__(message)
        self.exit_code, self.words = exit_code, words


def failure(where: str, exit_code: int | None, words: str) -> JobFailed | JobFailedForGood:
    """The exception for a job that ended with `exit_code`: Airflow tries again unless it is one of FINAL."""
    meaning = FINAL.get(exit_code or 0, "failed")
    code = "exit code unknown" if exit_code is None else f"exit code {exit_code}"
    message = f"{where}: {meaning} ({code})" + (f"\n{words}" if words else "")
    if exit_code in FINAL:
        return JobFailedForGood(message, exit_code, words)
    return JobFailed(message, exit_code, words)


def last_words(lines: Sequence[str]) -> str:
    """What a job said in the end: its error with all that follows, else its last lines."""
    for index in range(len(lines) - 1, -1, -1):
        if lines[index].startswith(_BEGIN):
            return "\n".join(lines[index:]).removeprefix(_BEGIN).rstrip()
    return "\n".join(lines[-15:]).strip()
