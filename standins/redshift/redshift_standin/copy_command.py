"""COPY … FROM 's3://…': rows checked as Redshift checks them, then fed to PostgreSQL's own COPY."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from redshift_standin import copy_reader, loads, parquet, s3
from redshift_standin.bad import Bad
from redshift_standin.copy_options import COLUMNAR, Copy
from redshift_standin.errors import BackendError, Refused
from redshift_standin.loads import BadRow, Load
from redshift_standin.readers import Line, lines
from redshift_standin.statements import Context, Statement, Text, literal, quoted
from redshift_standin.values import Column, Converter, converter

_CHUNK = 1 << 18
_ESCAPES = str.maketrans({"\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t"})


class _TooMany(Exception):
    """More bad rows than MAXERROR allows."""


def copy(text: Text) -> Statement:
    """COPY t FROM 's3://…'."""
    command = copy_reader.read(text)
    return Statement(work=lambda context: _run(context, command), writes=command.table)


def _run(context: Context, copy: Copy) -> str:
    columns = _columns(context, copy)
    load = _begin(context, copy)
    client = s3.client(context.server.s3_endpoint, copy.region)
    columnar = copy.format in COLUMNAR
    names = ", ".join(quoted(column.name) for column in columns)
    try:
        objects = s3.find(client, copy.source, copy.manifest, columnar)
        load.bytes = sum(item.size for item in objects)
        feed = parquet.feed if columnar else _feed
        form = "csv" if columnar else "text"
        rows = context.backend.copy_in(
            f"COPY {copy.table} ({names}) FROM STDIN WITH (format {form})",
            feed(client, objects, copy, columns, load),
        )
    except _TooMany:
        loads.record(context.server, load, "aborted", 0, "too many bad rows")
        raise Refused(
            f"Load into table '{load.table}' failed.  Check 'sys_load_error_detail' system table for details.", "XX000"
        ) from None
    except Refused as refused:
        loads.record(context.server, load, "aborted", 0, refused.message)
        raise refused if not isinstance(refused, BackendError) else _as_load_error(refused, load) from None
    loads.record(context.server, load, "completed", rows)
    _tell(context, load, rows)
    return "COPY"


def _as_load_error(refused: BackendError, load: Load) -> Refused:
    return BackendError({**refused.fields, "D": f"stand-in: while loading table '{load.table}'"})


def _tell(context: Context, load: Load, rows: int) -> None:
    context.backend.run(
        f"SELECT set_config('standin.last_copy_count', '{rows}', false), "
        f"set_config('standin.last_copy_id', '{load.query}', false)"
    )
    context.tell(f"Load into table '{load.table}' completed, {rows} record(s) loaded successfully.")
    if load.errors:
        context.tell(
            f"Load into table '{load.table}' completed, {load.errors} record(s) could not be loaded.  "
            "Check 'sys_load_error_detail' system table for details."
        )


def _begin(context: Context, copy: Copy) -> Load:
    ((query, session, user, oid),) = context.backend.rows(
        "SELECT nextval('standin.query_ids'), pg_backend_pid(), session_user, "
        f"{literal(copy.table)}::regclass::oid::bigint"
    )
    name = copy.table.rpartition(".")[2].replace('"', "")
    return Load(int(query or 0), int(session or 0), str(user), int(oid or 0), name, copy.source, copy.format.lower())


def _columns(context: Context, copy: Copy) -> list[Column]:
    rows = context.backend.rows(
        "SELECT a.attname, t.typname, a.atttypmod, a.attnotnull FROM pg_catalog.pg_attribute a "
        f"JOIN pg_catalog.pg_type t ON t.oid = a.atttypid WHERE a.attrelid = {literal(copy.table)}::regclass "
        "AND a.attnum > 0 AND NOT a.attisdropped AND a.attidentity = '' ORDER BY a.attnum"
    )
    known = {
        str(name): _column(str(name), str(kind), int(mod or -1), required == "t") for name, kind, mod, required in rows
    }
    for name in copy.columns:
        if name not in known:
            raise Refused(f'column "{name}" of relation {copy.table} does not exist', "42703")
    return [known[name] for name in copy.columns] if copy.columns else list(known.values())


def _column(name: str, kind: str, modifier: int, required: bool) -> Column:
    kind = {"bpchar": "char"}.get(kind, kind)
    if kind in ("varchar", "char"):
        return Column(name, kind, modifier - 4 if modifier > 0 else 65535, 0, required)
    if kind == "numeric" and modifier > 0:
        return Column(name, kind, (modifier - 4) >> 16, (modifier - 4) & 0x7FF, required)
    return Column(name, kind, required=required)


def _feed(
    client: object, objects: Sequence[s3.Object], copy: Copy, columns: Sequence[Column], load: Load
) -> Iterator[bytes]:
    converters = [converter(column, copy) for column in columns]
    names = [column.name for column in columns]
    for item in objects:
        data = s3.unpacked(s3.read(client, item), copy.compression)
        count, chunk = 0, list[str]()
        for line in lines(copy, data, names):
            count += 1
            row = _row(copy, columns, converters, line, item, load)
            if row is None:
                if load.errors > copy.max_errors:
                    load.files.append((item.url, count))
                    raise _TooMany
                continue
            chunk.append(row)
            if len(chunk) >= 2000:
                yield "".join(chunk).encode()
                chunk = []
        load.files.append((item.url, count))
        yield "".join(chunk).encode()


def _row(
    copy: Copy, columns: Sequence[Column], converters: Sequence[Converter], line: Line, item: s3.Object, load: Load
) -> str | None:
    """A row for PostgreSQL; None where it is bad, which is then noted."""
    fields = list(line.fields)
    problem = line.problem or _shape(copy, columns, fields)
    if problem:
        raw = copy.delimiter.join(f or "" for f in fields)
        load.note(BadRow(item.url, line.number, None, 0, raw, "", *problem))
        return None
    parts = []
    for at, (column, convert) in enumerate(zip(columns, converters, strict=True)):
        field = fields[at]
        try:
            value = _value(copy, column, convert, field)
        except Bad as bad:
            before = copy.delimiter.join(f or "" for f in fields[:at])
            raw = copy.delimiter.join(f or "" for f in fields)
            load.note(
                BadRow(item.url, line.number, column, len(before) + (at > 0), raw, field or "", bad.code, bad.reason)
            )
            return None
        parts.append("\\N" if value is None else value.translate(_ESCAPES) if column.is_text else value)
    return "\t".join(parts) + "\n"


def _shape(copy: Copy, columns: Sequence[Column], fields: list[str | None]) -> tuple[int, str] | None:
    if len(fields) < len(columns):
        if not copy.fill:
            return 1214, "Delimiter not found"
        fields += [None] * (len(columns) - len(fields))
    if len(fields) > len(columns):
        return 1202, "Extra column(s) found"
    return None


def _value(copy: Copy, column: Column, convert: Converter, field: str | None) -> str | None:
    missing = field is None or field == copy.null_as
    if not missing and field is not None:
        if not field:
            missing = copy.empty_as_null or not column.is_text
        elif copy.blanks_as_null and column.is_text and not field.strip():
            missing = True
    if missing or field is None:
        if column.required:
            raise Bad(1213, "Missing data for not-null field")
        return None
    return convert(field)
