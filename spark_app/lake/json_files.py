"""Landed JSON: an object a line, or an array of them; of an object with a list in it, a row for each item of the list.

Columns are paths: `customer.email`, `tax_lines.0.price`. Rows are counted by DuckDB, which has a parser of its own, and
read by Python's. Numbers are taken as they are written: 10.50 stays 10.50.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa

from spark_app.contracts.sources import Dataset
from spark_app.lake.csv_blocks import blocks
from spark_app.lake.events import OFFSET
from spark_app.lake.landing import LandedFile
from spark_app.lake.unpack import NotReadable, Text, text_of
from spark_app.runtime import duck
from spark_app.runtime.settings import S3Settings

LARGEST_ARRAY = 256 * 1024 * 1024  # an array is held in memory; lines are not
_HEAD = 256 * 1024
_MARK = "\ufeff"


class _Number(str):
    """A number as it is written."""


@dataclass
class Seen:
    """What a file holds: rows, and names (known columns that any row has, and names that the source does not know)."""

    rows: int = 0
    known: Counter[str] = field(default_factory=Counter)
    unknown: dict[str, None] = field(default_factory=dict)


@contextmanager
def json_lines(file: LandedFile, dataset: Dataset, s3: S3Settings) -> Iterator[Iterator[list[str]]]:
    """The file's objects as lines of text, some at a time; raises as `text_of` does, and NotReadable."""
    with text_of(file, s3) as text:
        yield _items(text, dataset.read.encoding) if _is_one_text(file, text) else _lines(text, dataset.read.encoding)


def count(file: LandedFile, dataset: Dataset, s3: S3Settings) -> Seen:
    """The rows counted and the names collected, without reading them as rows."""
    seen, rows = Seen(), dataset.read.rows
    most = f"greatest(coalesce(json_array_length(j, '{_dollar(rows)}'), 0), 1)" if rows else "1"
    known = [
        f"count(*) FILTER (len(json_extract(j, '{_dollar(rows)}[*]{_dollar(inner)[1:]}')) > 0)"
        if rows and (inner := _below(name, rows)) is not None
        else f"count(json_extract(j, '{_dollar(name)}'))"
        for name in dataset.columns
    ]
    asked = f"sum(CASE WHEN json_type(j) = 'OBJECT' THEN {most} ELSE 1 END)"
    objects = "WITH v AS (SELECT TRY_CAST(l AS JSON) AS j FROM lines)"
    names = "SELECT DISTINCT unnest(json_keys(j)), false FROM v WHERE json_type(j) = 'OBJECT'"
    if rows:
        items = f"SELECT unnest(json_extract(j, '{_dollar(rows)}[*]')) AS i FROM v"
        names += f" UNION ALL SELECT DISTINCT unnest(json_keys(i)), true FROM ({items}) WHERE json_type(i) = 'OBJECT'"
    with duck.in_memory() as connection, json_lines(file, dataset, s3) as parts:
        for part in parts:
            connection.register("lines", pa.table({"l": part}))
            rows_here, *here = (
                connection.execute(f"{objects} SELECT {asked}, {', '.join(known)} FROM v").fetchone() or ()
            )
            seen.rows += int(rows_here or 0)
            seen.known.update({name: n for name, n in zip(dataset.columns, here, strict=True) if n})
            for key, of_item in sorted(connection.execute(f"{objects} {names}").fetchall()):
                name = f"{rows}.{key}" if of_item else key
                if name != OFFSET and not any(
                    _same_or_below(column, name) for column in (*dataset.columns, rows or name + "?")
                ):
                    seen.unknown[name] = None
            connection.unregister("lines")
    return seen


def rows_of(
    file: LandedFile, dataset: Dataset, header: Sequence[str], s3: S3Settings
) -> Iterator[tuple[str, list[str | None] | None]]:
    """Each row: the object as it stands, and its values by the header's names (None: it is no object)."""
    rows = dataset.read.rows
    with json_lines(file, dataset, s3) as parts:
        for line in (line for part in parts for line in part):
            try:
                found = json.loads(line, parse_float=_Number, parse_int=_Number)
            except ValueError:
                found = None
            if not isinstance(found, dict):
                yield line, None
                continue
            listed = value_at(found, rows) if rows else None
            for item in listed if isinstance(listed, list) and listed else [None]:
                yield line, [as_text(_of_row(found, item, name, rows)) for name in header]


