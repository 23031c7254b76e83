"""The ledger of files after a killed run: what bronze's own commit says, and what landing still holds, is entered."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pyarrow as pa
import pytest
from deltalake import CommitProperties, write_deltalake

from spark_app.contracts.load import load_contracts
from spark_app.contracts.sources import load_source
from spark_app.jobs.bronze import _complete
from spark_app.lake import ledger
from spark_app.lake.columns import read_headers
from spark_app.lake.landing import fingerprint, list_files
from spark_app.lake.log import note_text
from spark_app.notes.columns import tell_columns
from spark_app.runs.context import Context
from spark_app.runtime.record import RunRecord
from spark_app.runtime.settings import load_settings
from tests.support.files import lines
from tests.support.files import put as land
from tests.support.ops_rows import put

CONTRACTS = load_contracts()
BEFORE, DAY = date(2024, 3, 5), date(2024, 3, 6)


@pytest.fixture
def killed(tmp_path: Path) -> Context:
    """A run that died after bronze's commit of a day whose file calls `city` a `town`."""
    settings = load_settings("local", home=str(tmp_path))
    context = Context(settings, CONTRACTS, load_source("canonical", CONTRACTS), RunRecord("run"))
    whole = {
        "dataset": "customers",
        "batch_date": BEFORE,
        "file": "customers/dt=2024-03-05/a.csv",
        "bronze_version": -1,
    }
    header = [name for name in context.datasets["customers"].columns if name != "gone_at"]  # no shop here says it
    lists = {"header": header, "missing_columns": [], "unknown_columns": []}
    put(context.table("ops.ingested_files"), [{**whole, **lists, "status": "ingested"}])
    text = lines("customers", {}).replace("city", "town", 1)
    land(tmp_path / "landing", "customers", str(DAY), "a.csv", text)
    (files,) = list_files(context.landing, "customers", [DAY]).files.values()
    note = note_text("killed", {}, days={str(DAY): fingerprint(files)}, replaced=[])
    properties = CommitProperties(custom_metadata={"userMetadata": note})
    path = context.table("bronze.customers").path
    write_deltalake(path, pa.table({"customer_id": ["c1"]}), commit_properties=properties)
    return context


def test_files_that_lie_there_still_are_entered_whole_and_told(killed: Context) -> None:
    assert _complete(killed, killed.datasets["customers"]) == {DAY}
    assert ledger.unnoted(killed.lake, "customers") == []
    newest = max(read_headers(killed.lake, "customers"), key=lambda one: one.day)
    assert (newest.missing, newest.unknown) == (("city", "gone_at"), ("town",))
    tell_columns(killed, {"customers": {DAY}})
    assert killed.record.warnings == [
        "customers/dt=2024-03-06/a.csv has no `city`; a new column `town` came, which the source does not know"
    ]


def test_of_files_that_have_changed_only_the_day_is_entered(killed: Context, tmp_path: Path) -> None:
    land(tmp_path / "landing", "customers", str(DAY), "a.csv", lines("customers", {}, {"customer_id": "c2"}))
    assert _complete(killed, killed.datasets["customers"]) == {DAY}
    assert ledger.unnoted(killed.lake, "customers") == []
    assert [one.day for one in read_headers(killed.lake, "customers")] == [BEFORE]
    files = list_files(killed.landing, "customers", [DAY]).files[DAY]
    assert ledger.fingerprints(killed.lake)["customers"][DAY] != fingerprint(files)  # taken in anew


def test_what_could_not_be_read_is_known_by_day_with_its_share(killed: Context) -> None:
    base = {"dataset": "customers", "batch_date": DAY, "bronze_version": 3}
    rejected = {"status": "rejected", "message": "binary data", "file": "b.csv", "size": 30}
    put(
        killed.lake.table("ops.ingested_files"),
        [{**base, **rejected}, {**base, "status": "ingested", "file": "a.csv", "size": 10}],
    )
    found = ledger.unreadable(killed.lake, "customers", [BEFORE, DAY])
    assert found == {DAY: ledger.Unreadable((("b.csv", "binary data"),), 75.0)}
