"""From the columns Redshift has to those a contract wants: ALTERs, or a refusal. Nothing is ever dropped silently.

Redshift can add a column (nullable), and widen a VARCHAR (outside a transaction, not of a key). It cannot change
another type, nor whether a column may be null: such a column is copied into a new one that takes its name. Where
the column lays the table out or is in a key, that is not possible either, and the table is made anew by hand.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from spark_app.contracts.ddl import layout, quoted, redshift_ddl, redshift_type, text
from spark_app.contracts.table import Column, Contract
from spark_app.runtime.errors import ContractError

_SIZED = re.compile(r"(VARCHAR|DECIMAL)\((\d+)(?:,(\d+))?\)")


@dataclass(frozen=True)
class Found:
    """A column as the warehouse has it; `type` as DDL writes it, `VARCHAR(256)`."""

    name: str
    type: str
    nullable: bool


@dataclass(frozen=True)
class Migration:
    """What brings a table to its contract.

    `before` runs outside a transaction, `within` in the load's own. `whole`: all rows must be loaded, as they have
    no values of a new column yet. `rebinds`: views on the table must be made anew. `notes` are for people.
    """

    before: tuple[str, ...] = ()
    within: tuple[str, ...] = ()
    whole: bool = False
    rebinds: bool = False
    notes: tuple[str, ...] = ()


def migration(contract: Contract, found: Sequence[Found], schema: str = "analytics") -> Migration:
    """How a table with the columns `found` becomes one of the contract; of no columns, it is created.

    Raises ContractError, naming table and column, what was found and expected and what to do, where Redshift cannot.
    """
    if not found:
        return Migration(within=tuple(redshift_ddl(contract, schema)), whole=True)
    table = f"{quoted(schema)}.{quoted(contract.name)}"
    has = {column.name: column for column in found}
    steps = [_column(contract, table, column, has.get(column.name)) for column in contract.columns]
    steps += [_left(contract, table, column) for column in found if column.name not in contract.column_names]
    return Migration(
        before=tuple(one for step in steps for one in step.before),
        within=tuple(one for step in steps for one in step.within),
        whole=any(step.whole for step in steps),
        rebinds=any(step.rebinds for step in steps),
        notes=tuple(one for step in steps for one in step.notes),
    )


def relaid(contract: Contract, known: str | None, schema: str = "analytics") -> tuple[str, ...]:
    """ALTERs, each outside a transaction, from the layout a table was last given to the contract's."""
    wanted = layout_text(contract)
    if known is None or known == wanted:
        return ()
    table, serving = f"{quoted(schema)}.{quoted(contract.name)}", contract.serving
    spread = (
        f"ALTER DISTSTYLE KEY DISTKEY {quoted(serving.dist_key)}"
        if serving.dist_key
        else f"ALTER DISTSTYLE {serving.dist_style.upper()}"
    )
    keys = ", ".join(map(quoted, serving.sort_key))
    order = f"ALTER SORTKEY ({keys})" if keys else "ALTER SORTKEY AUTO"
    return f"ALTER TABLE {table} {spread}", f"ALTER TABLE {table} {order}"


def layout_text(contract: Contract) -> str:
    """The layout as `etl.definitions` keeps it."""
    return " ".join(layout(contract))


def _column(contract: Contract, table: str, column: Column, found: Found | None) -> Migration:
    wanted, name = redshift_type(column), quoted(column.name)
    if found is None:
        # Redshift adds no NOT NULL column without a default, and a default would be a made-up value. The loader
        # looks for missing values itself.
        comment = f"COMMENT ON COLUMN {table}.{name} IS {text(column.description)}"
        note = f"{table}: column {name} is new: added, and the table is loaded whole to give every row its value"
        return Migration(within=(f"ALTER TABLE {table} ADD COLUMN {name} {wanted}", comment), whole=True, notes=(note,))
    strict = not found.nullable and not column.required
    if _holds(found.type, wanted) and not strict:
        return Migration()
    pinned = _pinned(contract, column.name)
    if _widens(found.type, wanted) and wanted.startswith("VARCHAR") and not pinned and not strict:
        return Migration(before=(f"ALTER TABLE {table} ALTER COLUMN {name} TYPE {wanted}",))
    if not _holds(found.type, wanted) and not _widens(found.type, wanted):
        raise _refusal(contract, table, found, wanted, "values may not fit")
    if pinned:
        raise _refusal(contract, table, found, wanted + ("" if column.required else ", may be null"), pinned)
    kind = wanted if _widens(found.type, wanted) else found.type
    return _copied(
        table, found, kind, f"{found.type}{_null(found)} becomes {kind}{'' if not strict else ', may be null'}"
    )


def _left(contract: Contract, table: str, found: Found) -> Migration:
    note = f"{table}: column {quoted(found.name)} is not in the contract any more: kept, no longer filled"
    if found.nullable:
        return Migration(notes=(note,))
    if not _pinned(contract, found.name):
        copied = _copied(table, found, found.type, "may be null from now on, as nothing fills it")
        return Migration(within=copied.within, rebinds=True, notes=(note, *copied.notes))
    raise _refusal(contract, table, found, "no such column, or one that may be null", "it lays the table out")


def _copied(table: str, found: Found, kind: str, why: str) -> Migration:
    """The column copied into a new one that takes its name; it then stands last."""
    name, new = quoted(found.name), quoted(f"{found.name}__new")
    return Migration(
        within=(
            f"ALTER TABLE {table} ADD COLUMN {new} {kind}",
            f"UPDATE {table} SET {new} = {name}",
            f"ALTER TABLE {table} DROP COLUMN {name}",
            f"ALTER TABLE {table} RENAME COLUMN {new} TO {name}",
        ),
        rebinds=True,
        notes=(f"{table}: column {name} is copied: {why}",),
    )


def _holds(has: str, wanted: str) -> bool:
    """Whether every value of `wanted` fits into `has`, exactly."""
    return has == wanted or _widens(wanted, has)


def _widens(has: str, wanted: str) -> bool:
    """Whether `wanted` is `has`, only wider."""
    if (has, wanted) == ("INTEGER", "BIGINT"):
        return True
    old, new = _SIZED.fullmatch(has), _SIZED.fullmatch(wanted)
    return bool(old and new and old[1] == new[1] and old[3] == new[3] and int(old[2]) < int(new[2]))


def _pinned(contract: Contract, name: str) -> str:
    """Why a column cannot be altered or copied, nothing where it can."""
    if name in contract.key:
        return "it is in the primary key"
    if any(name in reference.columns for reference in contract.references):
        return "it is a foreign key"
    if any(rule.kind == "unique" and name in rule.columns for rule in contract.rules):
        return "it is declared unique"
    if name == contract.serving.dist_key or name in contract.serving.sort_key:
        return "it is the distribution or sort key"
    return ""


def _null(found: Found) -> str:
    return "" if found.nullable else " NOT NULL"


def _refusal(contract: Contract, table: str, found: Found, expected: str, why: str) -> ContractError:
    before = quoted(f"{contract.name}_before")
    return ContractError(
        f"warehouse {table}: column {quoted(found.name)}: found {found.type}{_null(found)}, expected {expected} as in "
        f"{contract.path}; Redshift cannot change it in place: {why}",
        hint=f"either undo the change in the contract, or set the table aside and have it loaded whole: "
        f"ALTER TABLE {table} RENAME TO {before}; (drop the views on it first), then: lakehouse run --layers publish",
    )
