"""The demo shop: its files are the same on every run, complete, and as dirty as its summary says."""

import csv
import gzip
import io
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from spark_app.runtime.errors import UsageError
from spark_app.shops.demo import DIRT_KINDS, DemoSummary, generate
from spark_app.shops.demo_rows import COLUMNS

START = date(2024, 1, 1)
DAYS = 60
MONEY = re.compile(r"\d+\.\d\d")
METHODS = {"credit_card", "debit_card", "boleto", "voucher", "paypal", "bank_transfer"}
STATUSES = {
    "orders": [
        "created",
        "approved",
        "processing",
        "invoiced",
        "shipped",
        "delivered",
        "canceled",
        "unavailable",
        "returned",
    ],
    "payments": ["pending", "authorized", "paid", "failed", "refunded", "voided"],
}
QUARANTINED = [kind for kind, fate in DIRT_KINDS if fate == "quarantined"]
KEPT = [kind for kind, fate in DIRT_KINDS if fate == "kept"]

Record = dict[str, str]


class Landed:
    """All rows of a landing: whole ones as records by entity, the others as (header, fields)."""

    def __init__(self, landing: Path) -> None:
        self.records: dict[str, list[Record]] = defaultdict(list)
        self.misshapen: list[tuple[list[str], list[str]]] = []
        for path in sorted(landing.glob("*/dt=*/*.csv*")):
            header, *lines = _lines(path)
            for fields in lines:
                if len(fields) == len(header):
                    record = dict(zip(header, fields, strict=True))
                    self.records[path.parts[-3]].append(record)
                else:
                    self.misshapen.append((header, fields))

    def latest(self, entity: str, *key: str) -> dict[tuple[str, ...], Record]:
        """The usable row with the greatest updated_at of each key, as silver should hold it."""
        usable = [record for record in self.records[entity] if not spoiled(entity, record)]
        ordered = sorted(usable, key=lambda record: record["updated_at"])
        return {tuple(record[column] for column in key): record for record in ordered}


def _lines(path: Path) -> Iterator[list[str]]:
    content = path.read_bytes()
    content = gzip.decompress(content) if path.suffix == ".gz" else content
    text = content.decode("utf-8-sig", errors="surrogateescape")
    return csv.reader(io.StringIO(text, newline=""), strict=True)


def spoiled(entity: str, record: Record) -> str | None:
    """The kind of dirt that makes a row unusable, judged by its values alone."""
    for kind, is_spoiled in SPOILED.items():
        if is_spoiled(entity, record):
            return kind
    return None


def _any(record: Record, columns: tuple[str, ...], found: Callable[[str], object]) -> bool:
    return any(column in record and bool(found(record[column])) for column in columns)


SPOILED: dict[str, Callable[[str, Record], bool]] = {
    "missing_key": lambda entity, record: any(
        record[column] == ""
        for column in {
            "customers": ("customer_id",),
            "products": ("product_id",),
            "orders": ("order_id",),
            "order_items": ("order_id", "item_number"),
            "payments": ("order_id", "payment_sequence"),
            "reviews": ("review_id", "order_id"),
            "refunds": ("refund_id", "refund_line"),
            "exchange_rates": ("currency", "rate_date"),
        }[entity]
    ),
    "missing_required": lambda _, record: _any(
        record, ("purchased_at", "unit_price", "amount", "score"), lambda text: text == ""
    ),
    "bad_date": lambda _, record: _any(
        record,
        ("purchased_at", "created_at", "updated_at", "paid_at", "delivered_at"),
        lambda text: text and not _is_time(text),
    ),
    "bad_money": lambda _, record: _any(record, ("unit_price", "amount"), lambda text: "," in text),
    "bad_quantity": lambda entity, record: entity == "order_items" and not record["quantity"].isdigit(),
    "unknown_method": lambda _, record: record.get("method", "paypal") not in METHODS,
    "unknown_status": lambda entity, record: entity in STATUSES and record["status"] not in STATUSES[entity],
    "negative_amount": lambda _, record: _any(record, ("unit_price", "amount"), lambda text: text.startswith("-")),
}


