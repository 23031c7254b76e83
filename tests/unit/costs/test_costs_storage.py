"""What tables take up, and what it costs in S3."""

from __future__ import annotations

from decimal import Decimal

from spark_app.costs.prices import load_prices
from spark_app.costs.storage import Stored, stored

GB = 2**30


def test_all_files_of_a_table_the_dearest_first() -> None:
    """50 GB at 0.023; 10 GB; a log of a table is its own."""
    landing = {"orders/dt=2026-11-28/orders.csv": 10 * GB}
    lake = {
        "gold/fact_orders/_month=2026-11-01/a.parquet": 49 * GB,
        "gold/fact_orders/_delta_log/0.json": GB,
        "silver/orders/b.parquet": 0,
    }
    assert stored(landing, lake, load_prices()) == [
        Stored("gold.fact_orders", 2, 50 * GB, Decimal("1.15")),
        Stored("landing.orders", 1, 10 * GB, Decimal("0.23")),
        Stored("silver.orders", 1, 0, Decimal(0)),
    ]
