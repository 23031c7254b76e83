"""Rows that cannot be used are quarantined with file, row, column, what was found and what was expected."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

import pytest

from tests.badinput.dirt import (
    ALL_AT_ONCE,
    AMOUNTS,
    FILES,
    MEGABYTE,
    NOTHING,
    PAYMENTS,
    QUANTITIES,
    SHAPES,
    TIMES,
    TIMES_GIVEN,
    Dirty,
)
from tests.support.files import lake_rows, ops_rows

Where = list[tuple[int, str, str | None, str | None]]


def reasons(dirty: Dirty, entity: str, day: str, file: str = "a.csv") -> Where:
    """(row number, rule, column, found) of what a file's rows broke."""
    return [
        (row["row_number"], reason["rule"], reason["column"], reason["found"])
        for row in dirty.of(entity, day, file)
        for reason in row["reasons"]
    ]


def test_days_that_are_mostly_dirt_are_withheld_their_causes_first(dirty: Dirty) -> None:
    """Which files, what was found and expected; of each kind of file two are named."""
    assert dirty.outcome.release is None
    lines = dirty.outcome.message.splitlines()
    empty = [text for text in lines if "the file is empty; expected a header row" in text]
    assert len(empty) == 1
    assert empty[0].startswith(
        f"    orders: orders/dt={FILES}/blank.csv, orders/dt={FILES}/bom-only.csv and 2 more files"
    )
    lacking = (
        f"    orders: the header of orders/dt={FILES}/without-status.csv has no `status`, which orders.status needs"
    )
    assert lacking in lines
    rules = [text for text in lines if "most rows can be used" in text]
    assert lines.index(lacking) < lines.index(rules[0])
    assert "reviews" not in " ".join(rules)  # need not come daily
    assert lines[-1].startswith("    set aside: ")


def test_amounts_are_exact_or_quarantined(dirty: Dirty) -> None:
    kept = lake_rows(
        dirty.home, "silver.payments", f"SELECT order_id, amount FROM data WHERE _batch_date = '{PAYMENTS}'"
    )
    expected = {name: Decimal(amount) for name, (_, amount) in AMOUNTS.items() if amount}
    assert {name: amount for name, amount in kept if not name.startswith("enough")} == expected


def test_unusable_amounts_are_shown_as_they_were(dirty: Dirty) -> None:
    found = [where for where in reasons(dirty, "payments", PAYMENTS) if where[2] == "amount"]
    rules = {"negative": "amount is not negative", "trillion": "amount is plausible"}
    assert found == [
        (number, rules.get(name, "amount is a decimal"), "amount", given)
        for number, (name, (given, kept)) in enumerate(AMOUNTS.items(), 1)
        if kept is None
    ]


def test_unknown_codes_and_blanks_are_quarantined_and_say_what_was_expected(dirty: Dirty) -> None:
    last = len(AMOUNTS)
    assert reasons(dirty, "payments", PAYMENTS)[-2:] == [
        (last + 1, "known payment method", "method", "not_defined"),
        (last + 2, "method is present", "method", None),
    ]
    expected = dirty.of("payments", PAYMENTS)[-2]["reasons"][0]["expected"]
    assert expected.startswith("one of credit_card, debit_card, ")


def test_a_payment_of_zero_is_odd_but_kept(dirty: Dirty) -> None:
    where = "rule = 'amount is not zero' AND table_name = 'silver.payments'"
    sql = f"SELECT rows_broken, passed, effect FROM ops_rows WHERE {where}"
    assert ops_rows(dirty.home, "quality_results", sql) == [(1, False, "warned")]


def test_times_are_whole_and_become_utc(dirty: Dirty) -> None:
    sql = f"SELECT order_id, approved_at::TIMESTAMP FROM data WHERE _batch_date = '{TIMES}'"
    expected = {name: datetime.fromisoformat(kept) for name, (_, kept) in TIMES_GIVEN.items() if kept}
    assert dict(lake_rows(dirty.home, "silver.orders", sql)) == expected


def test_what_is_no_time_is_quarantined(dirty: Dirty) -> None:
    assert reasons(dirty, "orders", TIMES) == [
        (number, "approved_at is a timestamp", "approved_at", given)
        for number, (given, kept) in enumerate(TIMES_GIVEN.values(), 1)
        if kept is None
    ]


