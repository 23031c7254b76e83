"""Before a run writes anything: whether it can go on with the gold that is there."""

from __future__ import annotations

from spark_app.lake import contents, log
from spark_app.runs.context import Context
from spark_app.runtime.errors import ContractError, SettingsError
from spark_app.tables.declare import gold_tables


def check_gold(context: Context, *, full_rebuild: bool) -> None:
    """As `check_types` and `check_salt`. `full_rebuild`: all of gold is derived anew, so that any will do."""
    if not full_rebuild:
        check_types(context)
    check_salt(context, rehash=full_rebuild)


def check_types(context: Context) -> None:
    """Raises ContractError where tables have columns in another type than their contracts: made by an earlier version.

    A new column is filled by building its table anew; one of another type stands in the tables behind it too.
    """
    of = {layer: {n: one for n, one in context.contracts.items() if one.layer == layer} for layer in ("silver", "gold")}
    unlike = {name: contents.unlike_now(context.table(name), one.columns) for name, one in of["gold"].items()}
    found = {name: retyped for name, (_, retyped) in unlike.items() if retyped}
    if not found:
        return
    older = any(any(contents.unlike_now(context.table(name), one.columns)) for name, one in of["silver"].items())
    told = "; ".join(f"{name} has {', '.join(columns)}" for name, columns in found.items())
    raise ContractError(
        f"{told} in another type than its contract, as an earlier version made it; nothing was done",
        hint=f"derive it anew: lakehouse rebuild --from-layer {'silver' if older else 'gold'}",
    )


def check_salt(context: Context, *, rehash: bool) -> None:
    """Raises SettingsError without a salt, or where gold holds hashes of another one.

    Going on would give a customer two hashes, the old one until something of them changes. `rehash`: all of gold is
    derived anew, so that any salt will do.
    """
    today = context.salt
    for table in gold_tables(context.contracts).values():
        commit = log.last_commit(context.table(f"gold.{table.name}")) if table.hashed else None
        if not rehash and commit is not None and commit.note.get(log.SALT, "none") != today.fingerprint:
            raise SettingsError(
                f"gold.{table.name}: its e-mail hashes were made with another salt than today's "
                f"({today.origin}), expected the same one; nothing was done",
                hint="give the former salt back, or hash all again: lakehouse rebuild --from-layer gold",
            )
