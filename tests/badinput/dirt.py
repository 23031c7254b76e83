"""A week of drops with every untidiness we have met; each row's id says what is wrong with it, or not."""

from __future__ import annotations

import gzip
import random
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from spark_app.runs.request import Outcome
from tests.support.files import header, line, lines, put

# What the days are about.
FILES, PAYMENTS, TIMES, SHAPES, LINE_ENDS, NAMES, NOTHING, ALL_AT_ONCE = (f"2024-03-0{n}" for n in range(1, 9))

WIDE_SPACES = " " * 300_000
MEGABYTE = "x" * 700_000 + WIDE_SPACES + "end"

# Values of one payment each: id -> what differs from a good one, and the amount kept (None: quarantined).
AMOUNTS: Mapping[str, tuple[str, str | None]] = {
    "plain": ("19.99", "19.99"),
    "whole": ("20", "20.00"),
    "trailing-zeros": ("19.9900", "19.99"),
    "no-leading-zero": (".5", "0.50"),
    "thousand": ("1e3", "1000.00"),
    "padded": (" 7.10 ", "7.10"),
    "zero": ("0.00", "0.00"),
    "most": ("999999999999.99", "999999999999.99"),
    "german": ("1.234,56", None),
    "grouped": ("1,234.56", None),
    "dollar": ("$5.00", None),
    "too-fine": ("19.999", None),
    "hair-too-fine": ("19.9900000000000000001", None),
    "tiny": ("1e-15", None),
    "too-large": ("99999999999999999.00", None),
    "trillion": ("1000000000000.00", None),
    "far-too-large": ("1e99", None),
    "negative": ("-5.00", None),
    "not-a-number": ("NaN", None),
    "infinite": ("Infinity", None),
    "word": ("ten", None),
    "hex": ("0x10", None),
    "arabic-digits": ("١٢", None),
}
# Values of orders.approved_at: what is kept in UTC (None: quarantined).
TIMES_GIVEN: Mapping[str, tuple[str, str | None]] = {
    "day": ("2024-03-02", "2024-03-02 00:00:00"),
    "minute": ("2024-03-02 10:30", "2024-03-02 10:30:00"),
    "t": ("2024-03-02T10:30:05", "2024-03-02 10:30:05"),
    "fraction": ("2024-03-02 10:30:05.123456", "2024-03-02 10:30:05.123456"),
    "zulu": ("2024-03-02T10:30:00Z", "2024-03-02 10:30:00"),
    "east": ("2024-03-02T10:30:00+02:00", "2024-03-02 08:30:00"),
    "west": ("2024-03-02 23:30:00-0300", "2024-03-03 02:30:00"),
    "utc": ("2024-03-02 10:30:00 UTC", "2024-03-02 10:30:00"),
    "leap-day": ("2024-02-29 10:00:00", "2024-02-29 10:00:00"),
    "first-day-of-dotnet": ("0001-01-01 00:00:00", "0001-01-01 00:00:00"),
    "last-day": ("9999-12-31 23:59:59", "9999-12-31 23:59:59"),
    "no-such-day": ("31/02/2017", None),
    "no-such-iso-day": ("2017-02-31", None),
    "year": ("2017", None),
    "month": ("2017-05", None),
    "american": ("05/23/2017 10:00", None),
    "no-such-hour": ("2024-03-02 25:00:00", None),
    "one-digit": ("2024-3-2", None),
    "compact": ("20240302", None),
    "epoch": ("1709375400", None),
    "null": ("null", None),
}
# Values of order_items.quantity.
QUANTITIES: Mapping[str, tuple[str, str | None]] = {
    "two": ("2", "2.000"),
    "two-point-zero": ("2.0", "2.000"),
    "plus": ("+2", "2.000"),
    "leading-zeros": ("002", "2.000"),
    "none-given": ("", "1.000"),
    "two-and-a-half": ("2.5", "2.500"),
    "none": ("0", "0.000"),
    "more-than-an-int": ("2147483648", "2147483648.000"),
    "four-decimals": ("0.1234", None),
    "minus": ("-1", None),
}
# Odd names of good files.
FILE_NAMES = (
    "with space.csv", "plus+sign.csv", "per%cent.csv", "per%20cent.csv", "[brackets].csv", "{braces},x.csv",
    "aste*risk?.csv", "back\\slash.csv", "12:30.csv", "ünïcode.csv", "hash#tag.csv", "amp&eq=.csv", "semi;colon.csv",
    "zip me.csv.gz",
)  # fmt: skip


@dataclass(frozen=True)
class Dirty:
    """The home of the run over all the dirt, how it ended, and what it quarantined."""

    home: Path
    outcome: Outcome
    quarantine: list[dict[str, Any]]

    def of(self, entity: str, day: str, file: str = "a.csv") -> list[dict[str, Any]]:
        """Quarantined rows of one file, in its order."""
        landed = f"{entity}/dt={day}/{file}"
        return [row for row in self.quarantine if row["source_file"] == landed and row["entity"] == entity]


