"""Where tables lie, and what delta-rs is told of the store."""

from __future__ import annotations

from spark_app.lake.paths import Lake, Landing
from spark_app.runtime.settings import S3Settings


def test_a_tables_place_is_layer_and_name() -> None:
    assert Lake("s3a://b/lake/").table("gold.daily_sales").path == "s3a://b/lake/gold/daily_sales"
    assert Landing("/shop/landing/").folder("orders", "dt=2024-03-01") == "/shop/landing/orders/dt=2024-03-01"


def test_on_a_disk_there_is_nothing_to_say() -> None:
    assert Lake("/shop/lake").storage_options == {}


def test_a_store_that_is_not_aws_is_reached_by_its_address_and_commits_conditionally() -> None:
    s3 = S3Settings(endpoint="http://minio:9000", region="us-east-1", path_style=True, log_table=None)
    options = Lake("s3a://b/lake", s3).storage_options
    assert options["aws_endpoint"] == "http://minio:9000"
    assert options["aws_allow_http"] == "true"
    assert options["aws_virtual_hosted_style_request"] == "false"
    assert options["aws_conditional_put"] == "etag"


def test_aws_itself_is_told_no_address() -> None:
    options = Lake("s3a://b/lake").storage_options
    assert not {"aws_endpoint", "aws_allow_http", "aws_virtual_hosted_style_request"} & set(options)


def test_a_lake_is_the_same_whoever_writes_it() -> None:
    class Right:
        epoch = 3

        def check(self, *, ask: bool = False) -> None: ...

        def committed(self, table: str, version: int) -> None: ...

    assert Lake("/shop/lake", fence=Right()) == Lake("/shop/lake")
