"""UNLOAD ('query') TO 's3://…'."""

from __future__ import annotations

import bz2
import gzip
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import pyarrow as pa
from sqlglot import exp
from sqlglot.tokens import TokenType

from redshift_standin import s3, unload_files, wire
from redshift_standin.errors import BackendError, Refused, unsupported
from redshift_standin.rewrite import generate, parse
from redshift_standin.statements import Context, Statement, Text, split

# As many files as the stand-in says it has slices.
_SLICES = 2


@dataclass(frozen=True)
class Unload:
    """One UNLOAD. Credentials are read over and kept nowhere."""

    target: str
    format: str = "TEXT"
    delimiter: str = ""
    null_as: str = ""
    header: bool = False
    quotes: bool = False
    escape: bool = False
    manifest: bool = False
    verbose: bool = False
    compression: str = ""
    overwrite: bool = False
    clean: bool = False
    parallel: bool = True
    region: str = ""
    extension: str = ""
    authorized: bool = False


def unload(text: Text) -> Statement:
    """UNLOAD ('query') TO 's3://…' options."""
    query, target = text.tokens[2:3], text.tokens[5:6]
    if text.words(1, 1) != ("(",) or text.words(2, 3) != (")", "TO") or not target:
        raise Refused("syntax error: UNLOAD ('query') TO 's3://…'", "42601")
    inner = split(query[0].text)
    if len(inner) != 1:
        raise Refused("syntax error: UNLOAD takes one query", "42601")
    tree = parse(inner[0])
    if not isinstance(tree, exp.Query):
        raise Refused("syntax error: UNLOAD takes a query", "42601")
    if tree.args.get("limit"):
        raise Refused("Limit clause is not supported", "0A000", "in the outer SELECT of an UNLOAD")
    if not target[0].text.startswith("s3://"):
        raise unsupported("UNLOAD to elsewhere than s3://")
    options = _read(text, 6, Unload(target[0].text))
    sql = generate(tree)
    return Statement(work=lambda context: _run(context, options, sql))


_FLAGS: Mapping[str, Mapping[str, Any]] = {
    "CSV": {"format": "CSV"},
    "PARQUET": {"format": "PARQUET"},
    "TEXT": {"format": "TEXT"},
    "JSON": {"format": "JSON"},
    "HEADER": {"header": True},
    "ADDQUOTES": {"quotes": True},
    "ESCAPE": {"escape": True},
    "MANIFEST": {"manifest": True},
    "VERBOSE": {"verbose": True},
    "GZIP": {"compression": "GZIP"},
    "BZIP2": {"compression": "BZIP2"},
    "ZSTD": {"compression": "ZSTD"},
    "ALLOWOVERWRITE": {"overwrite": True},
    "CLEANPATH": {"clean": True},
    "FORMAT": {},
    "AS": {},
}
_STRINGS = {"DELIMITER": "delimiter", "NULL": "null_as", "REGION": "region", "EXTENSION": "extension"}
_SECRETS = ("IAM_ROLE", "CREDENTIALS", "ACCESS_KEY_ID", "SECRET_ACCESS_KEY", "SESSION_TOKEN")


def _read(text: Text, at: int, found: Unload) -> Unload:
    while at < len(text.tokens):
        word = text.word(at)
        if word in _FLAGS:
            found, at = replace(found, **_FLAGS[word]), at + 1
        elif word in _STRINGS or word in _SECRETS:
            value, at = _string(text, at + 1, word)
            found = replace(found, **({_STRINGS[word]: value} if word in _STRINGS else {"authorized": True}))
        elif word == "PARALLEL":
            off = text.word(at + 1) in ("OFF", "FALSE")
            found, at = replace(found, parallel=not off), at + 1 + (text.word(at + 1) in ("ON", "OFF", "TRUE", "FALSE"))
        elif word in ("MAXFILESIZE", "ROWGROUPSIZE"):
            at += 1 + (text.word(at + 1) == "AS") + 1
            at += text.word(at) in ("MB", "GB")
        else:
            raise Refused(f'stand-in: this option of UNLOAD is not supported here: "{word or "a value in quotes"}"')
    return _consistent(found)