def test_quantities_have_three_decimals_and_are_not_negative(dirty: Dirty) -> None:
    sql = f"SELECT order_id, quantity FROM data WHERE _batch_date = '{PAYMENTS}'"
    expected = {name: kept for name, (_, kept) in QUANTITIES.items() if kept}
    assert {name: str(kept) for name, kept in lake_rows(dirty.home, "silver.order_items", sql)} == expected
    first = list(QUANTITIES).index("four-decimals") + 1
    assert reasons(dirty, "order_items", PAYMENTS) == [
        (first, "quantity is a decimal", "quantity", "0.1234"),
        (first + 1, "quantity is not negative", "quantity", "-1"),
        (first + 2, "line amount is plausible", None, None),
    ]


def test_rows_of_too_few_or_too_many_fields_are_torn_and_shown_as_they_stood(dirty: Dirty) -> None:
    start = "o,5,,,2024-03-01 09:00:00,,2024-03-01 09:00:00"
    assert reasons(dirty, "reviews", SHAPES, "few-many.csv") == [
        (2, "row is whole", None, f"too-many,{start},surplus,more"),
        (4, "row is whole", None, "too-few,o,5"),
        (6, "row is whole", None, f"too-many-empty,{start},,"),
    ]
    expected = {row["reasons"][0]["expected"] for row in dirty.of("reviews", SHAPES, "few-many.csv")}
    assert expected == {"as many fields as the header has names"}


def test_tens_of_thousands_of_fields_are_one_torn_row(dirty: Dirty) -> None:
    ((number, rule, _, found),) = reasons(dirty, "reviews", SHAPES, "very-many.csv")
    assert (number, rule, str(found)[:11]) == (1, "row is whole", "very-many,o")


@pytest.mark.parametrize(
    ("file", "expected"),
    [
        ("quoted.csv", [(3, "score from 1 to 5", "score", "9")]),
        ("quoted-2.csv", [(2, "score is an int", "score", "ten")]),
    ],
)
def test_row_numbers_count_records_not_lines(dirty: Dirty, file: str, expected: Where) -> None:
    assert reasons(dirty, "reviews", SHAPES, file) == expected


def test_a_quote_that_does_not_end_costs_its_own_line(dirty: Dirty) -> None:
    ((number, rule, _, found),) = reasons(dirty, "reviews", SHAPES, "open-quote.csv")
    assert (number, rule) == (2, "row is whole")
    why = "line 3: a quoted field does not end; it opened on line 3 and would take in 1 line"
    assert found == f'{why}: open,o,5,"never closed,'
    (warning,) = [text for text in dirty.outcome.record.warnings if "open-quote.csv" in text]
    assert warning == f"reviews/dt={SHAPES}/open-quote.csv: {why}; 1 row quarantined, 2 rows read"


def test_a_quote_in_the_middle_of_a_field_costs_its_own_line(dirty: Dirty) -> None:
    ((number, rule, _, found),) = reasons(dirty, "reviews", SHAPES, "inner-quotes.csv")
    assert (number, rule) == (1, "row is whole")
    assert str(found).startswith('line 2: a quote in the middle of a field: inner,o,5,3" pipe')
    (row,) = dirty.of("reviews", SHAPES, "inner-quotes.csv")
    assert row["reasons"][0]["expected"] == "quotes in their places (RFC 4180)"


@pytest.mark.parametrize(
    ("file", "rows"), [("few-many.csv", 6), ("quoted.csv", 4), ("open-quote.csv", 3), ("inner-quotes.csv", 2)]
)
def test_the_ledger_has_the_rows_that_each_file_holds(dirty: Dirty, file: str, rows: int) -> None:
    sql = f"SELECT rows FROM ops_rows WHERE file = 'reviews/dt={SHAPES}/{file}'"
    assert ops_rows(dirty.home, "ingested_files", sql) == [(rows,)]


def test_rows_of_nothing_are_passed_over_and_counted(dirty: Dirty) -> None:
    assert dirty.of("reviews", NOTHING) == []
    kept = lake_rows(dirty.home, "silver.reviews", f"SELECT review_id FROM data WHERE _batch_date = '{NOTHING}'")
    assert kept == [("something",)]
    sql = (
        "SELECT rows_landed, rows_accepted, rows_quarantined, rows_passed_over, balanced FROM ops_rows "
        f"WHERE entity = 'reviews' AND batch_date = '{NOTHING}'"
    )
    assert ops_rows(dirty.home, "reconciliation", sql) == [(9, 1, 1, 7, True)]
    assert f"reviews {NOTHING}: 7 rows hold nothing but separators and blanks; passed over" in (
        dirty.outcome.record.warnings
    )


