"""Tables of the warehouse that nobody reads, with what loading them costs. Pure, but for what `ops` tables say."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal

from spark_app.contracts.left_out import SETTING
from spark_app.costs.advice import MONTH_DAYS, Advice
from spark_app.costs.loads import load_dollars
from spark_app.costs.reads import LONGEST_GAP, WATCHED_DAYS, TableReads, read_last_look
from spark_app.lake.paths import Lake

_TOO_LITTLE = Decimal("0.0001")  # of a month, the least that is written


def advise_unread(lake: Lake, dispensable: Collection[str], now: datetime) -> list[Advice]:
    """Advice of what `ops.table_reads` and `ops.costs` have; `dispensable`: the tables that can be left out."""
    first = now.date() - timedelta(days=MONTH_DAYS - 1)
    return unread(read_last_look(lake), dispensable, load_dollars(lake, first, now.date()), now)


def unread(
    look: Sequence[TableReads], dispensable: Collection[str], dollars: Mapping[str, Decimal], now: datetime
) -> list[Advice]:
    """Of each table that nobody has read for thirty days of watching, the dearest first.

    `dollars`: what runs of the last thirty days were billed for loading each. One that costs nothing is not mentioned:
    it has not changed, so its readers may have been answered from Redshift's cache, which no statistics show.
    """
    before = now - timedelta(days=WATCHED_DAYS)
    found = []
    for one in look:
        is_watched = (
            one.watched_since is not None and one.watched_since <= before and now - one.looked_at <= LONGEST_GAP
        )
        is_read = one.last_read_at is not None and one.last_read_at > before
        saved = dollars.get(one.table_name, Decimal(0)).quantize(_TOO_LITTLE)
        if is_watched and not is_read and one.table_name in dispensable and saved:
            setting = f"{SETTING}: [{one.table_name}]"
            found.append(Advice(f"leave {one.table_name} out of Redshift", saved, setting, _because(one)))
    return sorted(found, key=lambda advice: (-advice.dollars_a_month, advice.what))


def _because(one: TableReads) -> str:
    since = one.last_read_at or one.watched_since
    assert since is not None  # it was watched
    word = "has read it since" if one.last_read_at else "has read it, watched since"
    return (
        f"nobody but the loading user {word} {since.date()}; the seconds that its loads took of what runs were billed. "
        "What Redshift itself charges for the load and for keeping it is not in it"
    )
