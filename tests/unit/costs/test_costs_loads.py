"""What loading each table cost."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

from spark_app.costs.loads import load_dollars, load_step
from spark_app.lake.paths import Lake
from tests.support.ops_rows import put

TODAY = date(2026, 11, 29)
FIRST = TODAY - timedelta(days=29)


def test_shares_of_the_days_asked_for_by_table_and_nothing_but_loads(tmp_path: Path) -> None:
    lake = Lake(str(tmp_path / "lake"))
    shares = [
        ("publish", load_step("t"), TODAY, "0.25"),
        ("publish", load_step("t"), FIRST, "0.50"),
        ("publish", load_step("t"), FIRST - timedelta(days=1), "8"),
        ("publish", load_step("other"), TODAY, "3"),
        ("publish", "warehouse", TODAY, "8"),
        ("gold", "t", TODAY, "8"),
        ("gold", load_step("t"), TODAY, "8"),
    ]
    names = ("layer", "table_name", "day")
    put(
        lake.table("ops.costs"),
        [
            {**dict(zip(names, one[:3], strict=True)), "run_id": f"r{n}", "seconds": 1.0, "dollars": Decimal(one[3])}
            for n, one in enumerate(shares)
        ],
    )
    assert load_dollars(lake, FIRST, TODAY) == {"t": Decimal("0.75"), "other": Decimal(3)}
    assert load_dollars(Lake(str(tmp_path / "none")), FIRST, TODAY) == {}
