"""The replay's rules on invented rows: what each day's drops hold, and what is refused."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from spark_app.runtime.errors import UsageError
from spark_app.shops.olist import ReplayError, ReplaySummary, replay
from tests.olist.tiny_dump import FILES, checksums, drops, order, picked, write_dump

P, A, S, D = "2017-01-01 10:00:00", "2017-01-02 09:00:00", "2017-01-04 08:00:00", "2017-01-09 07:00:00"


@pytest.mark.parametrize(
    ("times", "final", "expected"),
    [
        pytest.param(
            (P, A, S, D),
            "delivered",
            [
                ("2017-01-01", "created", P, "", "", "", P),
                ("2017-01-02", "approved", P, A, "", "", A),
                ("2017-01-04", "shipped", P, A, S, "", S),
                ("2017-01-09", "delivered", P, A, S, D, D),
            ],
            id="a row per event day, later times empty",
        ),
        pytest.param(
            (P, "2017-01-01 11:00:00", "", ""),
            "invoiced",
            [("2017-01-01", "invoiced", P, "2017-01-01 11:00:00", "", "", "2017-01-01 11:00:00")],
            id="one day: the state at its end, the dump's status",
        ),
        pytest.param(
            (P, A, S, ""),
            "canceled",
            [
                ("2017-01-01", "created", P, "", "", "", P),
                ("2017-01-02", "approved", P, A, "", "", A),
                ("2017-01-04", "canceled", P, A, S, "", S),
            ],
            id="canceled in the last row only",
        ),
        pytest.param(
            (P, D, S, A),
            "delivered",
            [
                ("2017-01-01", "created", P, "", "", "", P),
                ("2017-01-02", "delivered", P, "", "", A, A),
                ("2017-01-04", "delivered", P, "", S, A, S),
                ("2017-01-09", "delivered", P, D, S, A, D),
            ],
            id="events out of order: furthest stage, latest time known",
        ),
        pytest.param(
            (A, P, "2016-12-30 00:00:00", ""),
            "shipped",
            [("2017-01-02", "shipped", A, P, "2016-12-30 00:00:00", "", A)],
            id="events before the purchase are sent with it",
        ),
        pytest.param(
            (P, "", "", ""),
            "delivered",
            [("2017-01-01", "delivered", P, "", "", "", P)],
            id="delivered without a time",
        ),
    ],
)
def test_an_order_is_sent_as_known_at_each_days_end(
    tmp_path: Path, times: tuple[str, ...], final: str, expected: list[tuple[str, ...]]
) -> None:
    replay(write_dump(tmp_path / "dump", order(*times, status=final)), str(tmp_path / "landing"))
    sent = drops(tmp_path / "landing", "orders")
    assert picked(sent, "dt status purchased_at approved_at shipped_at delivered_at updated_at") == expected
    assert {row["estimated_delivery_at"] for row in sent} == {"2017-02-01 00:00:00"}
    assert {row["customer_id"] for row in sent} == {"c"}


@pytest.mark.parametrize(
    ("times", "final", "expected"),
    [
        ((P, A, S, D), "delivered", [("2017-01-01", "pending", "", P), ("2017-01-02", "paid", A, A)]),
        (
            (P, "2017-01-01 11:00:00", S, D),
            "delivered",
            [("2017-01-01", "paid", *["2017-01-01 11:00:00"] * 2)],
        ),
        ((P, "", S, D), "delivered", [("2017-01-01", "pending", "", P)]),
        ((P, A, "", ""), "unavailable", [("2017-01-01", "pending", "", P), ("2017-01-02", "refunded", A, A)]),
        (
            (P, A, S, ""),
            "canceled",
            [
                ("2017-01-01", "pending", "", P),
                ("2017-01-02", "paid", A, A),
                ("2017-01-04", "refunded", A, S),
            ],
        ),
        ((P, "", "", ""), "canceled", [("2017-01-01", "voided", "", P)]),
        ((A, P, "", ""), "approved", [("2017-01-02", "paid", P, A)]),
    ],
)
def test_a_payment_follows_its_order(
    tmp_path: Path, times: tuple[str, ...], final: str, expected: list[tuple[str, ...]]
) -> None:
    dump = order(*times, status=final, payment="1,not_defined,3,0.00")
    replay(write_dump(tmp_path / "dump", dump), str(tmp_path / "landing"))
    sent = drops(tmp_path / "landing", "payments")
    assert picked(sent, "dt status paid_at updated_at") == expected
    fixed = set(picked(sent, "order_id payment_sequence method installments amount"))
    assert fixed == {("o", "1", "not_defined", "3", "0.00")}


def test_every_byte_of_a_review_is_kept(tmp_path: Path) -> None:
    comment = ' "péssimo",\r\nlinha\rúltima\n😀 '
    quoted = comment.replace('"', '""')
    dump = order(P, "", "", "", status="created") | {
        "reviews": [f'r,o,1," tí\rtulo ","{quoted}",2017-01-20 00:00:00,2017-01-21 12:00:00']
    }
    replay(write_dump(tmp_path / "dump", dump), str(tmp_path / "landing"))
    (review,) = drops(tmp_path / "landing", "reviews")
    assert review == {
        "review_id": "r",
        "order_id": "o",
        "score": "1",
        "title": " tí\rtulo ",
        "comment": comment,
        "created_at": "2017-01-20 00:00:00",
        "answered_at": "2017-01-21 12:00:00",
        "updated_at": "2017-01-21 12:00:00",
        "dt": "2017-01-20",
    }


def test_products_are_sent_when_first_sold_with_english_categories(tmp_path: Path) -> None:
    dump = order(P, "", "", "", status="created") | {
        "items": ["o,1,p1,s,,1.5,0", "o,2,p2,s,,2,0", "o,3,p3,s,,3.00,0"],
        "products": [f"{name},{category},1,1,4,9,8,7,6" for name, category in
                     [("p1", "livros"), ("p2", "novidade"), ("p3", ""), ("unsold", "livros")]],
        "translation": ["livros,books"],
    }  # fmt: skip
    replay(write_dump(tmp_path / "dump", dump), str(tmp_path / "landing"))
    products = drops(tmp_path / "landing", "products")
    assert picked(products, "dt product_id category weight_g length_cm height_cm width_cm photos updated_at") == [
        ("2017-01-01", "p1", "books", "9", "8", "7", "6", "4", P),
        ("2017-01-01", "p2", "novidade", "9", "8", "7", "6", "4", P),
        ("2017-01-01", "p3", "", "9", "8", "7", "6", "4", P),
    ]
    items = drops(tmp_path / "landing", "order_items")
    assert picked(items, "item_number quantity unit_price") == [
        ("1", "1", "1.5"),
        ("2", "1", "2"),
        ("3", "1", "3.00"),
    ]


def test_two_orders_of_a_customer_in_one_second_are_two_rows(tmp_path: Path) -> None:
    dump = {
        "customers": ["c2,c,02000,rio,RJ", "c1,c,01000,sao paulo,SP"],
        "orders": [f"o2,c2,created,{P},,,,", f"o1,c1,created,{P},,,,"],
    }
    replay(write_dump(tmp_path / "dump", dump), str(tmp_path / "landing"))
    sent = drops(tmp_path / "landing", "customers")
    assert picked(sent, "customer_id postal_code country created_at updated_at") == [
        ("c", "01000", "BR", P, P),
        ("c", "02000", "BR", P, P),
    ]


def test_start_and_end_cut_days_and_change_none(tmp_path: Path) -> None:
    source = write_dump(tmp_path / "dump", order(P, A, S, D, status="delivered"))
    replay(source, str(tmp_path / "whole"))
    landing = tmp_path / "a part"
    summary = replay(source, landing.as_uri(), date(2017, 1, 2), date(2017, 1, 8))
    assert summary == ReplaySummary(
        days=2,
        files=12,
        rows={"customers": 0, "products": 0, "orders": 2, "order_items": 0, "payments": 1, "reviews": 0},
        first_day=date(2017, 1, 2),
        last_day=date(2017, 1, 4),
    )
    whole = checksums(tmp_path / "whole")
    assert checksums(landing) == {
        name: sums for name, sums in whole.items() if "dt=2017-01-02" in name or "dt=2017-01-04" in name
    }


def test_a_day_nothing_happened_on_gives_no_drop(tmp_path: Path) -> None:
    source = write_dump(tmp_path / "dump", order(P, A, S, D, status="delivered"))
    summary = replay(source, str(tmp_path / "landing"), date(2017, 1, 5), date(2017, 1, 8))
    assert (summary.days, summary.files, summary.first_day, summary.last_day) == (0, 0, None, None)
    assert not (tmp_path / "landing").exists()


def test_the_dumps_column_order_does_not_matter(tmp_path: Path) -> None:
    source = write_dump(tmp_path / "dump", order(P, "", "", "", status="created"))
    header, line = (
        "order_id,payment_value,extra,payment_type,payment_installments,payment_sequential",
        "o,7.00,x,boleto,2,1",
    )
    (source / "olist_order_payments_dataset.csv").write_text(f"\ufeff{header}\n{line}\n", encoding="utf-8")
    replay(source, str(tmp_path / "landing"))
    sent = drops(tmp_path / "landing", "payments")
    assert picked(sent, "payment_sequence method installments amount") == [("1", "boleto", "2", "7.00")]


# --- what cannot be replayed -----------------------------------------------------------------------------


@pytest.mark.parametrize("file", FILES)
def test_each_of_the_nine_files_is_needed(tmp_path: Path, file: str) -> None:
    source = write_dump(tmp_path / "dump", {})
    (source / file).unlink()
    with pytest.raises(ReplayError, match=rf"{file} is missing .* nine files"):
        replay(source, str(tmp_path / "landing"))


def test_a_missing_column_is_named(tmp_path: Path) -> None:
    source = write_dump(tmp_path / "dump", {})
    file = source / "olist_products_dataset.csv"
    file.write_text(file.read_text().replace("_lenght", "_length", 1))
    with pytest.raises(
        ReplayError,
        match=r"olist_products_dataset.csv .*product_name_lenght: expected .* found .*name_length",
    ):
        replay(source, str(tmp_path / "landing"))


@pytest.mark.parametrize(
    ("dump", "message"),
    [
        (
            order("01/02/2017", "", "", "", status="created"),
            "olist_orders_dataset.csv: 1 .*purchase_timestamp .*'01/02/2017'",
        ),
        (order("", "", "", "", status="created"), "olist_orders_dataset.csv: 1 .*order_purchase_timestamp"),
        (
            order(P, "2017-02-30 00:00:00", "", "", status="created"),
            "olist_orders_dataset.csv: 1 .*order_approved_at",
        ),
        (
            {"payments": ["lost,1,boleto,1,1.00"]},
            "olist_order_payments_dataset.csv: 1 .*olist_orders_dataset.csv lacks.*'lost'",
        ),
        ({"payments": ["too,few"]}, "olist_order_payments_dataset.csv cannot be read"),
    ],
)
def test_rows_that_cannot_be_dated_are_named(tmp_path: Path, dump: dict[str, list[str]], message: str) -> None:
    with pytest.raises(ReplayError, match=message):
        replay(write_dump(tmp_path / "dump", dump), str(tmp_path / "landing"))
    assert not (tmp_path / "landing").exists()


def test_wrong_range_and_foreign_landing_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ReplayError, match="start 2017-01-02 lies after its end 2017-01-01"):
        replay(tmp_path, str(tmp_path), date(2017, 1, 2), date(2017, 1, 1))
    with pytest.raises(UsageError, match="found 's3://shop/landing'"):
        replay(tmp_path, "s3://shop/landing")
