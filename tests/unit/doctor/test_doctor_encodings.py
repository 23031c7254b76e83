"""Bytes in, the encoding in which they make sense out."""

from __future__ import annotations

import pytest

from spark_app.doctor.encodings import likeliest

pytestmark = pytest.mark.core


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("name,price\nKäse,5 €\nBrot,2 €\nTee,3 €\n", "cp1252"),
        ("Bestellnummer;Preis\n1;12,50€\n2;3,00€\n", "cp1252"),
        ("nom;ville\nZoé;Besançon – centre\n", "cp1252"),
        ("注文番号,単価\nA-1,1200\n", "cp932"),
        (
            "注文番号,氏名,商品コード,支払方法\nA-1,山田太郎,MUG-1,クレジットカード\nA-2,鈴木花子,SPN-1,代金引換\n",
            "cp932",
        ),
        ("订单号,单价\nA-1,1200\n", "gb18030"),
        ("имя,город\nАнна,Москва\n", "cp1251"),
        ("nazwa;miasto\nŁyżka;Gdańsk\nŻuraw;Łódź\n", "cp1250"),
    ],
)
def test_the_encoding_in_which_words_are_words(text: str, encoding: str) -> None:
    found = likeliest(text.encode(encoding))
    assert found is not None
    assert (found.encoding, found.text) == (encoding, text)


def test_people_are_shown_words_before_signs() -> None:
    found = likeliest("a;b\n5 €;3 €\nMüller;7 €\n".encode("cp1252"))
    assert found is not None
    assert found.words == ("Müller", "€")
