"""What a proposal says of money beside prices: rows of a sample in, lines of a mapping out."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from spark_app.contracts.mapping import EntityMap, Source
from spark_app.contracts.sources import load_source
from spark_app.doctor.proposal import proposal
from tests.support.mapping import CONTRACTS

pytestmark = pytest.mark.core

GERMAN = """Bestellnummer;Datum;Kundennr;Artikelnummer;Menge;Einzelpreis;MwSt-Betrag;Rabatt;Status;Zahlart;Gesamt
1;05.03.2024 09:12;K7;A-1;2;1.012,50 €;323,32 €;0,00 €;Versendet;PayPal;2.025,00 €
1;05.03.2024 09:12;K7;B-2;1;19,90 €;3,18 €;1,99 €;Versendet;PayPal;17,91 €
2;05.03.2024 23:40;K8;A-1;1;1.012,50 €;161,66 €;0,00 €;Offen;Rechnung;1.012,50 €
3;06.03.2024 07:01;K9;C-3;-1;4,50 €;0,72 €;0,00 €;Storniert;Vorkasse;-4,50 €
"""


def proposed(folder: Path, text: str, questions: Sequence[str] = ()) -> Source:
    """The proposal for a file of this text; among its questions are these."""
    file = folder / "orders.csv"
    file.write_text(text, encoding="utf-8")
    said = proposal([file], "shop", "orders", CONTRACTS)
    (folder / "shop.yaml").write_text(said, encoding="utf-8")
    for question in questions:
        assert f"# - {question}" in said
    return load_source("shop", CONTRACTS, folder)


def part_of(source: Source, entity: str) -> EntityMap:
    (part,) = source.entities[entity]
    return part


def test_a_shop_with_taxes_in_its_prices_and_returns(tmp_path: Path) -> None:
    found = proposed(tmp_path, GERMAN)
    assert (found.defaults.currency, found.defaults.prices_include_tax) == ("EUR", True)
    lines = part_of(found, "order_items")
    assert lines.where == "menge >= 0"
    written = lines.columns["discount_amount"].number
    assert written is not None
    assert (written.decimal, written.thousands, written.symbols) == (",", ".", "€")
    assert lines.columns["tax_amount"].column == "MwSt-Betrag"
    payments = part_of(found, "payments")
    assert payments.where == "translate(gesamt, ',.€ ', '.') >= 0"
    assert payments.columns["payment_sequence"].number_by is not None
    assert payments.columns["method"].codes == {"Rechnung": "invoice", "Vorkasse": "bank_transfer"}
    refunds = part_of(found, "refunds")
    assert refunds.where == "menge < 0"
    price = "cast(translate(einzelpreis, ',.€ ', '.') as decimal(18,4))"
    amount = f"cast(abs(cast(menge as decimal(18,3)) * {price}) as decimal(18,2))"
    assert refunds.columns["amount"].expression == amount


SHARED = """Order,Date,SKU,Qty,Price,Discount,Shipping,Tax,Total
1,2024-03-05,MUG,2,12.50,2.50,4.90,2.74,{}
1,2024-03-05,BOWL,1,8.00,2.50,4.90,2.74,{}
2,2024-03-06,MUG,1,12.50,0.00,4.90,1.74,19.14
"""


def test_what_is_alike_on_all_rows_of_an_order_is_the_orders(tmp_path: Path) -> None:
    asked = ["Discount: taken as the order's, for it is alike on all of its rows"]
    found = proposed(tmp_path, SHARED.format("38.14", "38.14"), asked)
    orders, lines = part_of(found, "orders"), part_of(found, "order_items")
    names = {"discount_amount": "Discount", "shipping_amount": "Shipping", "tax_amount": "Tax"}
    assert {name: orders.columns[name].column for name in names} == names
    assert not {"discount_amount", "freight_amount", "tax_amount"} & set(lines.columns)
    assert not found.defaults.prices_include_tax


def test_a_discount_that_prices_have_had_already_is_left_out(tmp_path: Path) -> None:
    asked = ["Discount: left out, for without it prices come to the total"]
    found = proposed(tmp_path, SHARED.format("40.64", "40.64"), asked)
    assert "discount_amount" not in part_of(found, "orders").columns


def test_totals_that_nothing_comes_to_are_asked_about(tmp_path: Path) -> None:
    asked = ["have prices their taxes in them? If so: defaults: {prices_include_tax: true}"]
    proposed(tmp_path, SHARED.format("99.00", "99.00").replace("19.14", "88.00"), asked)


def test_signs_of_several_currencies_tell_none(tmp_path: Path) -> None:
    asked = ["defaults: which currency are amounts in? As defaults: {currency: EUR}"]
    text = "Order,Date,SKU,Qty,Price\n1,2024-03-05,MUG,1,€12.50\n2,2024-03-05,MUG,1,£11.00\n"
    assert proposed(tmp_path, text, asked).defaults.currency is None


def test_a_file_of_which_no_column_is_known_asks_which_they_are(tmp_path: Path) -> None:
    file = tmp_path / "a.csv"
    file.write_text("foo,bar\nx,y\n", encoding="utf-8")
    said = proposal([file], "shop", "a", CONTRACTS)
    assert "# - which columns are order_id, purchased_at, product_id, unit_price? None is known of foo, bar" in said
    assert said.rstrip().endswith("entities: {}")
