"""The one exception tree. Each error carries the exit code its command ends with."""

from __future__ import annotations

from collections.abc import Sequence


class LakehouseError(Exception):
    """What was found, what was expected, where it was looked for, and what to do.

    `exit_code` is the process's exit status; `retry` says whether running the same again can help.
    """

    exit_code = 1
    retry = False

    def __init__(self, message: str, *, hint: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.message}\n  {self.hint}" if self.hint else self.message


def join_errors(errors: Sequence[LakehouseError]) -> LakehouseError:
    """Several errors as one of the first one's kind, each a line of its message, none twice."""
    if len(errors) == 1:
        return errors[0]
    return type(errors[0])("\n".join(dict.fromkeys(error.message for error in errors)), hint=errors[0].hint)


class UsageError(LakehouseError):
    """Wrong arguments."""

    exit_code = 2


class SettingsError(LakehouseError):
    """A settings or source file that cannot be followed."""

    exit_code = 2


class OverBudget(LakehouseError):
    """A run that the month's budget does not bear, ended before it started."""

    exit_code = 2


class ContractError(LakehouseError):
    """A contract that cannot be read, or a table that does not fit its contract."""

    exit_code = 2


class LandingIncomplete(LakehouseError):
    """A daily drop is missing or unreadable; running again once it has landed helps."""

    exit_code = 3
    retry = True


class AuditFailed(LakehouseError):
    """An error-level rule failed: the release is withheld."""

    exit_code = 4


class LakeError(LakehouseError):
    """A table of the lake is not as the run needs it."""


class WarehouseError(LakehouseError):
    """The warehouse refused a release."""

    retry = True
