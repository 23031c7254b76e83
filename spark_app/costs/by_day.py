"""What is billed by the day, beside the runs: commands of bills that are no run's."""

from __future__ import annotations

from collections.abc import Collection, Mapping

WAREHOUSE, STORAGE = "warehouse", "storage"
BY_DAY: Mapping[str, str] = {STORAGE: "storage", WAREHOUSE: "the warehouse"}


def left_out(commands: Collection[str], *others: str) -> str:
    """What bills of these commands lack, and what else: `storage is not in it`; empty where nothing is lacking."""
    lacking = [*(name for command, name in BY_DAY.items() if command not in commands), *others]
    if len(lacking) < 2:
        return f"{lacking[0]} is not in it" if lacking else ""
    return f"{', '.join(lacking[:-1])} and {lacking[-1]} are not in it"
