"""The file of metrics: every one can be asked of its view, taken apart and put together; errors name the line."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from spark_app.contracts.ddl_script import duckdb_script
from spark_app.contracts.formula import take_apart
from spark_app.contracts.load import load_contracts
from spark_app.contracts.metrics import load_metrics
from spark_app.contracts.views import load_views
from spark_app.runtime.errors import ContractError

CONTRACTS = load_contracts()
VIEWS = load_views(CONTRACTS)
METRICS = load_metrics(VIEWS)
GOOD = """\
metrics:
  - {name: revenue, title: Revenue, view: sales_daily, sql: SUM(revenue), unit: money, better: more}
  - {name: aov, title: Mean, view: sales_daily, sql: "SUM(revenue) / NULLIF(SUM(orders), 0)", unit: money,
     better: more, description: mean}
"""


def put_together(tree, parts):
    """What the dashboards' script does, for the tests' own use."""
    if not isinstance(tree, list):
        return tree
    word, *rest = tree
    if word == "part":
        return parts[rest[0]]
    left, right = (put_together(one, parts) for one in rest)
    if word == "nullif":
        return None if left == right else left
    if left is None or right is None:
        return None
    return {"+": left + right, "-": left - right, "*": left * right, "/": left / right if right else None}[word]


@pytest.fixture(scope="module")
def warehouse():
    with duckdb.connect() as connection:
        for statement in duckdb_script([c for c in CONTRACTS.values() if c.layer == "gold"], VIEWS):
            connection.execute(statement)
        connection.execute("SET schema = 'analytics'")
        yield connection


def test_every_metric_can_be_asked_of_its_view(warehouse):
    for metric in METRICS.by_name.values():
        warehouse.execute(f"SELECT {metric.sql}, {', '.join(metric.parts)} FROM {metric.view}").fetchall()


def test_every_metric_has_a_title_and_a_definition():
    assert all(metric.title and metric.description for metric in METRICS.by_name.values())


def test_a_plain_sum_takes_its_definition_from_the_column():
    assert METRICS["orders"].description == "all orders placed"


@pytest.mark.parametrize("name", ["cancellation_rate", "average_order_value", "outstanding_amount", "review_score"])
def test_the_sums_put_together_are_the_metric(name):
    metric = METRICS[name]
    columns = "revenue, orders, canceled_orders, payment_status, amount, review_score"
    rows = "(10.5, 3, 1, 'paid', 5, 4.5), (7.25, 2, 0, 'pending', 2, NULL), (1.0, 1, 0, 'authorized', 1, 3.0)"
    with duckdb.connect() as connection:
        connection.execute(f"CREATE TABLE data AS SELECT * FROM (VALUES {rows}) AS v ({columns})")
        [asked, *parts] = connection.execute(f"SELECT {metric.sql}, {', '.join(metric.parts)} FROM data").fetchone()
    assert put_together(metric.tree, [float(part) for part in parts]) == pytest.approx(float(asked))


def test_a_mean_becomes_a_sum_and_a_count():
    parts, tree = take_apart("AVG(days * 1.0)")
    assert parts == ("SUM(days * 1.0)", "COUNT(days * 1.0)")
    assert tree == ["/", ["part", 0], ["nullif", ["part", 1], 0]]
    assert put_together(tree, [9.0, 2]) == 4.5
    assert put_together(tree, [0, 0]) is None


def test_a_parenthesis_in_a_text_is_text():
    assert take_apart("SUM(CASE WHEN a = ')' THEN 1 ELSE 0 END) * 2")[0] == (
        "SUM(CASE WHEN a = ')' THEN 1 ELSE 0 END)",
    )


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("view: sales_daily, sql: SUM(revenue), ", "view: sale_daily, sql: SUM(revenue), ",
         r":2: .*unknown view of revenue: 'sale_daily'; did you mean 'sales_daily'"),
        ("sql: SUM(revenue), ", "sql: SUM(revenu), ", r":2: .*column of sales_daily in revenue: 'revenu'; .*'revenue'"),
        ("name: aov", "name: revenue", r":3: .*'revenue' stands twice"),
        ("name: aov", "name: Aov", r":3: .*'Aov' stands twice or is no lower-case name"),
        (", description: mean}", "}", r":3: .*'aov' is not a plain sum of a column: it needs a description"),
        ("SUM(orders)", "MAX(orders)", r":3: .*aov: sql: found MAX, expected SUM"),
        ("SUM(orders)", "COUNT(DISTINCT orders)", r":3: .*aov: sql: found DISTINCT"),
        ("SUM(orders)", "(SUM(orders)", r":3: .*aov: sql: a parenthesis is not closed"),
        ("SUM(orders)", "SUM(orders) OR 1", r":3: .*aov: sql: found 'SUM.*expected arithmetic"),
        ("unit: money, better: more}", "unit: dollars, better: more}", r":2: .*'money', 'count'.*found 'dollars'"),
        ("better: more}", "better: more, titel: x}", r":2: .*unknown key 'titel'; did you mean 'title'"),
    ],
)  # fmt: skip
def test_an_error_names_the_line_and_the_nearest_word(tmp_path: Path, old, new, message):
    path = tmp_path / "metrics.yaml"
    path.write_text(GOOD.replace(old, new, 1))
    with pytest.raises(ContractError, match=message):
        load_metrics(VIEWS, path)
