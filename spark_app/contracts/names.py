"""Names of the tables that have a contract, without reading one: Airflow looks at its DAGs twice a minute."""

from __future__ import annotations

from pathlib import Path

from spark_app.contracts.table import Layer
from spark_app.runtime.settings import conf_dir


def table_names(layer: Layer, folder: Path | None = None) -> list[str]:
    """The tables of a layer in their order; `folder` is that of the contracts, by default conf/contracts."""
    return sorted(path.stem for path in ((folder or conf_dir() / "contracts") / layer).glob("*.yaml"))
