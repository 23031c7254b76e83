"""conf/prices.yaml against the Price List API, as botocore's stubber answers for it."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.stub import Stubber

from spark_app.costs.price_list import Change, changes, price_of, rewritten, wanted
from spark_app.costs.prices import load_prices
from spark_app.runtime.errors import LakehouseError
from spark_app.runtime.settings import conf_dir

PRICES = load_prices()
D = Decimal


def product(usage: str, *dollars: str, begin: Iterable[str] = ("0",)) -> str:
    """A product as the API has it, of several tiers where several prices are given."""
    tiers = {
        f"t{at}": {"beginRange": first, "pricePerUnit": {"USD": price}}
        for at, (first, price) in enumerate(zip(begin, dollars, strict=True))
    }
    terms = {"OnDemand": {"offer": {"priceDimensions": tiers}}}
    return json.dumps({"product": {"attributes": {"usagetype": usage}}, "terms": terms})


def listed(**other: str) -> dict[str, list[str]]:
    """Service and first filter → all products of the file's prices; `other`: usage type → price that changed."""
    found: dict[str, list[str]] = defaultdict(list)
    for one in wanted(PRICES):
        value: Any = PRICES
        for name in one.where:
            value = getattr(value, name)
        price = other.get(one.usage, f"{value / one.times:f}")
        found[f"{one.service} {one.filters}"].append(product(f"USE1-{one.usage}", price))
    return found


@contextmanager
def api(products: Mapping[str, list[str]]) -> Iterator[Any]:
    """Answers in the order that they are asked for, each checked for its filters."""
    pricing = boto3.client("pricing", region_name="us-east-1", aws_access_key_id="x", aws_secret_access_key="x")
    with Stubber(pricing) as stub:
        for asked in dict.fromkeys((one.service, one.filters) for one in wanted(PRICES)):
            filters = [("regionCode", "us-east-1"), *asked[1]]
            expected = {
                "ServiceCode": asked[0],
                "Filters": [{"Type": "TERM_MATCH", "Field": field, "Value": value} for field, value in filters],
            }
            stub.add_response("get_products", {"PriceList": products[f"{asked[0]} {asked[1]}"]}, expected)
        yield pricing
        stub.assert_no_pending_responses()


def test_prices_as_they_are_written_down_are_no_change() -> None:
    with api(listed()) as pricing:
        assert changes(pricing, PRICES) == []


def test_what_changed_is_found_by_the_thousand_too() -> None:
    with api(listed(**{"ETL-DPU-Hour": "0.5000000000", "Requests-Tier1": "0.0000060000"})) as pricing:
        found = changes(pricing, PRICES)
    assert found == [
        Change(("glue", "dpu_hour"), D("0.44"), D("0.5")),
        Change(("s3", "writes_per_1000"), D("0.005"), D("0.006")),
    ]


def dpu_hour(*products: str) -> Decimal:
    (one,) = [one for one in wanted(PRICES) if one.where == ("glue", "dpu_hour")]
    return price_of(one, [json.loads(text) for text in products], "us-east-1")


def test_of_tiers_the_first_and_of_usage_types_the_very_one() -> None:
    tiers = product("ETL-DPU-Hour", "0.44", "0.40", begin=("0", "100"))
    assert dpu_hour(tiers, product("USE1-ETL-DPU-Hour-Gen2", "9"), product("USE1-Flex-ETL-DPU-Hour", "0.29")) == D(
        "0.44"
    )


@pytest.mark.parametrize(
    ("products", "said"),
    [
        ([], "found none for AWSGlue ETL-DPU-Hour in us-east-1, expected one price"),
        ([product("ETL-DPU-Hour", "0")], "found none"),
        ([product("ETL-DPU-Hour", "0.44"), product("USE1-ETL-DPU-Hour", "0.50")], "found 0.44, 0.5 for"),
    ],
)
def test_a_price_that_is_not_found_or_not_one_is_told(products: list[str], said: str) -> None:
    with pytest.raises(LakehouseError, match=said):
        dpu_hour(*products)


def test_the_file_keeps_its_comments_and_gets_prices_and_day(tmp_path: Path) -> None:
    path = tmp_path / "prices.yaml"
    path.write_text((conf_dir() / "prices.yaml").read_text())
    found = [
        Change(("glue", "dpu_hour"), D("0.44"), D("0.5")),
        Change(("emr_serverless", "arm64", "vcpu_hour"), D("0.042094"), D("0.043")),
        Change(("emr_serverless", "arm64", "storage_gb_hour"), D("0.000111"), D("0.000112")),
    ]
    text = rewritten(path, found, "2026-12-24")
    before = path.read_text()
    path.write_text(text)
    now = load_prices(path)
    assert (now.glue.dpu_hour, now.emr_serverless.arm64.vcpu_hour, str(now.date)) == (
        D("0.5"),
        D("0.043"),
        "2026-12-24",
    )
    assert now.emr_serverless.arm64.storage_gb_hour == D("0.000112")
    assert now.emr_serverless.arm64.memory_gb_hour == PRICES.emr_serverless.arm64.memory_gb_hour
    differ = [(a, b) for a, b in zip(before.splitlines(), text.splitlines(), strict=True) if a != b]
    assert len(differ) == 3, "of every other line not a letter"
