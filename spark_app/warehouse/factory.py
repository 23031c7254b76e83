"""The warehouse that an environment's settings name."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from pyspark.sql import SparkSession

from spark_app.contracts.table import Contract
from spark_app.contracts.views import load_views
from spark_app.runtime.settings import RedshiftSettings, S3Settings, Settings
from spark_app.warehouse.base import Warehouse
from spark_app.warehouse.duckdb import DuckDBWarehouse

if TYPE_CHECKING:
    from spark_app.warehouse.redshift_copy import Stager


def open_warehouse(
    settings: Settings,
    contracts: Mapping[str, Contract],
    spark: Callable[[], SparkSession],
    warn: Callable[[str], None],
) -> Warehouse | None:
    """The environment's warehouse, None where it has none.

    `spark` is asked for a session only by the loader `connector`, and only when it loads; `warn` hears of what stands
    against nothing.
    """
    if settings.warehouse == "none":
        return None
    views = load_views(contracts)
    if settings.warehouse == "duckdb":
        return DuckDBWarehouse(Path(settings.resolve(settings.warehouse_path)), views)
    assert settings.redshift is not None  # load_settings has checked it
    from spark_app.warehouse.redshift import RedshiftWarehouse  # its driver takes a second of others' runs

    return RedshiftWarehouse(
        settings.redshift, _stager(settings.redshift, settings.s3, spark), settings.s3, views, warn
    )


def _stager(redshift: RedshiftSettings, s3: S3Settings, spark: Callable[[], SparkSession]) -> Stager:
    from spark_app.warehouse.redshift_copy import copy_stager
    from spark_app.warehouse.redshift_spark import connector_stager

    if redshift.loader == "connector":
        return connector_stager(spark, redshift, s3)
    return copy_stager(s3, redshift.iam_role)
