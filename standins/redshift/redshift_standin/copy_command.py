"""COPY t FROM a manifest in S3, FORMAT AS PARQUET: rows checked as Redshift checks them, then fed to PostgreSQL's COPY.

It is what the loaders call. COPY of text, JSON or Avro is not known here.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from sqlglot import TokenType

from redshift_standin import loads, parquet, s3
from redshift_standin.errors import BackendError, Refused, unsupported
from redshift_standin.loads import Column, Load
from redshift_standin.statements import Context, Statement, Text, literal, quoted


@dataclass(frozen=True)
class Copy:
    """One COPY. Credentials are read over and kept nowhere."""

    table: str
    columns: tuple[str, ...]
    source: str
    parquet: bool = False
    manifest: bool = False
    authorized: bool = False


def copy(text: Text) -> Statement:
    """COPY t [(columns)] FROM 's3://…' {IAM_ROLE | CREDENTIALS} '…' FORMAT AS PARQUET MANIFEST."""
    command = _read(text)
    return Statement(work=lambda context: _run(context, command), writes=command.table)


def _read(text: Text) -> Copy:
    table, at = text.name(1)
    columns: tuple[str, ...] = ()
    if text.word(at) == "(":
        end = text.closing(at)
        columns = tuple(token.text.lower() for token in text.tokens[at + 1 : end] if token.text != ",")
        at = end + 1
    if text.word(at) != "FROM":
        raise Refused(f'syntax error at or near "{text.word(at)}"', "42601")
    source = _string(text, at + 1, "FROM")
    if not source.startswith("s3://"):
        raise unsupported("COPY from elsewhere than s3://")
    found, at = Copy(table, columns, source), at + 2
    while at < len(text.tokens):
        found, at = _option(text, at, found)
    if not found.authorized:
        raise Refused("COPY from this file format only accepts IAM_ROLE credentials", "0A000")
    if not (found.parquet and found.manifest):
        raise unsupported("COPY of anything but Parquet by a manifest")
    return found


def _option(text: Text, at: int, found: Copy) -> tuple[Copy, int]:
    """The command with the option at this place, and the place after it."""
    word = text.word(at)
    if word == "IAM_ROLE" and text.word(at + 1) == "DEFAULT":
        return replace(found, authorized=True), at + 2
    if word in ("IAM_ROLE", "CREDENTIALS"):
        _string(text, at + 1, word)
        return replace(found, authorized=True), at + 2
    if word == "FORMAT":
        at += 2 if text.word(at + 1) == "AS" else 1
        if text.word(at) != "PARQUET":
            raise unsupported(f"COPY FORMAT {text.word(at)}")
        return replace(found, parquet=True), at + 1
    if word == "MANIFEST":
        return replace(found, manifest=True), at + 1
    raise Refused(f'stand-in: this option of COPY is not supported here: "{word or "a value in quotes"}"', "0A000")


def _string(text: Text, at: int, what: str) -> str:
    if at >= len(text.tokens) or text.tokens[at].token_type != TokenType.STRING:
        raise Refused(f"syntax error: {what} needs a value in quotes", "42601")
    return text.tokens[at].text


def _run(context: Context, command: Copy) -> str:
    columns = _columns(context, command)
    load = _begin(context, command.table)
    client = s3.client(context.server.s3_endpoint)
    names = ", ".join(quoted(column.name) for column in columns)
    try:
        objects = s3.listed(client, command.source)
        rows = context.backend.copy_in(
            f"COPY {command.table} ({names}) FROM STDIN WITH (format csv)",
            parquet.feed(client, objects, columns, load),
        )
    except Refused as refused:
        loads.record(context.server, load)
        raise refused if not isinstance(refused, BackendError) else _as_load_error(refused, load) from None
    context.backend.run(
        f"SELECT set_config('standin.last_copy_count', '{rows}', false), "
        f"set_config('standin.last_copy_id', '{load.query}', false)"
    )
    context.tell(f"Load into table '{load.table}' completed, {rows} record(s) loaded successfully.")
    return "COPY"


def _as_load_error(refused: BackendError, load: Load) -> Refused:
    return BackendError({**refused.fields, "D": f"stand-in: while loading table '{load.table}'"})


def _begin(context: Context, table: str) -> Load:
    ((query, session, oid),) = context.backend.rows(
        f"SELECT nextval('standin.query_ids'), pg_backend_pid(), {literal(table)}::regclass::oid::bigint"
    )
    return Load(int(query or 0), int(session or 0), int(oid or 0), table.rpartition(".")[2].replace('"', ""))


def _columns(context: Context, command: Copy) -> list[Column]:
    rows = context.backend.rows(
        "SELECT a.attname, t.typname, a.atttypmod, a.attnotnull FROM pg_catalog.pg_attribute a "
        f"JOIN pg_catalog.pg_type t ON t.oid = a.atttypid WHERE a.attrelid = {literal(command.table)}::regclass "
        "AND a.attnum > 0 AND NOT a.attisdropped AND a.attidentity = '' ORDER BY a.attnum"
    )
    known = {
        str(name): _column(str(name), str(kind), int(mod or -1), required == "t") for name, kind, mod, required in rows
    }
    for name in command.columns:
        if name not in known:
            raise Refused(f'column "{name}" of relation {command.table} does not exist', "42703")
    return [known[name] for name in command.columns] if command.columns else list(known.values())


def _column(name: str, kind: str, modifier: int, required: bool) -> Column:
    kind = {"bpchar": "char"}.get(kind, kind)
    if kind in ("varchar", "char"):
        return Column(name, kind, modifier - 4 if modifier > 0 else 65535, 0, required)
    if kind == "numeric" and modifier > 0:
        return Column(name, kind, (modifier - 4) >> 16, (modifier - 4) & 0x7FF, required)
    return Column(name, kind, required=required)
