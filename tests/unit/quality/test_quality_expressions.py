"""A source's expressions put to Spark: what it cannot use is told before anything is written."""

from __future__ import annotations

from pathlib import Path

import pytest
from pyspark.sql import SparkSession

from spark_app.contracts.load import load_contracts
from spark_app.contracts.mapping import Source
from spark_app.contracts.sources import load_source
from spark_app.quality.expressions import check, explained
from spark_app.runtime.errors import SettingsError
from spark_app.runtime.settings import conf_dir
from tests.support.frames import frame

pytestmark = pytest.mark.core

CONTRACTS = load_contracts()


def source(tmp_path: Path, **expressions: str) -> Source:
    """The canonical source with expressions for columns of orders, all on one line each."""
    text = (conf_dir() / "sources" / "canonical.yaml").read_text(encoding="utf-8")
    for column, expression in expressions.items():
        old = f"      {column}: {column}\n"
        at = text.index(old, text.index("  orders:\n    from: orders"))
        text = text[:at] + f'      {column}: {{expression: "{expression}"}}\n' + text[at + len(old) :]
    (tmp_path / "canonical.yaml").write_text(text, encoding="utf-8")
    return load_source("canonical", CONTRACTS, tmp_path)


def test_what_spark_understands_passes(spark: SparkSession, tmp_path: Path) -> None:
    check(spark, source(tmp_path, status="lower(status)", shipped_at="timestamp_millis(cast(shipped_at as bigint))"))
    check(spark, source(tmp_path, status="row_number() over (partition by _source_file order by order_id)"))
    check(spark, load_source("kiosk", CONTRACTS))


def test_all_that_spark_cannot_use_is_told_with_file_line_and_column(spark: SparkSession, tmp_path: Path) -> None:
    broken = source(
        tmp_path, status="lowr(status)", shipped_at="shipped_at + array(1)", customer_id="upper(customer_id)"
    )
    with pytest.raises(SettingsError) as error:
        check(spark, broken)
    unknown, types = sorted(str(error.value).splitlines(), key=lambda line: "status" not in line)
    assert unknown.startswith(f"{tmp_path}/canonical.yaml:")
    assert unknown.endswith(": no function 'lowr'; did you mean 'lower'?")
    assert ": entities.orders.columns.shipped_at: at " in types
    assert "Spark cannot use it: " in types
    assert "SQLSTATE" not in types
    assert len(types) < 600


def test_an_aggregate_that_the_parser_does_not_know_is_told_by_spark(spark: SparkSession, tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"entities\.orders\.columns\.status"):
        check(spark, source(tmp_path, status="any(status = 'a')"))


def test_an_expression_that_fails_over_a_row_is_named(spark: SparkSession, tmp_path: Path) -> None:
    broken = source(tmp_path, shipped_at="timestamp_millis(cast(shipped_at as bigint))", status="lower(status)")
    rows = frame(spark, "shipped_at string, status string", [("99999999999999999", "a")])
    found = explained(broken, "orders", 0, rows)
    assert found is not None
    assert "entities.orders.columns.shipped_at: at " in found.message
    assert "cannot be worked out for a row: " in found.message
    assert explained(broken, "orders", 0, rows.where("status = 'b'")) is None
    assert explained(broken, "payments", 0, rows) is None