def test_a_row_of_nothing_but_an_unknown_column_is_a_row(dirty: Dirty) -> None:
    assert reasons(dirty, "reviews", NOTHING, "extra.csv")[0] == (2, "review_id is present", "review_id", None)


def test_bytes_that_are_no_utf_8_are_quarantined_in_keys_and_marked_elsewhere(dirty: Dirty) -> None:
    assert reasons(dirty, "reviews", SHAPES, "latin-1.csv") == [(2, "text is valid UTF-8", "review_id", "cl\ufffd")]
    comment = lake_rows(dirty.home, "silver.reviews", "SELECT comment FROM data WHERE review_id = 'latin-1'")
    assert comment == [("caf\ufffd",)]
    sql = "SELECT rows_broken, effect FROM ops_rows WHERE rule = 'optional text is valid UTF-8' AND rows_broken > 0"
    assert ops_rows(dirty.home, "quality_results", sql) == [(1, "warned")]


def test_bytes_of_no_text_cost_their_row(dirty: Dirty) -> None:
    """Also a tail of zeros, as a disk leaves them that lost what was written last."""
    (row, tail) = reasons(dirty, "reviews", SHAPES, "zeros.csv")
    assert row == (2, "text is valid UTF-8", None, "line 3: a zero byte")
    assert tail[:3] == (4, "row is whole", None)
    kept = lake_rows(dirty.home, "silver.reviews", "SELECT review_id FROM data WHERE review_id LIKE '%-zero'")
    assert sorted(kept) == [("after-zero",), ("before-zero",)]
    (warning,) = [text for text in dirty.outcome.record.warnings if "/zeros.csv" in text]
    assert warning == f"reviews/dt={SHAPES}/zeros.csv: line 3: a zero byte, and 1 more; 2 rows quarantined, 2 rows read"


def test_text_is_kept_to_the_letter(dirty: Dirty) -> None:
    found = dict(lake_rows(dirty.home, "silver.reviews", "SELECT review_id, coalesce(comment, title) FROM data"))
    said = 'said\r\n\r\n"much",\nand more'
    names = ["q1", "q2", "q4", "q5"]
    assert [found[name] for name in names] == [said, "x", 'say "hi"', said]
    assert found["megabyte"] == MEGABYTE


def test_what_follows_a_broken_row_is_kept(dirty: Dirty) -> None:
    sql = f"SELECT review_id FROM data WHERE _batch_date = '{SHAPES}' AND _row_number > 0"
    found = {name for (name,) in lake_rows(dirty.home, "silver.reviews", sql)}
    between = {f"between-{n}" for n in range(3)}
    after = {"after-it", "after-very-many", "before-open", "swallowed", "after-inner", "q4", *between}
    assert after <= found


def test_a_day_on_which_all_six_break_at_once(dirty: Dirty) -> None:
    rules = {
        row["entity"]: row["reasons"][0]["rule"] for row in dirty.quarantine if str(row["batch_date"]) == ALL_AT_ONCE
    }
    assert rules == {
        "customers": "customer_id is present",
        "products": "weight_g is not negative",
        "orders": "known order status",
        "order_items": "unit_price is not negative",
        "payments": "known payment status",
        "reviews": "score from 1 to 5",
    }
    sql = "SELECT order_id, order_amount, customer_id FROM data WHERE order_id = 'all'"
    assert lake_rows(dirty.home, "gold.fact_orders", sql) == [("all", Decimal("10.00"), "all")]


def test_nothing_is_lost_on_any_day(dirty: Dirty) -> None:
    sql = (
        "SELECT entity, batch_date FROM ops_rows WHERE NOT balanced "
        "OR rows_landed <> rows_accepted + rows_superseded + rows_quarantined + rows_passed_over"
    )
    assert ops_rows(dirty.home, "reconciliation", sql) == []
    landed = ops_rows(dirty.home, "reconciliation", "SELECT sum(rows_quarantined) FROM ops_rows")
    assert landed == [(len(dirty.quarantine),)]
