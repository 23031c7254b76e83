"""`doctor --write`: a mapping proposed for a sample; of foreign shops at most five lines are to be changed."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from spark_app.cli.doctor import doctor
from spark_app.contracts.mapping import Source
from spark_app.contracts.sources import load_source
from spark_app.doctor.proposal import proposal
from tests.support.foreign_shops import amazon_settlement, paypal_ledger, shopify_orders, square_items
from tests.support.mapping import CONTRACTS, conf_with, source_of

pytestmark = pytest.mark.core

KIOSK = sorted((Path(__file__).resolve().parents[2] / "data" / "kiosk" / "landing").rglob("*.csv"))
MOST = 5


def proposed(folder: Path, *files: Path, source: str = "shop") -> Source:
    text = proposal(files, source, "files", CONTRACTS)
    (folder / "shop.yaml").write_text(text, encoding="utf-8")
    return load_source("shop", CONTRACTS, folder)


def written(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def different(found: Source, wanted: Source) -> list[str]:
    """Lines to change: columns that are made otherwise or not at all, and what is said of the shop and of rows."""
    lines = ["timezone"] if found.timezone != wanted.timezone else []
    for entity, (part,) in wanted.entities.items():
        (mine,) = found.entities.get(entity, (None,))
        if mine is None:
            lines += [f"{entity}.{name}" for name in part.columns]
            continue
        lines += [f"{entity}.where"] if mine.where != part.where else []
        lines += [f"{entity}.{name}" for name, column in part.columns.items() if mine.columns.get(name) != column]
    return lines


def test_of_the_kiosk_what_only_the_shop_knows_is_left_to_say(tmp_path: Path) -> None:
    wanted = load_source("kiosk", CONTRACTS)
    found = proposed(tmp_path, *KIOSK, source="kiosk")
    # The same in other words: `symbols: $USD` for an expression, and codes of words that stand in no sample.
    alike = {"payments.amount", "orders.status"}
    assert [line for line in different(found, wanted) if line not in alike] == [
        "timezone", "payments.method", "payments.status", "customers.country", "products.category",
    ]  # fmt: skip
    codes = found.entities["orders"][0].columns["status"].codes
    assert codes.items() <= wanted.entities["orders"][0].columns["status"].codes.items()


SHOPIFY = """
    source: shop
    timezone: America/New_York
    datasets:
      files:
        columns: [Name, Email, Financial Status, Paid at, Fulfillment Status, Fulfilled at, Currency, Shipping, Total,
          Created at, Lineitem quantity, Lineitem name, Lineitem price, Lineitem sku, Billing City, Billing Zip,
          Billing Country, Payment Method, Vendor]
    entities:
      orders:
        from: files
        columns:
          order_id: Name
          customer_id: Email
          status: {column: Fulfillment Status, codes: {fulfilled: shipped, unfulfilled: processing}, default: created}
          purchased_at: Created at
          approved_at: Paid at
          shipped_at: Fulfilled at
          currency: Currency
          updated_at: Created at
      order_items:
        from: files
        columns:
          order_id: Name
          item_number: {number_by: [Name]}
          product_id: Lineitem sku
          quantity: Lineitem quantity
          unit_price: Lineitem price
          freight_amount: Shipping
          updated_at: Created at
      payments:
        from: files
        columns:
          order_id: Name
          payment_sequence: {default: "1"}
          method: {column: Payment Method, codes: {Shopify Payments: credit_card}}
          status: {column: Financial Status, default: paid}
          amount: Total
          currency: Currency
          paid_at: Paid at
          updated_at: Created at
      customers:
        from: files
        columns: {customer_id: Email, email: Email, city: Billing City, postal_code: Billing Zip,
          country: Billing Country, updated_at: Created at}
      products:
        from: files
        columns: {product_id: Lineitem sku, name: Lineitem name, brand: Vendor, list_price: Lineitem price, updated_at: Created at}
"""  # noqa: E501


def test_of_a_shopify_export_little_is_left_to_say(tmp_path: Path) -> None:
    found = proposed(tmp_path, written(tmp_path, "orders_export.csv", shopify_orders(60)))
    (tmp_path / "wanted").mkdir()
    assert len(different(found, source_of(tmp_path / "wanted", SHOPIFY))) <= MOST
    (carried,) = found.datasets["files"].carry_down
    assert carried.within == ("Name",)
    assert {"Financial Status", "Total", "Billing City"} <= set(carried.columns)
    assert not {"Shipping", "Email", "Lineitem sku"} & set(carried.columns)


LEDGER = """
    source: shop
    timezone: America/Los_Angeles
    datasets:
      files: {columns: [Date, Time, TimeZone, Type, Currency, Gross, Invoice Number, Transaction ID]}
    entities:
      payments:
        from: files
        where: type in ('Express Checkout Payment')
        columns:
          order_id: Invoice Number
          payment_sequence: {number_by: [Invoice Number]}
          method: {default: paypal}
          status: {column: Type, codes: {Express Checkout Payment: paid}}
          amount: {expression: "replace(gross, '-', '')", number: {decimal: ".", thousands: ","}}
          currency: Currency
          paid_at: &when {expression: "concat(date, ' ', time, ' ', timezone)", formats: ["M/d/yyyy HH:mm:ss z"]}
          updated_at: *when
      refunds:
        from: files
        where: type in ('Payment Refund')
        columns:
          refund_id: Transaction ID
          order_id: Invoice Number
          amount: {expression: "replace(gross, '-', '')", number: {decimal: ".", thousands: ","}}
          refunded_at: *when
          updated_at: *when
