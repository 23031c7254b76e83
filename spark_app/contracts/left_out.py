"""Which gold tables the warehouse can do without (`redshift.leave_out`), and what goes with them.

A view goes with the table that it starts from. A table that stays may need one that is to go: by a foreign key, or
because its view looks something up there; then nothing is left out, and who needs it is said.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from spark_app.contracts.table import Contract
from spark_app.contracts.view import View
from spark_app.runtime.errors import SettingsError
from spark_app.runtime.yaml_lines import nearest

SETTING = "redshift.leave_out"


def check_left_out(names: Sequence[str], contracts: Mapping[str, Contract], views: Sequence[View]) -> None:
    """SettingsError where one of these is no gold table, or is needed by a table that stays."""
    gold = _gold(contracts)
    for name in names:
        if name not in gold:
            raise SettingsError(f"{SETTING}: unknown gold table '{name}'{nearest(name, gold)}")
        if needs := _needed_by(name, names, gold, views):
            raise SettingsError(
                f"{SETTING}: found {name}, which {needs}; expected tables that nothing needs but what is left out",
                hint="take it off the list, or leave that out as well",
            )


def find_dispensable(contracts: Mapping[str, Contract], views: Sequence[View]) -> list[str]:
    """The gold tables that can be left out, each by itself and so any of them together."""
    gold = _gold(contracts)
    return [name for name in gold if not _needed_by(name, [name], gold, views)]


def views_left_out(names: Collection[str], views: Sequence[View]) -> list[View]:
    """The views that go with these tables, those over other views first: the order in which to drop them."""
    return [view for view in reversed(views) if any(table in names for table, _ in view.tables)]


def in_words(names: Sequence[str], views: Sequence[View]) -> str:
    """What is left out: `daily_channels (with view channels_daily)`."""
    gone = [view.name for view in reversed(views_left_out(names, views))]
    with_views = f" (with view{'s' if len(gone) > 1 else ''} {', '.join(gone)})" if gone else ""
    return f"{', '.join(names)}{with_views}"


def _gold(contracts: Mapping[str, Contract]) -> dict[str, Contract]:
    return {contract.name: contract for contract in contracts.values() if contract.layer == "gold"}


def _needed_by(name: str, left_out: Collection[str], gold: Mapping[str, Contract], views: Sequence[View]) -> str:
    """Who that stays needs the table, in words; empty where nobody does."""
    for contract in gold.values():
        if contract.name not in left_out and any(reference.table == name for reference in contract.references):
            return f"{contract.name} refers to"
    for view in views:
        (start, _), *others = view.tables
        if start not in left_out and any(table == name for table, _ in others):
            return f"view {view.name}, of {start}, needs"
    return ""
