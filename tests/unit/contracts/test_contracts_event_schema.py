"""What an event of a dataset looks like: a mapping in, a JSON Schema out, that accepts what silver can use."""

from __future__ import annotations

import csv
import json
import shutil
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from jsonschema import Draft202012Validator
from pyspark.sql import SparkSession

from spark_app.cli import lakehouse
from spark_app.contracts.event_schema import event_schema
from spark_app.contracts.load import load_contracts
from spark_app.contracts.mapping import Source
from spark_app.contracts.sources import load_source
from spark_app.runtime.errors import UsageError
from spark_app.runtime.settings import conf_dir
from spark_app.shops.demo import generate
from tests.support.judged import judged

CONTRACTS = load_contracts()
PAYMENT: dict[str, object] = {"order_id": "1", "payment_sequence": 1, "method": "pix", "status": "paid", "amount": 9.5}
PAYMENT |= {"updated_at": "2024-03-01 08:00:00"}


def source(columns: Mapping[str, object], headers: list[str], **more: Any) -> Source:
    """One dataset, of which payments are made."""
    dataset = {"columns": headers, **more.pop("dataset", {})}
    entity = {"from": "pays", "columns": columns, **more}
    return Source.model_validate({"source": "shop", "datasets": {"pays": dataset}, "entities": {"payments": entity}})


def accepts(schema: Mapping[str, Any], event: object) -> bool:
    return bool(Draft202012Validator(schema).is_valid(event))


def test_it_is_a_schema_of_what_the_source_reads() -> None:
    schema = event_schema(load_source("canonical", CONTRACTS), "payments", CONTRACTS)
    Draft202012Validator.check_schema(schema)
    assert schema["title"] == "canonical.payments"
    assert schema["required"] == ["order_id", "payment_sequence", "method", "status", "amount", "updated_at"]
    assert schema["properties"]["paid_at"] == {
        "description": "payments.paid_at: a time as 2024-12-31 23:59:59, in UTC unless it names its zone",
        "type": ["string", "null"],
        "pattern": "^\\s*$|[0-9]",
    }
    assert "pix" in schema["properties"]["method"]["examples"]


@pytest.mark.parametrize(
    "event",
    [PAYMENT, {**PAYMENT, "amount": "9.50", "payment_sequence": "1"}, {**PAYMENT, "paid_at": None, "till": 7}],
    ids=["numbers", "texts", "nothing and more"],
)
def test_what_may_come(event: dict[str, object]) -> None:
    assert accepts(event_schema(load_source("canonical", CONTRACTS), "payments", CONTRACTS), event)


@pytest.mark.parametrize(
    "wrong",
    [
        {"order_id": None},
        {"amount": "lots"},
        {"payment_sequence": "one"},
        {"updated_at": "this morning"},
        {"amount": [9]},
    ],
)
def test_what_silver_sets_aside_the_schema_refuses(wrong: dict[str, object], spark: SparkSession) -> None:
    schema = event_schema(load_source("canonical", CONTRACTS), "payments", CONTRACTS)
    assert not accepts(schema, {**PAYMENT, **wrong})
    landed = {name: None if value is None else json.dumps(value).strip('"') for name, value in wrong.items()}
    (found,) = judged(spark, landed).collect()
    assert found["_reasons"], "silver takes what the schema refuses"


def test_a_field_that_is_lacking_is_told() -> None:
    schema = event_schema(load_source("canonical", CONTRACTS), "payments", CONTRACTS)
    assert not accepts(schema, {name: value for name, value in PAYMENT.items() if name != "order_id"})


def test_paths_are_objects_and_items_of_the_list_that_rows_are() -> None:
    headers = ["id", "customer.email", "pays.kind", "pays.tax.0.price"]
    columns = {"order_id": "id", "method": "pays.kind", "status": {"column": "customer.email"}}
    schema = event_schema(source(columns, headers, dataset={"read": {"rows": "pays"}}), "pays", CONTRACTS)
    Draft202012Validator.check_schema(schema)
    assert schema["required"] == ["id", "customer", "pays"]
    assert schema["properties"]["customer"]["required"] == ["email"]
    assert schema["properties"]["pays"]["items"]["required"] == ["kind"]
    assert accepts(
        schema, {"id": 7, "customer": {"email": "paid"}, "pays": [{"kind": "pix"}, {"kind": "x", "tax": []}]}
    )
    assert not accepts(schema, {"id": 7, "customer": {"email": "paid"}, "pays": [{"tax": []}]})