def as_text(value: Any) -> str | None:
    """A value of JSON as bronze holds it: a list or an object as JSON."""
    if value is None or isinstance(value, str):
        return None if value is None else str(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dict | list):
        return json.dumps(_plain(value), ensure_ascii=False, default=str)
    return str(value)


def _plain(value: Any) -> Any:
    """With numbers as numbers again."""
    if isinstance(value, _Number):
        return json.loads(value)
    if isinstance(value, dict):
        return {name: _plain(one) for name, one in value.items()}
    return [_plain(one) for one in value] if isinstance(value, list) else value


def _of_row(found: dict[str, Any], item: Any, name: str, rows: str | None) -> Any:
    if rows and (inner := _below(name, rows)) is not None:
        return value_at(item, inner)
    return value_at(found, name)


def value_at(found: Any, path: str) -> Any:
    """What stands at a path; a name with points in it, as it is written, comes first."""
    if isinstance(found, dict) and path in found:
        return found[path]
    name, _, rest = path.partition(".")
    if isinstance(found, dict):
        found = found.get(name)
    elif isinstance(found, list):
        found = found[int(name)] if name.isdecimal() and int(name) < len(found) else None
    else:
        return None
    return value_at(found, rest) if rest else found


def _below(name: str, rows: str) -> str | None:
    return name[len(rows) + 1 :] if name.startswith(f"{rows}.") else None


def _same_or_below(column: str, name: str) -> bool:
    return column == name or column.startswith(f"{name}.")


def _dollar(path: str | None) -> str:
    """A path as DuckDB writes it."""
    steps = (path or "").split(".")
    quoted = [f"[{one}]" if one.isdecimal() else '."' + one.replace("'", "''").replace('"', "") + '"' for one in steps]
    return "$" + "".join(quoted)


def _is_one_text(file: LandedFile, text: Text) -> bool:
    """Whether a .json file is an array or spread over lines, rather than an object a line."""
    head = text.head(_HEAD).decode("utf-8", errors="replace").lstrip(_MARK).lstrip()
    if not head.startswith("{"):
        return head.startswith("[")
    first, more, _ = head.partition("\n")
    try:
        json.loads(first)
    except ValueError:
        return bool(more) and not file.name.lower().removesuffix(".gz").endswith((".jsonl", ".ndjson"))
    return False


def _lines(text: Text, encoding: str) -> Iterator[list[str]]:
    if encoding.lower().replace("_", "-") not in ("utf-8", "utf8"):
        yield [line for line in _whole(text, encoding).splitlines() if line.strip()]
        return
    for block in blocks(text):
        found = [line for line in block.decode("utf-8", errors="replace").split("\n") if line.strip()]
        if found:
            yield found


def _items(text: Text, encoding: str) -> Iterator[list[str]]:
    """The items of an array, or objects one after the other, each as a line."""
    whole, decoder, at = _whole(text, encoding), json.JSONDecoder(), 0
    found = []
    while True:
        while at < len(whole) and whole[at] in " \t\r\n,[]" + _MARK:
            at += 1
        if at >= len(whole):
            break
        try:
            _, end = decoder.raw_decode(whole, at)
        except ValueError as error:
            raise NotReadable(f"not JSON from character {at + 1:,} on ({error}); expected objects") from None
        found.append(whole[at:end].replace("\n", " ").replace("\r", " "))
        at = end
    yield found


def _whole(text: Text, encoding: str) -> str:
    data = text.read(LARGEST_ARRAY + 1)
    if len(data) > LARGEST_ARRAY:
        told = f"an array of more than {LARGEST_ARRAY // 1024**2} MB"
        raise NotReadable(f"{told}; expected at most so much, or an object a line (.jsonl)")
    return data.decode(encoding, errors="replace")
