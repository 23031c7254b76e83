"""The whole of a large shop at once, beside DuckDB alone on the same files, and what parsing them costs at least.

    .venv/bin/python -m benchmarks.build LANDING [--work DIR]      LANDING by benchmarks.multiply, or any other

Each is a process of its own, measured with all its children. Prints CPU, wall, peak memory and the ratio to DuckDB's
CPU; nothing is asserted, but that both come to the same revenue is shown.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

from benchmarks.measure import measure
from spark_app.runtime import duck

PARSE = """
import csv, sys
from pathlib import Path
from spark_app.runtime import duck
connection = duck.connect()
for entity in ("customers", "products", "orders", "order_items", "payments", "reviews"):
    header = next(csv.reader(min(Path(sys.argv[1]).glob(f"{entity}/dt=*/*.csv")).open(newline="")))
    types = ", ".join(f"'{name}': 'VARCHAR'" for name in header)
    connection.execute(f"SELECT max(columns(*)) FROM read_csv('{sys.argv[1]}/{entity}/dt=*/*.csv', header = true, "
        f"auto_detect = false, columns = {{{types}}}, delim = ',', quote = '\\"', escape = '\\"')").fetchall()
"""


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("landing", type=Path)
    parser.add_argument("--work", type=Path, help="folder to work in; a temporary one by default")
    asked = parser.parse_args()
    days = sorted(path.name[3:] for path in asked.landing.glob("orders/dt=*"))
    size = sum(path.stat().st_size for path in asked.landing.rglob("*") if path.is_file())
    print(f"{size / 1e6:,.0f} MB of CSV, {len(days)} days, {days[0]} to {days[-1]}")
    with tempfile.TemporaryDirectory(dir=asked.work) as folder:
        home = Path(folder) / "home"
        home.mkdir()
        (home / "landing").symlink_to(asked.landing.resolve())
        parsed = measure([sys.executable, "-c", PARSE, str(asked.landing)])
        said = Path(folder) / "peer.out"
        peer = measure([sys.executable, "-m", "benchmarks.peer", str(asked.landing), f"{folder}/gold"], output=said)
        run = [sys.executable, "-m", "spark_app.cli", "run", "--home", str(home), "--from", days[0], "--to", days[-1]]
        ours = measure(run, output=Path(folder) / "run.out")
        for name, cost in (("parse only", parsed), ("DuckDB, gold alone", peer), ("lakehouse run", ours)):
            print(f"{name:20} {cost}, {cost.cpu / peer.cpu:5.1f} x DuckDB's CPU, exit code {cost.exit_code}")
        with duck.connect(home / "warehouse.duckdb", read_only=True) as connection:
            revenue = connection.execute("SELECT sum(revenue) FROM analytics.daily_sales").fetchone()
        print(f"revenue: DuckDB {said.read_text().strip()}, lakehouse {revenue[0] if revenue else None}")
        if ours.exit_code:
            print((Path(folder) / "run.out").read_text()[-2000:])


if __name__ == "__main__":
    main()