def test_a_default_a_condition_or_a_deletion_leaves_a_field_out() -> None:
    plain = {"order_id": "id", "status": {"column": "state"}}
    assert event_schema(source(plain, ["id", "state"]), "pays", CONTRACTS)["required"] == ["id", "state"]
    told = {**plain, "status": {"column": "state", "default": "paid"}}
    assert event_schema(source(told, ["id", "state"]), "pays", CONTRACTS)["required"] == ["id"]
    assert "required" not in event_schema(source(plain, ["id", "state"], where="id > ''"), "pays", CONTRACTS)
    gone = source(plain, ["id", "state"], deleted_when="state = 'gone'")
    assert "required" not in event_schema(gone, "pays", CONTRACTS)
    carried = source(plain, ["id", "state"], dataset={"carry_down": {"columns": ["state"]}})
    assert event_schema(carried, "pays", CONTRACTS)["required"] == ["id"]


def test_formats_codes_and_expressions() -> None:
    columns = {
        "paid_at": {"column": "at", "formats": ["epoch_millis"]},
        "status": {"column": "state", "codes": {"OK": "paid"}},
        "method": {"expression": "lower(kind)"},
    }
    fields = event_schema(source(columns, ["at", "state", "kind"]), "pays", CONTRACTS)["properties"]
    assert fields["at"]["type"] == ["string", "integer", "null"]
    assert fields["at"]["description"] == "payments.paid_at: epoch_millis"
    assert fields["state"]["examples"] == ["OK"]
    assert fields["kind"] == {}, "what an expression reads may be anything"


@pytest.mark.parametrize("name", [path.stem for path in Path("conf/sources").glob("*.yaml")])
def test_each_ready_source_has_schemas(name: str) -> None:
    known = load_source(name, CONTRACTS)
    for dataset in known.datasets:
        Draft202012Validator.check_schema(event_schema(known, dataset, CONTRACTS))


def test_an_unknown_dataset_is_told_with_the_nearest_word() -> None:
    with pytest.raises(UsageError, match="no dataset 'payment'"):
        event_schema(load_source("canonical", CONTRACTS), "payment", CONTRACTS)


def test_the_command_prints_one_or_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    one = CliRunner().invoke(lakehouse, ["events", "orders"], catch_exceptions=False).output
    assert json.loads(one)["title"] == "canonical.orders"
    every = json.loads(CliRunner().invoke(lakehouse, ["events", "--source", "kiosk"], catch_exceptions=False).output)
    assert [one["title"].split(".")[0] for one in every] == ["kiosk"] * len(every)
    topics = "kafka: {servers: b:9092, topics: {shop.refunds: refunds}}\n"
    shutil.copytree(conf_dir(), tmp_path / "conf")
    with (tmp_path / "conf/local.yaml").open("a") as settings:
        settings.write(topics)
    monkeypatch.setenv("LAKEHOUSE_CONF", str(tmp_path / "conf"))
    carried = json.loads(CliRunner().invoke(lakehouse, ["events"], catch_exceptions=False).output)
    assert [one["title"] for one in carried] == ["canonical.refunds"]


def test_what_the_demo_sends_is_what_may_come(tmp_path: Path) -> None:
    generate(str(tmp_path), date(2024, 1, 1), 2, orders_per_day=10)
    known = load_source("canonical", CONTRACTS)
    seen = 0
    for path in tmp_path.rglob("*.csv"):
        schema = Draft202012Validator(event_schema(known, path.parts[-3], CONTRACTS))
        for row in csv.DictReader(path.read_text().splitlines()):
            seen += 1
            assert list(schema.iter_errors(row)) == [], path
    assert seen > 50
