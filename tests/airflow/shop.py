"""A lakehouse for one test: its conf folder, landing, and what its warehouse holds. No Spark in this process."""

from __future__ import annotations

import csv
import os
import shutil
import subprocess
import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import duckdb
import yaml

PROJECT = Path(__file__).resolve().parents[2]
PYTHON = PROJECT / ".venv" / "bin" / "python"
NAME = "shop"  # of the environment: conf/shop.yaml


@dataclass(frozen=True)
class Shop:
    """`home` holds landing, lake and warehouse; `conf` is the project's, with an environment `shop` more."""

    home: Path
    conf: Path

    @classmethod
    def make(cls, folder: Path, landing: Path | None = None) -> Shop:
        """A new one, whose settings are those of a laptop."""
        home, conf = folder / "home", folder / "conf"
        shutil.copytree(PROJECT / "conf", conf)
        home.mkdir()
        if landing:
            shutil.copytree(landing, home / "landing")
        else:
            (home / "landing").mkdir()
        made = cls(home, conf)
        made.settings()
        return made

    @property
    def environment(self) -> dict[str, str]:
        """What makes DAGs and jobs use it."""
        return {"LAKEHOUSE_CONF": str(self.conf), "LAKEHOUSE_ENV": NAME}

    def settings(self, **airflow: Any) -> None:
        """Write its settings anew, with a section `airflow` of these."""
        local = yaml.safe_load((PROJECT / "conf" / "local.yaml").read_text())
        del local["email_salt_from"]  # which no other environment may leave empty
        local["spark"] |= {"master": "local[2]", "driver_memory": "2g"}
        text = yaml.safe_dump({**local, "home": str(self.home), "airflow": airflow})
        written = self.conf / f"{NAME}.part"
        written.write_text(text)
        written.rename(self.conf / f"{NAME}.yaml")  # whole or not at all: Airflow reads it at any time

    def lakehouse(self, *words: str) -> subprocess.CompletedProcess[str]:
        """A command of the project's own, by its own environment."""
        return lakehouse(*words, env=self.environment)

    def gold(self) -> dict[str, list[tuple[Any, ...]]]:
        """All tables of the warehouse, sorted."""
        with duckdb.connect(str(self.home / "warehouse.duckdb"), read_only=True) as connection:
            connection.execute("SET TimeZone = 'UTC'")
            names = connection.execute(
                "SELECT table_name FROM information_schema.tables WHERE table_schema = 'analytics' "
                "AND table_type = 'BASE TABLE' ORDER BY 1"
            ).fetchall()
            return {
                name: sorted(connection.execute(f'SELECT * FROM analytics."{name}"').fetchall(), key=repr)
                for (name,) in names
            }

    def query(self, sql: str) -> list[tuple[Any, ...]]:
        """Rows of a query on the warehouse."""
        with duckdb.connect(str(self.home / "warehouse.duckdb"), read_only=True) as connection:
            return connection.execute(sql).fetchall()


def lakehouse(*words: str, env: Mapping[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    """The `lakehouse` command; its exit code is the caller's to judge."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith("AIRFLOW")}
    command = [str(PYTHON), "-P", "-m", "spark_app.cli", *words]
    environment = kept | {"PYTHONPATH": str(PROJECT)} | dict(env or {})
    return subprocess.run(command, env=environment, cwd=PROJECT, capture_output=True, text=True, check=False)


def land_days(folder: Path) -> tuple[Path, list[date]]:
    """Three days of Olist drops (2017-02-07 to 09), or of the demo's shop where the dump is not on this machine."""
    landing = folder / "landing"
    dump = Path(os.environ.get("OLIST_DIR") or PROJECT.parent / "shared" / "data" / "olist")
    if (dump / "olist_orders_dataset.csv").is_file():
        first, last = date(2017, 2, 7), date(2017, 2, 9)
        span = ["--start", str(first), "--end", str(last)]
        done = lakehouse("replay", "olist", "--from", str(dump), "--landing", str(landing), *span)
    else:
        warnings.warn(f"No Olist dump in {dump} (set OLIST_DIR): days of the demo's made-up shop", stacklevel=2)
        first, last = date(2024, 2, 27), date(2024, 2, 29)
        script = "import sys; from datetime import date; from spark_app.shops.demo import generate; "
        script += f"generate(sys.argv[1], date.fromisoformat('{first}'), 3)"
        command = [str(PYTHON), "-c", script, str(landing)]
        done = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return landing, [first + timedelta(days=n) for n in range((last - first).days + 1)]


def land_made_up_day(landing: Path, day: date, spoilt: bool = False) -> None:
    """A made-up day of one customer, one product and 24 orders; `spoilt`: most orders have a status nobody knows."""
    at = f"{day} 10:00:00"
    number = range(24)
    status = "mislaid" if spoilt else "created"
    rows: Mapping[str, Sequence[Mapping[str, str]]] = {
        "customers": [{"customer_id": "c1", "country": "BR", "updated_at": at}],
        "products": [{"product_id": "p1", "category": "toys", "updated_at": at}],
        "orders": [
            {
                "order_id": f"{day}-{n}",
                "customer_id": "c1",
                "status": status if n > 4 else "created",
                "purchased_at": at,
                "updated_at": at,
            }
            for n in number
        ],
        "order_items": [
            {
                "order_id": f"{day}-{n}",
                "item_number": "1",
                "product_id": "p1",
                "quantity": "1",
                "unit_price": "10.00",
                "freight_amount": "1.00",
                "updated_at": at,
            }
            for n in number
        ],
        "payments": [
            {
                "order_id": f"{day}-{n}",
                "payment_sequence": "1",
                "method": "pix",
                "status": "pending",
                "amount": "11.00",
                "updated_at": at,
            }
            for n in number
        ],
    }
    for entity, listed in rows.items():
        path = landing / entity / f"dt={day}" / "made-up.csv"
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("w", newline="") as file:
            writer = csv.DictWriter(file, list(listed[0]), lineterminator="\n")
            writer.writeheader()
            writer.writerows(listed)
