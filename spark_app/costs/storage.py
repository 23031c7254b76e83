"""What tables take up, and what that costs in S3. Pure: names and sizes in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from spark_app.costs.bill import S3Usage, bill_s3
from spark_app.costs.prices import Prices


@dataclass(frozen=True)
class Stored:
    """A table's files, of all its versions, and dollars of a month in S3 Standard."""

    name: str
    files: int
    stored_bytes: int
    dollars_a_month: Decimal


def stored(landing: Mapping[str, int], lake: Mapping[str, int], prices: Prices) -> list[Stored]:
    """Each dataset of landing and each table of the lake, the dearest first, by path below their roots → bytes."""
    rows = [
        Stored(".".join(table), len(sizes), sum(sizes), bill_s3(S3Usage(sum(sizes)), prices).dollars)
        for table, sizes in sizes_by_table(landing, lake).items()
    ]
    return sorted(rows, key=lambda one: (-one.stored_bytes, one.name))


def sizes_by_table(landing: Mapping[str, int], lake: Mapping[str, int]) -> dict[tuple[str, str], list[int]]:
    """(`landing`, dataset) or (layer, table) -> bytes of each of its files."""
    found: dict[tuple[str, str], list[int]] = {}
    for name, size in landing.items():
        found.setdefault(("landing", name.partition("/")[0]), []).append(size)
    for name, size in lake.items():
        layer, _, rest = name.partition("/")
        found.setdefault((layer, rest.partition("/")[0]), []).append(size)
    return found
