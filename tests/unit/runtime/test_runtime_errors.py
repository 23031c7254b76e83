"""The tree of errors: exit codes and whether running again helps."""

from __future__ import annotations

import pytest

from spark_app.runtime import errors
from spark_app.runtime.errors import ContractError, LakehouseError, join_errors


@pytest.mark.parametrize(
    ("kind", "exit_code", "retry"),
    [
        ("UsageError", 2, False),
        ("SettingsError", 2, False),
        ("OverBudget", 2, False),
        ("ContractError", 2, False),
        ("LandingIncomplete", 3, True),
        ("AuditFailed", 4, False),
        ("LakeError", 1, False),
        ("WarehouseError", 1, True),
    ],
)
def test_each_has_the_exit_code_its_command_ends_with(kind: str, exit_code: int, retry: bool) -> None:
    error = getattr(errors, kind)("found a, expected b")
    assert isinstance(error, LakehouseError)
    assert (error.exit_code, error.retry) == (exit_code, retry)


def test_the_hint_stands_below_the_message() -> None:
    assert str(LakehouseError("found a", hint="do b")) == "found a\n  do b"
    assert str(LakehouseError("found a")) == "found a"


def test_several_are_one_of_the_first_ones_kind_and_none_is_told_twice() -> None:
    found = join_errors([ContractError("a", hint="look"), ContractError("b"), ContractError("a", hint="again")])
    assert isinstance(found, ContractError)
    assert (found.message, found.hint) == ("a\nb", "look")


def test_one_alone_stays_itself() -> None:
    alone = ContractError("a")
    assert join_errors([alone]) is alone
