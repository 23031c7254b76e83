"""Views named for people: `conf/views/<name>.yaml`, checked against the gold contracts and alike in every warehouse.

Most start from a gold table and look others up (`view_of_tables.py`); some add up another view by period or place,
with metrics as their figures (`view_of_metrics.py`).
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from spark_app.contracts.metrics import load_metrics
from spark_app.contracts.table import Contract
from spark_app.contracts.view import View
from spark_app.contracts.view_of_metrics import is_of_metrics, view_of_metrics
from spark_app.contracts.view_of_tables import view_of_tables
from spark_app.runtime.errors import ContractError
from spark_app.runtime.settings import conf_dir
from spark_app.runtime.yaml_lines import Document


def load_views(contracts: Mapping[str, Contract], folder: Path | None = None) -> tuple[View, ...]:
    """Every view, by name, those over other views last; ContractError names file, line and the nearest valid word.

    `contracts` are those of `load_contracts`, by qualified name. A conf folder without views has none. Metrics are
    read from the file beside the folder, where a view asks for one.
    """
    place = folder or conf_dir() / "views"
    documents = [Document(path, ContractError) for path in sorted(place.glob("*.yaml"))]
    tables = {contract.name: contract for contract in contracts.values() if contract.layer == "gold"}
    first = tuple(view_of_tables(one, tables) for one in documents if not is_of_metrics(one))
    rest = [one for one in documents if is_of_metrics(one)]
    if not rest:
        return first
    metrics = load_metrics(first, place.parent / "metrics.yaml")
    return first + tuple(view_of_metrics(one, first, metrics, tables) for one in rest)
