"""The list of prices: typed, closed, and what a pod's share of a node is."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from spark_app.costs.prices import load_prices
from spark_app.runtime.errors import SettingsError
from spark_app.runtime.settings import conf_dir


def changed(tmp_path: Path, before: str, after: str) -> Path:
    text = (conf_dir() / "prices.yaml").read_text()
    assert before in text
    path = tmp_path / "prices.yaml"
    path.write_text(text.replace(before, after))
    return path


def test_prices_are_exact_and_say_where_they_are_from() -> None:
    prices = load_prices()
    assert (prices.region, prices.emr_serverless.x86_64.vcpu_hour) == ("us-east-1", Decimal("0.052624"))
    assert prices.emr_serverless.of("arm64").vcpu_hour == Decimal("0.042094")
    assert prices.glue.source.startswith("https://aws.amazon.com/glue/")


def test_a_node_is_shared_out_whole_to_its_cpus_and_memory() -> None:
    for node in (load_prices().kubernetes.of("x86_64"), load_prices().kubernetes.of("arm64")):
        whole = node.vcpu * node.vcpu_hour + node.memory_gb * node.memory_gb_hour
        assert round(whole, 6) == node.node_hour
        assert node.vcpu_hour == 9 * node.memory_gb_hour, "AWS's own weights"


@pytest.mark.parametrize(
    ("before", "after", "message"),
    [
        ("dpu_hour: 0.44", "dpu_hours: 0.44", r"prices\.yaml:\d+: glue\.dpu_hours: unknown key .* did you mean"),
        ("dpu_hour: 0.44", "dpu_hour: -1", r"glue\.dpu_hour: input should be greater than 0"),
        ("dpu_hour: 0.44", "dpu_hour: free", r"glue\.dpu_hour: .*found 'free'"),
        ("source: https://aws.amazon.com/glue/pricing/", "source: hearsay", r"glue\.source: "),
        ("date: 2026-11-29", "date: lately", r"prices\.yaml:\d+: date: "),
    ],
)
def test_what_is_no_price_is_refused_by_line(tmp_path: Path, before: str, after: str, message: str) -> None:
    with pytest.raises(SettingsError, match=message):
        load_prices(changed(tmp_path, before, after))