def _consistent(found: Unload) -> Unload:
    if not found.authorized:
        raise Refused("Invalid operation: UNLOAD needs IAM_ROLE, CREDENTIALS or access keys", "42601")
    if found.format == "PARQUET" and (
        found.header or found.delimiter or found.quotes or found.escape or found.compression
    ):
        raise Refused("UNLOAD to PARQUET takes no HEADER, DELIMITER, ADDQUOTES, ESCAPE or compression", "0A000")
    if found.format == "CSV" and (found.quotes or found.escape):
        raise Refused("CSV is not compatible with ADDQUOTES and ESCAPE", "0A000")
    return replace(found, delimiter=found.delimiter or ("," if found.format == "CSV" else "|"))


def _string(text: Text, at: int, word: str) -> tuple[str, int]:
    while text.word(at) in ("AS", "DEFAULT"):
        if text.word(at) == "DEFAULT":
            return "", at + 1
        at += 1
    if at >= len(text.tokens) or text.tokens[at].token_type != TokenType.STRING:
        raise Refused(f"syntax error: {word} needs a value in quotes", "42601")
    return {"\\t": "\t"}.get(text.tokens[at].text, text.tokens[at].text), at + 1


def _run(context: Context, options: Unload, sql: str) -> str:
    names, kinds, rows = _rows(context, sql)
    client = s3.client(context.server.s3_endpoint, options.region)
    there = s3.keys_under(client, options.target)
    if options.clean:
        s3.delete(client, s3.parts(options.target)[0], there)
    elif there and not options.overwrite:
        raise Refused(
            "Specified unload destination on S3 is not empty. Consider using a different bucket / prefix, manually "
            "removing the target files in S3, or using the ALLOWOVERWRITE option.",
            "XX000",
        )
    slices = _SLICES if options.parallel else 1
    entries = []
    for number in range(slices):
        part = rows[number::slices]
        if options.format == "PARQUET" and not part:
            continue
        name = f"{number:04d}_part_00" if options.parallel else "000"
        url = options.target + name + _suffix(options)
        data = _packed(options.compression, unload_files.content(options, names, kinds, part))
        s3.write(client, url, data)
        meta = {"content_length": len(data)} | ({"record_count": len(part)} if options.verbose else {})
        entries.append({"url": url, "meta": meta})
    if options.manifest:
        s3.write(client, options.target + "manifest", json.dumps({"entries": entries}).encode())
    context.tell(f"UNLOAD completed, {len(rows)} record(s) unloaded successfully.")
    return "UNLOAD"


def _suffix(options: Unload) -> str:
    packed = {"": "", "GZIP": ".gz", "BZIP2": ".bz2", "ZSTD": ".zst"}[options.compression]
    if options.extension:
        return "." + options.extension
    return (".parquet" if options.format == "PARQUET" else "") + packed


def _packed(compression: str, data: bytes) -> bytes:
    if compression == "GZIP":
        return gzip.compress(data)
    if compression == "BZIP2":
        return bz2.compress(data)
    if compression == "ZSTD":
        return bytes(pa.compress(data, "zstd", asbytes=True))
    return data


def _rows(context: Context, sql: str) -> tuple[list[str], list[tuple[int, int]], Sequence[tuple[str | None, ...]]]:
    names: list[str] = []
    kinds: list[tuple[int, int]] = []
    rows: list[tuple[str | None, ...]] = []
    failure: BackendError | None = None
    for kind, body in context.backend.query(sql):
        if kind == b"T":
            described = wire.columns_of(body)
            names = [name for name, _, _ in described]
            kinds = [(oid, modifier) for _, oid, modifier in described]
        elif kind == b"D":
            rows.append(wire.row_of(body))
        elif kind == b"E":
            failure = BackendError(wire.fields_of(body))
    if failure:
        raise failure
    return names, kinds, rows
