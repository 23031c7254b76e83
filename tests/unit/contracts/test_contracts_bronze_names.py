"""Headers in any script have a bronze name each, and may stand in expressions as they are written."""

from __future__ import annotations

import pytest

from spark_app.contracts.bronze_names import bronze_names
from spark_app.contracts.expression_check import find_expression_faults as faults
from spark_app.contracts.expression_words import with_bronze_names


def test_latin_headers_are_named_as_they_ever_were() -> None:
    assert bronze_names(["Order No", "Größe (cm)", "é"]) == {
        "Order No": "order_no",
        "Größe (cm)": "gr_e_cm",
        "é": "column",
    }


def test_other_scripts_keep_their_letters() -> None:
    headers = ["注文番号", "顧客 名", "Цена (руб.)", "注文A", "番号A", "رقم الطلب"]
    names = ["注文番号", "顧客_名", "цена_руб", "注文a", "番号a", "رقم_الطلب"]
    assert list(bronze_names(headers).values()) == names


@pytest.mark.parametrize(
    ("headers", "names"),
    [
        (["Price ($)", "Price (€)", "Price"], ["price", "price_20ac", "price_2"]),
        (["Price (€)", "Price ($)"], ["price", "price_24"]),
        (
            ["%", "$", "Order-No", "Order No", "Order.No"],
            ["column", "column_24", "order_no", "order_no_2", "order_no_3"],
        ),
        (["a", "a_2", "a ", "a!"], ["a", "a_2", "a_3", "a_21"]),
    ],
)
def test_headers_that_would_be_alike_have_names_of_their_own(headers: list[str], names: list[str]) -> None:
    assert list(bronze_names(headers).values()) == names


def test_a_header_behind_others_changes_none_of_their_names() -> None:
    headers = ["Price ($)", "Price (€)", "x", "注文番号"]
    names = list(bronze_names(headers).values())
    assert all(list(bronze_names(headers[:count]).values()) == names[:count] for count in range(len(headers)))


def test_a_header_stands_in_an_expression_in_backticks() -> None:
    names = {"price (€)": "price_20ac", "注文番号": "注文番号", "order no": "order_no"}
    text = "concat(`Order No`, 'is `Order No`', `Price (€)`, `注文番号`, `other`)"
    assert with_bronze_names(text, names) == "concat(`order_no`, 'is `Order No`', `price_20ac`, `注文番号`, `other`)"
    assert faults("`Price (€)` > 0", {"price_20ac"}, ["Price (€)"]) == []
    assert faults("`Price (£)` > 0", {"price_20ac"}, ["Price (€)"]) != []
