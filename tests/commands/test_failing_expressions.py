"""What its user sees where an expression of a source fails over a row: one sentence, and no trace of Python or Java."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

from spark_app.runtime.settings import conf_dir
from tests.support.drops import drop

ORDER = {"order_id": "O1", "customer_id": "C1", "status": "created", "shipped_at": "99999999999999999"}


def test_one_sentence_and_no_trace(tmp_path: Path) -> None:
    """A process of its own: Spark's log goes past Python."""
    conf = tmp_path / "conf"
    shutil.copytree(conf_dir(), conf)
    mapped = (conf / "sources" / "canonical.yaml").read_text(encoding="utf-8")
    millis = '      shipped_at: {expression: "timestamp_millis(cast(shipped_at as bigint))"}\n'
    mapped = mapped.replace("      shipped_at: shipped_at\n", millis, 1)
    (conf / "sources" / "canonical.yaml").write_text(mapped, encoding="utf-8")
    times = {"purchased_at": "2024-01-01 10:00:00", "updated_at": "2024-01-01 10:00:00"}
    drop(tmp_path / "landing", "orders", "2024-01-01", [ORDER | times])
    asked = ["run", "--date", "2024-01-01", "--allow-missing", "--home", str(tmp_path)]
    done = subprocess.run(
        [sys.executable, "-m", "spark_app.cli", *asked],
        env=os.environ | {"LAKEHOUSE_CONF": str(conf)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2, done.stderr
    *_, last = done.stderr.strip().splitlines()
    assert last.startswith(f"error: {conf}/sources/canonical.yaml:"), last
    assert ": entities.orders.columns.shipped_at: at " in last
    assert "cannot be worked out for a row: " in last
    assert "\tat " not in done.stderr
    assert "Exception" not in done.stderr
