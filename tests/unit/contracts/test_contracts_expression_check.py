"""A source's expressions, parsed against the file's columns before Spark starts."""

from __future__ import annotations

import pytest

from spark_app.contracts.expression_check import Fault, find_expression_faults
from spark_app.contracts.expression_words import of_one_day

COLUMNS = {"order", "line", "state", "when", "cust", "qty", "price", "ms", "day", "order_no"}
GOOD = [
    "coalesce(nullif(cust, ''), order)", "case when state = 'Cancelled' then 'a' else 'b' end", "Price::decimal(18,2)",
    "timestamp_millis(cast(ms as bigint))", "concat_ws(' ', day, when)", "substr(when, 6)", "qty <=> price",
    "transform(split(cust, ','), x -> trim(x))[0]", "from_json(cust, 'a string').a", "named_struct('a', price).a",
    "aggregate(array(1, 2), 0, (acc, x) -> acc + x)", "extract(year from to_date(day))", "date_add(to_date(day), 1)",
    "timestampadd(hour, 1, to_timestamp(day))", "trim(both 'x' from price)", "price rlike '^\\\\d+$'",
    "if(qty = '', null, qty)", "get_json_object(_extra, '$.x')", "regexp_extract(_source_file, '([^/]+)[.]csv$', 1)",
    "unix_timestamp(day, 'yyyy')", "regexp_replace(price, '[^\\\\p{L}0-9]', '')",
    "row_number() over (partition by _source_file, order order by _row_number)",
    "to_utc_timestamp(to_timestamp(day), 'Asia/Seoul')", "from_utc_timestamp(to_timestamp(day), 'Asia/Seoul')",
    "to_timestamp(concat(day, ' ', when), 'dd/MM/yyyy HH:mm')", "date_format(to_date(day), 'EEE')", "'sum(1); select'",
]  # fmt: skip
BAD = [
    ("coalesce(custt, order_)",
     ["no column 'custt'; did you mean 'cust'?", "no column 'order_'; did you mean 'order'?"]),
    ("`Order No`", ["no column 'Order No'; did you mean 'order_no'?"]),
    ("x", ["no column 'x'; valid: cust, day,"]),
    ("lines.order", ["no column 'lines'"]),
    ("sum(qty)", ["sum(…) is over many rows"]),
    ("(select 1)", ["a query"]), ("qty in (select 1)", ["a query"]), ("select price", ["a query"]),
    ("qty; drop table x", ["several statements"]), ("drop table x", ["a statement (DROP)"]),
    ("", ["it is empty"]), ("-- nothing", ["it is empty"]),
    ("replace(price, 'x'", ["cannot be read as SQL: expected ')'"]),
    ("replace(price, 'x", ["cannot be read as SQL: a quote or a comment does not close"]),
    ("price, qty", ["cannot be read as SQL"]),
    ("now()", ["now() gives something else each time"]), ("current_date", ["current_date gives something else"]),
    ("concat(uuid(), rand())", ["uuid() gives", "rand() gives"]), ("unix_timestamp()", ["unix_timestamp() gives"]),
    ("to_timestamp(day, '%Y-%m-%d')", ["to_timestamp: '%Y-%m-%d': '%Y' is no letter of a pattern"]),
    ("date_format(to_date(day), 'YYYY')", ["date_format: 'YYYY': 'YYYY' is the year of a week"]),
    ("regexp_replace(price, '[', '')", ["regexp_replace: '[': no regular expression"]),
    ("price rlike '(a'", ["rlike: '(a': no regular expression"]),
]  # fmt: skip


@pytest.mark.parametrize("expression", GOOD)
def test_what_spark_understands_is_good(expression: str) -> None:
    assert find_expression_faults(expression, COLUMNS) == []


@pytest.mark.parametrize(("expression", "said"), BAD, ids=[expression for expression, _ in BAD])
def test_all_that_is_wrong_is_told(expression: str, said: list[str]) -> None:
    told = [fault.text for fault in find_expression_faults(expression, COLUMNS)]
    assert len(told) == len(said)
    assert [one for one, text in zip(said, told, strict=True) if not text.startswith(one)] == []


def test_a_column_is_told_with_its_place() -> None:
    assert find_expression_faults("coalesce(custt, qty)", COLUMNS) == [
        Fault("no column 'custt'; did you mean 'cust'?", 9)
    ]


@pytest.mark.parametrize(
    ("expression", "given"),
    [
        ("row_number() over (partition by order order by line)",
         "row_number() over (partition by _batch_date, order order by line)"),
        ("max(qty) OVER ( ) + min(qty) over(order by line)",
         "max(qty) OVER (PARTITION BY _batch_date  ) + min(qty) over(PARTITION BY _batch_date order by line)"),
        ("concat('over (', overall)", "concat('over (', overall)"),
        ("qty", "qty"),
    ],
)  # fmt: skip
def test_a_window_sees_its_day_alone(expression: str, given: str) -> None:
    assert of_one_day(expression) == given
