"""The demo's shop, whole: sixty days, the same figures every time."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import duckdb
from redshift_standin import Standin

from spark_app.contracts.ddl_script import redshift_script
from spark_app.contracts.load import load_contracts
from spark_app.contracts.views import load_views
from tests.support.standin import logged_in

ROOT = Path(__file__).resolve().parents[2]


def demo_home(folder: Path) -> Path:
    """The demo's home: what DEMO_HOME names, if set, else this folder, in which it is made (minutes)."""
    if made := os.environ.get("DEMO_HOME"):
        return Path(made)
    done = subprocess.run([ROOT / "lakehouse", "demo", "--home", folder], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    return folder


def into_redshift(warehouse: Path, redshift: Standin, analyst: str, password: str) -> None:
    """The same tables in the stand-in for Redshift, made by the printed script, and a user with the role `analyst`."""
    contracts = load_contracts()
    gold = [contract for contract in contracts.values() if contract.layer == "gold"]
    client = logged_in(redshift)
    with (
        client,
        redshift.postgres.admin(redshift.database) as admin,
        duckdb.connect(str(warehouse), read_only=True) as source,
    ):
        for statement in redshift_script(gold, load_views(contracts), redshift.user):
            # The stand-in passes no procedures on; their PL/pgSQL is PostgreSQL's.
            session = admin if statement.startswith(("CREATE OR REPLACE PROCEDURE", "CALL")) else client
            session.execute(statement)
        for contract in gold:
            names = ", ".join(f'"{name}"' for name in contract.column_names)
            rows = source.execute(f'SELECT {names} FROM analytics."{contract.name}"').fetchall()
            with admin.cursor().copy(f'COPY analytics."{contract.name}" ({names}) FROM STDIN') as copy:
                for row in rows:
                    copy.write_row(row)
        client.execute(f"CREATE USER {analyst} PASSWORD '{password}'")
        client.execute(f"GRANT ROLE analyst TO {analyst}")
