"""A large shop out of a small one: every drop of a landing folder, TIMES over, with ids of their own.

    .venv/bin/python -m benchmarks.multiply LANDING OUT TIMES

Orders, customers and reviews of each copy are others; products stay the shop's. Rows that are torn in the original are
left out, as they could not be told apart afterwards.
"""

from __future__ import annotations

import sys
from pathlib import Path

from spark_app.runtime import duck

OWN = {
    "customers": ("customer_id",),
    "orders": ("order_id", "customer_id"),
    "order_items": ("order_id",),
    "payments": ("order_id",),
    "reviews": ("review_id", "order_id"),
}


def multiply(landing: Path, out: Path, times: int) -> int:
    """Write the drops; returns the bytes written."""
    connection = duck.connect()
    connection.execute("SET preserve_insertion_order = false")
    for drop in sorted(landing.glob("*/dt=*/*.csv")):
        target = out / drop.relative_to(landing)
        target.parent.mkdir(parents=True, exist_ok=True)
        names = ", ".join(f"{name} || '-' || copy AS {name}" for name in OWN.get(drop.parts[-3], ()))
        copies = times if names else 1
        replaced = f" REPLACE ({names})" if names else ""
        connection.execute(
            f"COPY (SELECT * EXCLUDE (copy) FROM (SELECT *{replaced} FROM read_csv('{drop}', header = true, "
            f"all_varchar = true, ignore_errors = true, delim = ',', quote = '\"', escape = '\"') "
            f"CROSS JOIN range({copies}) t(copy))) TO '{target}' (FORMAT CSV, HEADER)"
        )
    return sum(path.stat().st_size for path in out.rglob("*.csv"))


def main() -> None:
    """The command line."""
    landing, out, times = sys.argv[1:]
    print(f"{multiply(Path(landing), Path(out), int(times)) / 1e6:,.0f} MB")


if __name__ == "__main__":
    main()