def _is_time(text: str) -> bool:
    if not re.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d", text):
        return False
    try:
        date.fromisoformat(text[:10])
    except ValueError:
        return False
    return True


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, DemoSummary]:
    landing = tmp_path_factory.mktemp("demo")
    return landing, generate(str(landing), START, DAYS)


@pytest.fixture(scope="module")
def landed(shop: tuple[Path, DemoSummary]) -> Landed:
    return Landed(shop[0])


def _contents(landing: Path) -> dict[str, bytes]:
    return {str(p.relative_to(landing)): p.read_bytes() for p in landing.rglob("*") if p.is_file()}


def test_same_arguments_give_the_same_bytes(shop: tuple[Path, DemoSummary], tmp_path: Path) -> None:
    assert generate(tmp_path.as_uri(), START, DAYS) == shop[1]
    assert _contents(tmp_path) == _contents(shop[0])


def test_another_seed_gives_another_shop(shop: tuple[Path, DemoSummary], tmp_path: Path) -> None:
    generate(str(tmp_path), START, 2, seed=8)
    assert (
        _contents(tmp_path)
        .items()
        .isdisjoint({k: v for k, v in _contents(shop[0]).items() if k.startswith("orders/")}.items())
    )


def test_a_day_does_not_depend_on_how_many_days_follow(shop: tuple[Path, DemoSummary], tmp_path: Path) -> None:
    generate(str(tmp_path), START, 25)
    days = {f"dt={START + timedelta(days=offset)}" for offset in range(25)}
    first = {name: content for name, content in _contents(shop[0]).items() if Path(name).parts[1] in days}
    assert _contents(tmp_path) == first


def test_every_entity_has_a_file_every_day(tmp_path: Path) -> None:
    # One order a day leaves days without reviews, products or customers: their files hold a header only.
    summary = generate(str(tmp_path), START, 20, orders_per_day=1)
    for entity, columns in COLUMNS.items():
        for offset in range(20):
            files = list((tmp_path / entity / f"dt={START + timedelta(days=offset)}").iterdir())
            assert files, (entity, offset)
            assert all(set(columns) <= set(next(_lines(file))) for file in files)
    assert summary.files == len(list(tmp_path.rglob("*.csv*")))


def test_summary_counts_the_rows_that_landed(shop: tuple[Path, DemoSummary], landed: Landed) -> None:
    summary = shop[1]
    whole = {entity: len(landed.records[entity]) for entity in COLUMNS}
    assert sum(summary.rows.values()) == sum(whole.values()) + len(landed.misshapen)
    untouched = ("customers", "products", "order_items", "reviews")
    assert {e: summary.rows[e] for e in untouched} == {e: whole[e] for e in untouched}


def test_summary_counts_the_rows_to_be_quarantined(shop: tuple[Path, DemoSummary], landed: Landed) -> None:
    found = Counter(kind for entity, records in landed.records.items() for r in records if (kind := spoiled(entity, r)))
    found["too_many_fields"] = sum(len(fields) > len(header) for header, fields in landed.misshapen)
    found["too_few_fields"] = sum(len(fields) < len(header) for header, fields in landed.misshapen)
    assert found == {kind: shop[1].dirt[kind] for kind in QUARANTINED}


@pytest.mark.parametrize("orders_per_day", [5, 40])
def test_every_kind_of_dirt_comes_within_60_days(orders_per_day: int, tmp_path: Path) -> None:
    summary = generate(str(tmp_path), START, DAYS, orders_per_day=orders_per_day)
    assert [kind for kind, count in summary.dirt.items() if count == 0] == []
    assert list(summary.dirt) == QUARANTINED + KEPT
    assert min(summary.quirks[quirk] for quirk in ("late", "landed_twice", "corrected")) > 0


