"""Columns are known by what shops call them, in their languages."""

from __future__ import annotations

import pytest

from spark_app.doctor.header_names import NAMES, plain_name, without_accents
from spark_app.doctor.matching import matched
from spark_app.doctor.sample import Sample

pytestmark = pytest.mark.core


@pytest.mark.parametrize(
    ("header", "plain"),
    [
        ("Order_No", "order no"), ("customer.email", "customer email"), ("Einzelpreis (brutto)", "einzelpreis"),
        ("Nº do pedido", "n do pedido"), ("N° de commande", "n de commande"), ("Stück", "stuck"),
        ("line_items.sku", "sku"), ("line_items.name", "item name"), ("line_items.total", "line total"),
        ("name", "name"), ("総額(税込)", "総額"),
    ],
)  # fmt: skip
def test_headers_are_compared_without_accents_and_what_stands_in_brackets(header: str, plain: str) -> None:
    assert plain_name(header) == plain


def test_no_name_has_what_is_taken_from_headers() -> None:
    names = [name for of_role in NAMES.values() for name in of_role]
    assert [name for name in names if plain_name(name) != name] == []
    assert without_accents("größe, łódź, デ") == "grosse, lodz, デ"


@pytest.mark.parametrize(
    ("headers", "roles"),
    [
        (
            ["Bestellnummer", "Datum", "Kundennr", "E-Mail", "Artikelnummer", "Menge", "Einzelpreis", "MwSt-Betrag"],
            ["order_id", "purchased_at", "customer_id", "email", "product_id", "quantity", "unit_price", "tax"],
        ),
        (
            ["N° de commande", "Date de commande", "Référence", "Quantité", "Prix unitaire", "Remise", "Frais de port"],
            ["order_id", "purchased_at", "product_id", "quantity", "unit_price", "discount", "freight"],
        ),
        (
            ["Número de pedido", "Fecha", "Cliente", "Cantidad", "Precio unitario", "Descuento", "Gastos de envío"],
            ["order_id", "purchased_at", "customer_id", "quantity", "unit_price", "discount", "freight"],
        ),
        (["注文番号", "注文日時", "商品コード", "数量", "単価", "消費税", "送料"],
         ["order_id", "purchased_at", "product_id", "quantity", "unit_price", "tax", "freight"]),
        (["订单号", "下单时间", "商品编号", "数量", "单价", "实付金额", "运费"],
         ["order_id", "purchased_at", "product_id", "quantity", "unit_price", "pay_amount", "freight"]),
    ],
    ids=["German", "French", "Spanish", "Japanese", "Chinese"],
)  # fmt: skip
def test_each_column_is_found(headers: list[str], roles: list[str]) -> None:
    values = {"purchased_at": "2024-03-05", "email": "a@shop.test"}
    sample = Sample(tuple(headers), [[values.get(role, "1") for role in roles]])
    found = matched(sample)
    assert {role: found[role].header for role in roles} == dict(zip(roles, headers, strict=True))
