"""Values that may be of a person are shown nowhere: in no message, no page, no log."""

from __future__ import annotations

from spark_app.contracts.table import Contract

HIDDEN = ("personal", "restricted")  # classifications
NOT_SHOWN = "a value that is not shown"
LONGEST = 60  # characters


def hidden(contract: Contract) -> set[str]:
    """Columns whose values are not shown."""
    return {column.name for column in contract.columns if column.classification in HIDDEN}


def masked(contract: Contract | None, column: str | None, found: object) -> str:
    """The value, where the contract says that its column is of nobody; a whole row may hold anything."""
    if found is None:
        return "nothing"
    known = {one.name for one in contract.columns} - hidden(contract) if contract else set()
    return short(found) if column in known else NOT_SHOWN


def short(value: object) -> str:
    """A value in one line of 60 characters at most."""
    text = " ".join(str(value).split())
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}…"