def make(landing: Path) -> None:
    """Write all of it."""
    _files(landing)
    _values(landing)
    _shapes(landing)
    _line_ends(landing)
    _names(landing)
    _nothing(landing)
    _all_at_once(landing)


def _files(landing: Path) -> None:
    def order(name: str, content: str | bytes) -> None:
        put(landing, "orders", FILES, name, content)

    random_bytes = random.Random(7).randbytes(5000)
    order("a-good.csv", lines("orders", {"order_id": "good"}))
    order("binary.csv", bytes(range(256)) * 20)
    order("blank.csv", "\n\n")
    order("bom-only.csv", b"\xef\xbb\xbf")
    order("duplicate.csv", header("orders") + ",order_id\n" + line("orders", order_id="duplicate") + ",x\n")
    order("empty.csv", b"")
    order("empty.csv.gz", gzip.compress(b""))
    order("header-only.csv", header("orders") + "\n")
    order("headerless.csv", line("orders", order_id="headerless") + "\n")
    order("noise.csv", random_bytes.replace(b"\0", b"\x01"))
    order("not-gzip.csv.gz", lines("orders", {"order_id": "not-gzip"}))
    padded = gzip.compress(lines("orders", {"order_id": "padded"}).encode()) + b"\0" * 512
    order("padded.csv.gz", padded)
    order("packed.csv", gzip.compress(lines("orders", {"order_id": "packed"}).encode()))
    order("semicolons.csv", lines("orders", {"order_id": "semicolons"}).replace(",", ";"))
    truncated = gzip.compress(lines("orders", *[{"order_id": f"t{n}"} for n in range(999)]).encode())
    order("truncated.csv.gz", truncated[: len(truncated) // 2])
    order("utf-16-no-mark.csv", lines("orders", {"order_id": "utf-16"}).encode("utf-16-le"))
    order("wide.csv", header("orders") + ",x" * 5_000 + "\n")
    order("workbook.csv", b"PK\x03\x04\x14\0\x06\0")
    order("utf-16.csv", lines("orders", {"order_id": "utf-16"}).encode("utf-16"))
    missing = header("orders").replace(",status", "") + "\n"
    order("without-status.csv", missing + line("orders", order_id="without-status").replace(",created,", ",") + "\n")
    put(landing, "ordres", FILES, "a.csv", lines("orders", {"order_id": "unknown-entity"}))
    put(landing, "orders", "2017-02-31", "a.csv", lines("orders", {"order_id": "no-such-folder"}))
    put(landing, "orders", FILES, "notes.txt", "not a drop")
    put(landing, "orders", FILES, "_SUCCESS", "")
    order("SHOUTED.CSV", lines("orders", {"order_id": "shouted"}))


def _values(landing: Path) -> None:
    amounts = [{"order_id": name, "amount": given} for name, (given, _) in AMOUNTS.items()]
    more = [{"order_id": "not-defined", "method": "not_defined"}, {"order_id": "no-method", "method": " "}]
    # Were most rows of the day unusable, its release would be withheld.
    enough = [{"order_id": f"enough-{n}"} for n in range(30)]
    put(landing, "payments", PAYMENTS, "a.csv", lines("payments", *amounts, *more, *enough))
    times = [{"order_id": name, "approved_at": given} for name, (given, _) in TIMES_GIVEN.items()]
    put(landing, "orders", TIMES, "a.csv", lines("orders", *times))
    numbers = [{"order_id": name, "quantity": given} for name, (given, _) in QUANTITIES.items()]
    # Each value fits its column; the money of the line fits no sum.
    much = {"order_id": "too-much", "quantity": "2147483647", "unit_price": "99999999999999.99"}
    put(landing, "order_items", PAYMENTS, "a.csv", lines("order_items", *numbers, much))


def _shapes(landing: Path) -> None:
    def review(name: str, content: str | bytes) -> None:
        put(landing, "reviews", SHAPES, name, content)

    good = [line("reviews", review_id=f"between-{n}") for n in range(3)]
    broken = 'said\r\n\r\n"much",\nand more'
    review("few-many.csv", "\n".join([
        header("reviews"), good[0], line("reviews", review_id="too-many") + ",surplus,more", good[1],
        "too-few,o,5", "", good[2], line("reviews", review_id="too-many-empty") + ",,", "",
    ]))  # fmt: skip
    review("quoted.csv", lines(
        "reviews", {"review_id": "q1", "comment": broken}, {"review_id": "q2", "title": "\nx\n"},
        {"review_id": "q3", "score": "9"}, {"review_id": "q4", "comment": 'say "hi"'},
    ))  # fmt: skip
    review(
        "quoted-2.csv", lines("reviews", {"review_id": "q5", "comment": broken}, {"review_id": "q6", "score": "ten"})
    )
    review("megabyte.csv", lines("reviews", {"review_id": "megabyte", "comment": MEGABYTE}, {"review_id": "after-it"}))
    bad_comment = line("reviews", review_id="latin-1", comment="caf\u00e9").encode("latin-1")
    bad_key = line("reviews", review_id="cl\u00e9").encode("latin-1")
    review("latin-1.csv", b"\n".join([header("reviews").encode(), bad_comment, bad_key, b""]))
    review("zeros.csv", lines(
        "reviews", {"review_id": "before-zero"}, {"review_id": "zero", "comment": "a\0b"}, {"review_id": "after-zero"},
    ) + "\0" * 100_000)  # fmt: skip
    wide = line("reviews", review_id="very-many") + "," * 30_000
    review("very-many.csv", "\n".join([header("reviews"), wide, line("reviews", review_id="after-very-many"), ""]))
    review("open-quote.csv", "\n".join([
        header("reviews"), line("reviews", review_id="before-open"), 'open,o,5,"never closed,',
        line("reviews", review_id="swallowed"), "",
    ]))  # fmt: skip
    review("inner-quotes.csv", "\n".join([
        header("reviews"), 'inner,o,5,3" pipe,,2024-03-01,,2024-03-01', line("reviews", review_id="after-inner"), "",
    ]))  # fmt: skip


def _line_ends(landing: Path) -> None:
    def customer(name: str, content: str | bytes) -> None:
        put(landing, "customers", LINE_ENDS, name, content)

    head, quoted = header("customers"), '"2024-03-01 08:00:00"'
    rows = [
        line("customers", customer_id=f"{{}}-{n}", city="a\nb").replace("2024-03-01 08:00:00", quoted) for n in (1, 2)
    ]
    for name, ends in {
        "lf": "\n\n\n", "crlf": ("\r\n", "\r\n", "\r\n"), "cr": "\r\r\r", "crlf-then-lf": ("\r\n", "\n", "\n"),
        "lf-then-crlf": ("\n", "\r\n", "\r\n"), "no-last-end": ("\n", "\n", ""),
    }.items():  # fmt: skip
        text = "".join(part + end for part, end in zip([head, *rows], ends, strict=True))
        customer(f"{name}.csv", text.replace("{}", name))
    late = "".join(line("customers", customer_id=f"late-{n}") + ("\n" if n < 2000 else "\r\n") for n in range(2010))
    customer("late-crlf.csv", head + "\n" + late)
    customer("bom.csv", b"\xef\xbb\xbf" + lines("customers", {"customer_id": "bom"}).encode())
    customer("blank-first.csv", "\n" + lines("customers", {"customer_id": "blank-first"}))
    customer(
        "quoted-header.csv",
        '"' + head.replace(",", '","') + '"\n' + line("customers", customer_id="quoted-header") + "\n",
    )


def _names(landing: Path) -> None:
    for name in FILE_NAMES:
        content = lines("products", {"product_id": name}).encode()
        put(landing, "products", NAMES, name, gzip.compress(content) if name.endswith(".gz") else content)
    shouted = header("products").upper().replace(",", " , ") + "\n" + line("products", product_id="shouted") + "\n"
    put(landing, "products", NAMES, "shouted.csv", shouted)
    put(landing, "products", NAMES, "reordered.csv", "updated_at,product_id\n2024-03-01,reordered\n")
    extra = f"colour,{header('products')},x,x,,\nred,{line('products', product_id='extra')},1,2,,\n"
    put(landing, "products", NAMES, "extra.csv", extra)


def _nothing(landing: Path) -> None:
    """Rows without a value, as spreadsheets save them; and one that only a column nobody knows has a value of."""
    head, width = header("reviews"), header("reviews").count(",")
    nothing = [
        "," * width,
        "," * (width + 4),
        ",,",
        ",".join(['""'] * (width + 1)),
        "\u00a0,\t, ,,\u3000,\u200b,,",
        " ",
    ]
    good = line("reviews", review_id="something")
    put(landing, "reviews", NOTHING, "a.csv", "\n".join([head, nothing[0], "", good, *nothing[1:], "", ""]))
    extra = f"{head},colour\n{',' * width}, \n{',' * width},red\n"
    put(landing, "reviews", NOTHING, "extra.csv", extra)


def _all_at_once(landing: Path) -> None:
    day = ALL_AT_ONCE
    put(landing, "customers", day, "a.csv", lines("customers", {"customer_id": "all"}, {"customer_id": ""}))
    put(
        landing,
        "products",
        day,
        "a.csv",
        lines("products", {"product_id": "all"}, {"product_id": "bad", "weight_g": "-1"}),
    )
    put(landing, "orders", day, "a.csv", lines("orders", {"order_id": "all", "customer_id": "all"}, {"status": "lost"}))
    items = lines("order_items", {"order_id": "all", "product_id": "all"}, {"order_id": "bad", "unit_price": "-1"})
    put(landing, "order_items", day, "a.csv", items)
    put(landing, "payments", day, "a.csv", lines("payments", {"order_id": "all"}, {"order_id": "bad", "status": "?"}))
    put(landing, "reviews", day, "a.csv", lines("reviews", {"review_id": "all"}, {"review_id": "bad", "score": "0"}))