def test_dirt_is_rare(shop: tuple[Path, DemoSummary]) -> None:
    planted = sum(count for kind, count in shop[1].dirt.items() if kind != "leading_zero_postal_code")
    assert 100 < sum(shop[1].rows.values()) / planted < 200


def test_kept_dirt_is_what_its_name_says(shop: tuple[Path, DemoSummary], landed: Landed) -> None:
    orders = landed.latest("orders", "order_id")
    items = landed.latest("order_items", "order_id", "item_number")
    payments = landed.latest("payments", "order_id", "payment_sequence")
    reviews = landed.latest("reviews", "review_id", "order_id")
    products = landed.latest("products", "product_id")
    customers = landed.latest("customers", "customer_id")
    with_items, paid_for = {key[0] for key in items}, {key[0] for key in payments}
    # Rows still under way on the last days would pass for missing ones.
    settled = {key[0] for key, order in orders.items() if order["purchased_at"] < "2024-02-20"}
    found = {
        "order_without_items": len(settled - with_items),
        "order_without_payments": len(settled - paid_for),
        "unknown_order": sum(order_id.startswith("X") for order_id in paid_for),
        "unknown_product": sum((i["product_id"],) not in products for key, i in items.items() if key[0] in settled),
        "unknown_customer": sum((orders[o,]["customer_id"],) not in customers for o in settled),
        "zero_payment": sum(payment["amount"] == "0.00" for payment in payments.values()),
        "times_out_of_order": sum("" < o["approved_at"] < o["purchased_at"] for o in orders.values()),
        "repeated_review": len(reviews) - len({review_id for review_id, _ in reviews}),
        "invalid_utf8": sum("\udcff" in review["comment"] for review in reviews.values()),
        "missing_category": sum(product["category"] == "" for product in products.values()),
        "untranslated_category": sum(not product["category"].isascii() for product in products.values()),
    }
    # A few marked rows may still be under way on the last day, or be the ones of the days left out.
    for kind, count in found.items():
        assert 0 <= shop[1].dirt[kind] - count <= 2, (kind, count, shop[1].dirt[kind])
        assert count > 0, kind
    assert any(customer["postal_code"].startswith("0") for customer in customers.values())


def _sum(record: Record, *columns: str) -> Decimal:
    return sum((Decimal(record[column]) for column in columns), Decimal(0))


def test_payments_follow_goods_discounts_shipping_and_taxes_to_the_cent(
    shop: tuple[Path, DemoSummary], landed: Landed
) -> None:
    orders = landed.latest("orders", "order_id")
    owed: dict[str, Decimal] = defaultdict(Decimal)
    paid: dict[str, Decimal] = defaultdict(Decimal)
    for (order_id, _), item in landed.latest("order_items", "order_id", "item_number").items():
        owed[order_id] += int(item["quantity"]) * Decimal(item["unit_price"]) - Decimal(item["discount_amount"])
        owed[order_id] += _sum(item, "freight_amount", "tax_amount")
    for (order_id, _), payment in landed.latest("payments", "order_id", "payment_sequence").items():
        paid[order_id] += Decimal(payment["amount"])
    settled = {key[0]: order for key, order in orders.items() if order["purchased_at"] < "2024-02-20"}
    for order_id, order in settled.items():
        owed[order_id] += _sum(order, "shipping_amount", "tax_amount") - Decimal(order["discount_amount"])
    with_lines = {key[0] for key in landed.latest("order_items", "order_id", "item_number")}
    unlike = [o for o in settled.keys() & with_lines & paid.keys() if owed[o] != paid[o]]
    assert 0 < len(unlike) <= shop[1].dirt["payment_unlike_amount"]


