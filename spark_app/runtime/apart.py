"""Which places of the settings must lie apart: in some of them things are removed that are not known there.

Under `redshift.temp` what dead loads left is swept; in a table's folder of the lake, Delta removes every file that its
log does not name. Both hold whatever a folder is called, so names are compared as the store that is most lenient does:
s3, s3a and s3n are one, case counts for nothing, links of a disk are followed.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urlparse

from spark_app.runtime.layers import TABLE_LAYERS

# The folders of the lake that hold tables, and the plain files beside them: nothing else may lie there.
LAKE_FOLDERS = (*TABLE_LAYERS, "ops", "parquet")
_S3 = re.compile(r"s3[an]?", re.IGNORECASE)


@dataclass(frozen=True)
class Overlap:
    """Two settings of which one holds the other. `mistake` says it in words, `hint` what to do."""

    name: str
    mistake: str
    hint: str


def unclear(places: Mapping[str, str]) -> Overlap | None:
    """A place in S3 that programs read differently: some take `..` and empty parts as they stand, some do not."""
    for name, uri in places.items():
        scheme, found, rest = uri.partition("://")
        parts = rest.rstrip("/").split("/")
        odd = next((part for part in parts if part in ("", ".", "..")), None)
        if found and _S3.fullmatch(scheme) and odd is not None:
            shown = f"a part {odd!r}" if odd else "an empty part"
            mistake = f"{name}: found {uri} with {shown}, expected a plain path: not all programs read it alike"
            return Overlap(name, mistake, f"write out where {name} is")
    return None


def overlap(places: Mapping[str, str]) -> Overlap | None:
    """The first pair of places that must lie apart and do not.

    `places`: setting -> absolute path or URI, of those that are given: lake, landing, reports, warehouse_path,
    redshift.temp.
    """
    temp, lake = places.get("redshift.temp"), places["lake"]
    others = {name: uri for name, uri in places.items() if name != "redshift.temp"}
    for name, uri in others.items():
        if temp is not None and (within(temp, uri) or within(uri, temp)):
            mistake = f"redshift.temp: found {temp}, and {name} is {uri}; expected a prefix apart from it: what loads "
            mistake += "leave under redshift.temp is removed"
            return Overlap(
                "redshift.temp", mistake, "set redshift.temp to a prefix of its own, as s3://bucket/tmp/redshift"
            )
    for name, uri in others.items():
        for folder in LAKE_FOLDERS if name != "lake" else ():
            if within(uri, f"{lake.rstrip('/')}/{folder}"):
                mistake = f"{name}: found {uri} among the tables of the lake {lake}; expected a place apart from them: "
                mistake += "maintenance removes there what is no table's"
                return Overlap(name, mistake, f"set {name} to a folder that is not in {lake.rstrip('/')}/{folder}")
    return None


def within(inner: str, outer: str) -> bool:
    """Whether a place is another, or lies in it."""
    return _parts(inner)[: len(_parts(outer))] == _parts(outer)


def _parts(uri: str) -> tuple[str, ...]:
    """A place as comparable words: what kind of store, then folder by folder."""
    scheme, found, rest = uri.partition("://")
    if found and scheme.casefold() != "file":
        store = "s3" if _S3.fullmatch(scheme) else scheme.casefold()
        return (store, *(part.casefold() for part in rest.split("/") if part))
    path = Path(unquote(urlparse(uri).path)) if found else Path(uri)
    return ("file", *(part.casefold() for part in Path(os.path.realpath(path)).parts))
