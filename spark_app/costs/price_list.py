"""The prices of conf/prices.yaml as AWS's Price List API has them: on demand, of one region."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from spark_app.costs.aws import aws_errors_named
from spark_app.costs.prices import Prices
from spark_app.runtime.errors import LakehouseError, SettingsError
from spark_app.runtime.yaml_lines import Document

API_REGION = "us-east-1"  # where the Price List API is, whatever region it is asked about
Where = tuple[str, ...]  # the keys in the file


@dataclass(frozen=True)
class Wanted:
    """A price of the file, and the product it is of: `usage` is its usage type without a region's prefix.

    `times`: how many of AWS's units the file's is. Of tiers the first is meant.
    """

    where: Where
    service: str
    filters: tuple[tuple[str, str], ...]
    usage: str
    times: int = 1


@dataclass(frozen=True)
class Change:
    """A price that AWS has otherwise than the file."""

    where: Where
    before: Decimal
    now: Decimal


def wanted(prices: Prices) -> list[Wanted]:
    """All prices of the file; nodes are of the types it names."""
    emr, redshift, s3 = ("ElasticMapReduce", "EMR-SERVERLESS"), "AmazonRedshift", "AmazonS3"
    serverless = (("productFamily", "EMR Serverless"),)
    found = [
        Wanted(("emr_serverless", kind, key), emr[0], serverless, f"{emr[1]}-{usage}")
        for kind, arm in (("x86_64", ""), ("arm64", "ARM-"))
        for key, usage in (
            ("vcpu_hour", f"{arm}vCPUHours"),
            ("memory_gb_hour", f"{arm}MemoryGBHours"),
            ("storage_gb_hour", "StorageGBHours"),
        )
    ]
    for kind, node in (("x86_64", prices.kubernetes.x86_64.node), ("arm64", prices.kubernetes.arm64.node)):
        filters = (("instanceType", node), *_PLAIN_LINUX)
        found.append(Wanted(("kubernetes", kind, "node_hour"), "AmazonEC2", filters, f"BoxUsage:{node}"))
    family, node = "productFamily", prices.redshift_cluster.node
    return [
        *found,
        Wanted(("glue", "dpu_hour"), "AWSGlue", (), "ETL-DPU-Hour"),
        Wanted(("redshift_cluster", "node_hour"), redshift, (("instanceType", node),), f"Node:{node}"),
        Wanted(("redshift_serverless", "rpu_hour"), redshift, ((family, "Serverless"),), "Redshift:ServerlessUsage"),
        Wanted(
            ("redshift_serverless", "storage_gb_month"),
            redshift,
            ((family, "Redshift Managed Storage"),),
            "RMS:Serverless",
        ),
        Wanted(("s3", "standard_gb_month"), s3, ((family, "Storage"),), "TimedStorage-ByteHrs"),
        Wanted(("s3", "infrequent_gb_month"), s3, ((family, "Storage"),), "TimedStorage-SIA-ByteHrs"),
        Wanted(("s3", "writes_per_1000"), s3, ((family, "API Request"),), "Requests-Tier1", 1000),
        Wanted(("s3", "reads_per_1000"), s3, ((family, "API Request"),), "Requests-Tier2", 1000),
    ]


_PLAIN_LINUX = (
    ("operatingSystem", "Linux"),
    ("tenancy", "Shared"),
    ("preInstalledSw", "NA"),
    ("capacitystatus", "Used"),
)


def changes(pricing: Any, prices: Prices) -> list[Change]:
    """The prices that differ. `pricing`: boto3's client. LakehouseError where a price is not found, or unclear."""
    products: dict[tuple[str, tuple[tuple[str, str], ...]], list[Mapping[str, Any]]] = {}
    found = list[Change]()
    for one in wanted(prices):
        asked = (one.service, one.filters)
        if asked not in products:
            products[asked] = _products(pricing, one, prices.region)
        now = price_of(one, products[asked], prices.region)
        before = _value(prices, one.where)
        if now != before:
            found.append(Change(one.where, before, now))
    return found


def price_of(one: Wanted, products: Iterable[Mapping[str, Any]], region: str) -> Decimal:
    """The one price that the products of its usage type have."""
    usage = re.compile(rf"(?:[A-Z0-9]+-)?{re.escape(one.usage)}")
    found = {
        price
        for product in products
        if usage.fullmatch(product["product"]["attributes"].get("usagetype", ""))
        for price in _first_tier(product)
    }
    if len(found) != 1:
        listed = ", ".join(f"{price:f}" for price in sorted(found)) or "none"
        raise LakehouseError(
            f"{'.'.join(one.where)}: found {listed} for {one.service} {one.usage} in {region}, expected one price",
            hint="look it up on the page that conf/prices.yaml names, and write it there",
        )
    return found.pop() * one.times


def _products(pricing: Any, one: Wanted, region: str) -> list[Mapping[str, Any]]:
    filters = [("regionCode", region), *one.filters]
    asked = [{"Type": "TERM_MATCH", "Field": field, "Value": value} for field, value in filters]
    with aws_errors_named("pricing:GetProducts", f"prices of {one.service}"):
        pages = pricing.get_paginator("get_products").paginate(ServiceCode=one.service, Filters=asked)
        return [json.loads(text) for page in pages for text in page["PriceList"]]


def _first_tier(product: Mapping[str, Any]) -> list[Decimal]:
    """Dollars on demand for the first of a product, those that are free left out."""
    terms = product.get("terms", {}).get("OnDemand", {}).values()
    dimensions = [one for term in terms for one in term["priceDimensions"].values()]
    first = [one for one in dimensions if one.get("beginRange", "0") in ("0", "")]
    given = [Decimal(one["pricePerUnit"]["USD"]) for one in first if "USD" in one["pricePerUnit"]]
    return [price.normalize() for price in given if price]


def _value(prices: Prices, where: Where) -> Decimal:
    found: Any = prices
    for name in where:
        found = getattr(found, name)
    return Decimal(found)


def rewritten(path: Path, found: Iterable[Change], day: str) -> str:
    """The file's text with the new prices and the day they were asked for; comments and all else stay."""
    document, lines = Document(path, SettingsError), path.read_text(encoding="utf-8").splitlines(keepends=True)
    values = [(one.where, f"{one.now:f}") for one in found] + [(("date",), day)]
    places = [(tuple(int(part) for part in document.place(where).split(":")), value) for where, value in values]
    for (line, column), value in sorted(places, reverse=True):  # from the end, so that places before stay true
        text = lines[line - 1]
        lines[line - 1] = text[: column - 1] + re.sub(r"^[^\s,}]+", value, text[column - 1 :])
    return "".join(lines)
