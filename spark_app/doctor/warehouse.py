"""What `lakehouse doctor` says of the warehouse: where it is, which release it has, and how releases get into it."""

from __future__ import annotations

from spark_app.runtime.settings import Settings
from spark_app.warehouse.base import Warehouse
from spark_app.warehouse.redshift_session import place

_LOADERS = {
    "copy": "loader copy: Parquet parts and COPY, without Spark",
    "connector": "loader connector: Spark's connector for Redshift",
}


def warehouse_line(settings: Settings, house: Warehouse) -> str:
    """One line; raises WarehouseError where the warehouse does not answer."""
    release = f"release {house.loaded_release() or 'none yet'}"
    if settings.redshift is None or settings.warehouse != "redshift":
        return f"{settings.warehouse}: {release}"
    redshift = settings.redshift
    return f"{place(redshift)}: {release}; {_LOADERS[redshift.loader]}, by way of {redshift.temp}"
