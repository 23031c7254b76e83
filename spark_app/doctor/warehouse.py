"""What `lakehouse doctor` says of the warehouse: where it is, which release it has, and how releases get into it."""

from __future__ import annotations

from collections.abc import Sequence

from spark_app.contracts.left_out import in_words
from spark_app.contracts.view import View
from spark_app.runtime.settings import Settings
from spark_app.warehouse.base import Warehouse
from spark_app.warehouse.redshift_session import place

_LOADERS = {
    "copy": "loader copy: Parquet parts and COPY, without Spark",
    "connector": "loader connector: Spark's connector for Redshift",
}


def warehouse_line(settings: Settings, house: Warehouse, views: Sequence[View] = ()) -> str:
    """One line; raises WarehouseError where the warehouse does not answer."""
    release = f"release {house.loaded_release() or 'none yet'}"
    if settings.redshift is None or settings.warehouse != "redshift":
        return f"{settings.warehouse}: {release}"
    redshift = settings.redshift
    left_out = f"; left out: {in_words(redshift.leave_out, views)}" if redshift.leave_out else ""
    return f"{place(redshift)}: {release}; {_LOADERS[redshift.loader]}, by way of {redshift.temp}{left_out}"