def test_the_shop_sells_in_three_currencies_by_two_channels_with_codes_and_sales(landed: Landed) -> None:
    orders = landed.latest("orders", "order_id").values()
    sold = Counter((order["currency"], order["channel"]) for order in orders)
    assert set(sold) == {(currency, channel) for currency in ("USD", "EUR", "BRL") for channel in ("web", "store")}
    assert min(sold.values()) > 20
    assert {bool(order["store_id"]) for order in orders if order["channel"] == "store"} == {True}
    off_orders = sum(Decimal(order["discount_amount"]) > 0 for order in orders)
    lines = landed.latest("order_items", "order_id", "item_number").values()
    off_lines = sum(Decimal(line["discount_amount"]) > 0 for line in lines)
    assert 0.1 < off_orders / len(orders) < 0.4
    assert 0.05 < off_lines / len(lines) < 0.2
    payments = landed.latest("payments", "order_id", "payment_sequence").values()
    of_order = {order["order_id"]: order["currency"] for order in orders}
    known = [paid for paid in payments if paid["order_id"] in of_order]
    assert all(of_order[paid["order_id"]] == paid["currency"] for paid in known)


def test_whole_orders_and_single_pieces_come_back_some_after_weeks(landed: Landed) -> None:
    refunds = landed.latest("refunds", "refund_id", "refund_line").values()
    orders = landed.latest("orders", "order_id")
    whole = [refund for refund in refunds if Decimal(refund["shipping_amount"]) > 0]
    late = [r for r in refunds if r["refunded_at"][:7] > orders[r["order_id"],]["purchased_at"][:7]]
    assert len(whole) > 5
    assert len(refunds) - len(whole) > 10
    assert len(late) > 10
    assert any(not refund["item_number"] for refund in refunds)


def test_every_day_says_what_the_currencies_are_worth_and_some_rates_are_put_right(landed: Landed) -> None:
    said = Counter((rate["currency"], rate["rate_date"]) for rate in landed.records["exchange_rates"])
    days = [str(START + timedelta(days=offset)) for offset in range(DAYS)]
    assert {(currency, day) for currency in ("EUR", "BRL") for day in days} <= set(said)
    assert 2 in said.values()


def test_money_is_exact_two_decimals_text(landed: Landed) -> None:
    for entity, columns in {
        "order_items": ("unit_price", "freight_amount", "discount_amount", "tax_amount"),
        "orders": ("discount_amount", "shipping_amount", "tax_amount"),
        "refunds": ("amount", "shipping_amount", "tax_amount"),
        "payments": ("amount",),
        "products": ("unit_cost", "list_price"),
    }.items():
        good = [record for record in landed.records[entity] if not spoiled(entity, record)]
        odd = {r[column] for r in good for column in columns if not MONEY.fullmatch(r[column])}
        assert odd == set(), entity


def test_untidy_files_are_among_them(shop: tuple[Path, DemoSummary]) -> None:
    files = list(shop[0].glob("*/dt=*/*.csv*"))
    contents = {f: gzip.decompress(f.read_bytes()) if f.suffix == ".gz" else f.read_bytes() for f in files}
    headers = {f: next(_lines(f)) for f in files}
    first_columns = {f: COLUMNS[f.parts[-3]] for f in files}
    assert any(f.suffix == ".gz" for f in files)
    assert any(content.startswith(b"\xef\xbb\xbf") for content in contents.values())
    assert any(b"\r\n" in content for content in contents.values())
    assert any("-2.csv" in f.name and headers[f] != list(first_columns[f]) for f in files)
    assert any(set(headers[f]) > set(first_columns[f]) for f in files)
    assert any("\n" in r["comment"] for r in Landed(shop[0]).records["reviews"])


@pytest.mark.parametrize(
    ("landing", "days", "orders_per_day", "said"),
    [
        (
            "s3://bucket/landing",
            1,
            1,
            "expected a local directory or a file: URI, found 's3://bucket/landing'",
        ),
        ("landing", 0, 1, "days: expected 1 or more, found 0"),
        ("landing", 1, 0, "orders_per_day: expected 1 or more, found 0"),
    ],
)
def test_what_cannot_be_made_is_refused(landing: str, days: int, orders_per_day: int, said: str) -> None:
    with pytest.raises(UsageError, match=re.escape(said)):
        generate(landing, START, days, orders_per_day=orders_per_day)