"""


def test_of_a_ledger_little_is_left_to_say(tmp_path: Path) -> None:
    found = proposed(tmp_path, written(tmp_path, "activity.csv", paypal_ledger(60)))
    (tmp_path / "wanted").mkdir()
    assert different(found, source_of(tmp_path / "wanted", LEDGER)) == ["timezone"]


def test_a_ledger_in_which_nothing_is_paid_has_no_payments(tmp_path: Path) -> None:
    found = proposed(tmp_path, written(tmp_path, "a.csv", "Order,Type,Gross\n1,Refund,-9.50\n2,Fee,-0.30\n"))
    assert set(found.entities) == {"refunds"}
    assert found.entities["refunds"][0].where == "type in ('Refund')"


SQUARE = """
    source: shop
    timezone: America/Los_Angeles
    datasets:
      files: {columns: [Date, Time, Item, Qty, SKU, Gross Sales, Transaction ID, Event Type, Location, Customer ID,
        Customer Name, Category]}
    entities:
      orders:
        from: files
        where: event_type in ('Payment')
        columns:
          order_id: Transaction ID
          customer_id: {column: Customer ID, default: unknown}
          status: {default: completed}
          purchased_at: {expression: "concat(date, ' ', time)"}
          store_id: Location
          updated_at: {expression: "concat(date, ' ', time)"}
      order_items:
        from: files
        where: event_type in ('Payment')
        columns:
          order_id: Transaction ID
          item_number: {number_by: [Transaction ID]}
          product_id: SKU
          quantity: Qty
          line_amount: {column: Gross Sales, number: {decimal: ".", thousands: ",", symbols: "$"}}
          updated_at: {expression: "concat(date, ' ', time)"}
      customers:
        from: files
        where: coalesce(customer_id, '') <> ''
        columns: {customer_id: Customer ID, name: Customer Name, country: {default: US},
          updated_at: {expression: "concat(date, ' ', time)"}}
      products:
        from: files
        where: event_type in ('Payment')
        columns: {product_id: SKU, name: Item, category: Category, updated_at: {expression: "concat(date, ' ', time)"}}
"""


def test_of_the_items_of_a_till_little_is_left_to_say(tmp_path: Path) -> None:
    found = proposed(tmp_path, written(tmp_path, "items.csv", square_items(60)))
    (tmp_path / "wanted").mkdir()
    assert different(found, source_of(tmp_path / "wanted", SQUARE)) == ["timezone", "customers.country"]


AMAZON = """
    source: shop
    datasets:
      files: {columns: [currency, transaction-type, order-id, amount-description, amount, posted-date-time, sku,
        quantity-purchased]}
    entities:
      orders:
        from: files
        where: transaction_type in ('Order')
        columns:
          order_id: order-id
          customer_id: {default: unknown}
          status: {default: completed}
          purchased_at: posted-date-time
          currency: currency
          updated_at: posted-date-time
      order_items:
        from: files
        where: transaction_type in ('Order') and amount_description in ('Principal')
        columns:
          order_id: order-id
          item_number: {number_by: [order-id]}
          product_id: sku
          quantity: quantity-purchased
          line_amount: amount
          updated_at: posted-date-time
      products:
        from: files
        where: transaction_type in ('Order') and amount_description in ('Principal')
        columns: {product_id: sku, updated_at: posted-date-time}
"""


def test_of_a_settlement_little_is_left_to_say(tmp_path: Path) -> None:
    found = proposed(tmp_path, written(tmp_path, "settlement.txt", amazon_settlement(50)))
    (tmp_path / "wanted").mkdir()
    assert different(found, source_of(tmp_path / "wanted", AMAZON)) == []
    files = found.datasets["files"]
    assert (files.separator, files.read.endings, files.carry_down) == ("\t", (".txt",), ())
    assert "payments" not in found.entities


def test_a_file_that_tells_no_time_is_of_its_drops_day(tmp_path: Path) -> None:
    found = proposed(tmp_path, written(tmp_path, "a.csv", "Order,Type,Gross\n1,Sale,9.50\n2,Fee,-0.30\n"))
    assert found.entities["payments"][0].columns["updated_at"].expression == "cast(_batch_date as string)"


def test_the_command_writes_a_new_source_and_asks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LAKEHOUSE_CONF", str(conf_with(tmp_path, "source: shop")))
    sample = ["--write", "--file", str(written(tmp_path, "Activity (2).csv", paypal_ledger(20)))]
    done = CliRunner().invoke(doctor, [*sample, "--source", "ledger"])
    assert done.exit_code == 0, done.output
    assert "note: timezone: which zone are times without one in?" in done.output
    assert list(load_source("ledger", CONTRACTS, tmp_path / "conf" / "sources").datasets) == ["activity"]
    again = CliRunner().invoke(doctor, [*sample, "--source", "ledger"])
    assert "is there already, and is not written over" in str(again.exception)
