"""The warehouse that settings name."""

from __future__ import annotations

from typing import Any, NoReturn

import pytest

from spark_app.contracts.load import load_contracts
from spark_app.runtime.settings import RedshiftSettings, Settings
from spark_app.warehouse.duckdb import DuckDBWarehouse
from spark_app.warehouse.factory import open_warehouse
from spark_app.warehouse.redshift import RedshiftWarehouse

REDSHIFT = RedshiftSettings(host="h.example", user="u", temp="s3://b/tmp")


def no_spark() -> NoReturn:
    raise AssertionError("opening a warehouse needs no Spark")


def opened(**settings: Any) -> object:
    warnings: list[str] = []
    return open_warehouse(Settings(environment="test", **settings), load_contracts(), no_spark, warnings.append)


def test_a_path_of_its_own_below_home() -> None:
    house = opened(home="/shop", warehouse="duckdb", warehouse_path="w.duckdb")
    assert isinstance(house, DuckDBWarehouse)
    assert str(house.path) == "/shop/w.duckdb"
    assert [view.name for view in house.views]


@pytest.mark.parametrize("loader", ["copy", "connector"])
def test_redshift_with_either_loader_is_opened_without_spark(loader: str) -> None:
    house = opened(warehouse="redshift", redshift=REDSHIFT.model_copy(update={"loader": loader}))
    assert isinstance(house, RedshiftWarehouse)


def test_none_is_none() -> None:
    assert opened(warehouse="none") is None
