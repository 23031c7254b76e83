"""What Redshift has of the tables and views, and what it still lacks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from spark_app.contracts.ddl import definition_hash, in_reference_order, quoted, redshift_ddl, text, view_ddl
from spark_app.contracts.ddl_script import LEDGERS, SCHEMAS
from spark_app.contracts.left_out import SETTING, in_words, views_left_out
from spark_app.contracts.migrate import Found, Migration, layout_text, migration, relaid
from spark_app.contracts.table import Contract
from spark_app.contracts.view import View, with_all_tables
from spark_app.warehouse.redshift_session import Conflict, Refused, Session

_COLUMNS = (
    "SELECT table_schema, table_name, column_name, data_type, character_maximum_length, numeric_precision, "
    "numeric_scale, is_nullable FROM svv_columns WHERE table_schema IN ('analytics', 'etl') "
    "ORDER BY table_schema, table_name, ordinal_position"
)
_EPOCHS = 'ALTER TABLE "etl"."releases" ADD COLUMN "epoch" BIGINT'
_TYPES = {
    "character varying": "VARCHAR({0})",
    "numeric": "DECIMAL({1},{2})",
    "timestamp without time zone": "TIMESTAMP",
}


@dataclass(frozen=True)
class State:
    """Columns of every table and view of `analytics`, the tables of `etl`, and how things were last defined."""

    columns: Mapping[str, Sequence[Found]]
    etl: Sequence[str]
    schemas: Sequence[str]
    definitions: Mapping[str, tuple[str | None, str]]  # name: layout, definition hash
    ledger: Sequence[str]  # columns of etl.releases


@dataclass(frozen=True)
class Plan:
    """What brings the warehouse to its contracts: `before` outside a transaction, `within` in the load's.

    `news`: what people should know of tables that are defined otherwise than when they were last loaded.
    """

    tables: Mapping[str, Migration]
    before: tuple[str, ...]
    within: tuple[str, ...]
    news: tuple[str, ...]


def read_state(session: Session) -> State:
    """Ask Redshift."""
    columns: dict[str, list[Found]] = {}
    etl: list[str] = []
    ledger: list[str] = []
    for schema, table, name, kind, length, precision, scale, nullable in session.rows(_COLUMNS):
        if schema == "etl":
            etl += [table] if table not in etl else []
            ledger += [name] if table == "releases" else []
            continue
        written = _TYPES.get(kind, kind.upper()).format(length, precision, scale)
        columns.setdefault(table, []).append(Found(name, written, nullable == "YES"))
    listed = ", ".join(text(schema) for schema in SCHEMAS)
    schemas = [row[0] for row in session.rows(f"SELECT nspname FROM pg_namespace WHERE nspname IN ({listed})")]
    known = session.rows("SELECT name, layout, word FROM etl.definitions") if "definitions" in etl else []
    return State(columns, etl, schemas, {name: (layout, hashed) for name, layout, hashed in known}, ledger)


def prepare(session: Session) -> State:
    """Make schemas and ledgers where they are missing, which another load may be doing just now; then read."""
    state = read_state(session)
    missing = _missing(state)
    for statement in missing:
        try:
            session.run(statement)
        except (Refused, Conflict):
            session.run(statement)  # of two first loads one comes second; by now it finds it made
    return read_state(session) if missing else state


def _missing(state: State) -> list[str]:
    schemas = [f"CREATE SCHEMA IF NOT EXISTS {quoted(schema)}" for schema in SCHEMAS if schema not in state.schemas]
    ledgers = list(LEDGERS) if not {"releases", "definitions"} <= set(state.etl) else []
    epochs = [_EPOCHS] if state.ledger and "epoch" not in state.ledger else []  # one of before there were any
    return schemas + ledgers + epochs


def plan_changes(
    contracts: Mapping[str, Contract], views: Sequence[View], state: State, left_out: Sequence[Contract] = ()
) -> Plan:
    """What is still to be done for these tables (by plain name), and for the views all of whose tables are among them.

    Tables that are left out go, where a load has brought them, and the views that start from them: what stayed would
    grow old unseen. Raises ContractError for a change that Redshift cannot make.
    """
    tables = {c.name: migration(c, state.columns.get(c.name, ())) for c in in_reference_order(contracts.values())}
    hashes = {c.name: definition_hash(redshift_ddl(c)) for c in contracts.values()}
    before = [one for step in tables.values() for one in step.before]
    within = [one for step in tables.values() for one in step.within]
    for name, hashed in hashes.items():
        layout, known = state.definitions.get(name, (None, ""))
        if known != hashed and state.columns.get(name):
            before += relaid(contracts[name], layout)
            within += redshift_ddl(contracts[name])[1:]  # comments as they are now
    first: list[str] = []
    remade: set[str] = set()
    for view in with_all_tables(views, tables):
        rebinds = any(tables[table].rebinds for table, _ in view.tables) or bool(view.over and view.over[0] in remade)
        made = view_ddl(view)
        hashes[view.name] = definition_hash(made)
        same = state.definitions.get(view.name, (None, ""))[1] == hashes[view.name]
        if rebinds or not same or view.name not in state.columns:
            # Dropped first, as a column that a view names cannot be; and before the view that it is over.
            first.insert(0, made[0])
            remade.add(view.name)
            within += made[1:]
        else:
            hashes.pop(view.name)
    news = {name: hashed for name, hashed in hashes.items() if state.definitions.get(name, (None, ""))[1] != hashed}
    layouts = {name: layout_text(contracts[name]) for name in news if name in contracts}
    notes = [note for name in tables if name in news for note in tables[name].notes]
    gone = [one.name for one in reversed(in_reference_order(left_out)) if _is_ours(one.name, state)]
    if gone:
        notes.append(f"left out ({SETTING}) and dropped: {in_words(gone, views)}")
    dropped = _dropped(gone, [one.name for one in left_out], views, state)
    return Plan(tables, tuple(before), (*dropped, *first, *within, *_noted(news, layouts)), tuple(notes))


def _is_ours(name: str, state: State) -> bool:
    return name in state.columns and name in state.definitions


def _dropped(tables: Sequence[str], left_out: Sequence[str], views: Sequence[View], state: State) -> list[str]:
    """Without CASCADE: where somebody has built a view on one of them, Redshift refuses, and so does the load."""
    lost = [view.name for view in views_left_out(left_out, views) if _is_ours(view.name, state)]
    if not tables and not lost:
        return []
    drops = [f"DROP VIEW {quoted('analytics')}.{quoted(name)}" for name in lost]
    drops += [f"DROP TABLE {quoted('analytics')}.{quoted(name)}" for name in tables]
    names = ", ".join(map(text, (*lost, *tables)))
    return [*drops, f'DELETE FROM "etl"."definitions" WHERE "name" IN ({names})']


def _noted(hashes: Mapping[str, str], layouts: Mapping[str, str]) -> list[str]:
    if not hashes:
        return []
    now = datetime.now(UTC).replace(tzinfo=None).isoformat(sep=" ")
    made = f"CAST({text(now)} AS TIMESTAMP)"
    laid = {name: text(layouts[name]) if name in layouts else "NULL" for name in hashes}
    rows = ", ".join(f"({text(name)}, {laid[name]}, {text(hashed)}, {made})" for name, hashed in hashes.items())
    names = ", ".join(map(text, hashes))
    return [
        f'DELETE FROM "etl"."definitions" WHERE "name" IN ({names})',
        f'INSERT INTO "etl"."definitions" ("name", "layout", "word", "made_at") VALUES {rows}',
    ]
