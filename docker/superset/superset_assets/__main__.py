"""Write Superset's assets: `python -m superset_assets --uri URI --out build/superset.zip` (make superset-assets)."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from spark_app.runtime.reporting import USUAL_CURRENCY
from superset_assets.bundle import files, write


def main() -> None:
    """Write the export and say what is in it."""
    parser = argparse.ArgumentParser(description="Superset's assets from conf/.")
    parser.add_argument("--uri", required=True, help="SQLAlchemy URI of the warehouse, without a password")
    help_args = 'what the driver is given besides, as JSON: \'{"iam": true, "serverless_work_group": "analytics"}\''
    parser.add_argument("--connect-args", type=json.loads, default={}, help=help_args)
    parser.add_argument("--currency", default=USUAL_CURRENCY, help="reporting.currency of the settings")
    parser.add_argument("--out", type=Path, required=True, help="the zip to write")
    asked = parser.parse_args()
    made = files(asked.uri, asked.connect_args, asked.currency)
    write(made, asked.out)
    kinds = ("datasets", "charts", "dashboards", "queries")
    counts = ", ".join(f"{sum(path.startswith(kind) for path in made)} {kind}" for kind in kinds)
    print(f"Wrote {asked.out}: {counts}")


if __name__ == "__main__":
    main()
