"""`lakehouse land`: exports in, daily drops out, to the byte; the same again changes nothing."""

from __future__ import annotations

import gzip
import json
import zipfile
from datetime import date, datetime
from pathlib import Path

import boto3
import pytest
from click.testing import CliRunner
from moto.server import ThreadedMotoServer

from spark_app.cli import lakehouse
from spark_app.contracts.load import load_contracts
from spark_app.contracts.sources import datasets_of, load_source
from spark_app.lake import lay_rows
from spark_app.lake.headers import inspect_all
from spark_app.lake.landing import list_files
from spark_app.lake.paths import Landing
from spark_app.runtime.settings import conf_dir
from tests.support.workbooks import Raw, workbook

SHOP = """\
source: shop
timezone: America/New_York
datasets:
  lines:
    columns: [Order, Placed, Changed, Sku, Price]
{more}
entities:
  orders:
    from: lines
    columns:
      order_id: Order
      customer_id: {{default: guest}}
      status: {{default: delivered}}
      purchased_at: {{column: Placed, formats: dd/MM/yyyy HH:mm}}
      updated_at: {{column: Placed, formats: dd/MM/yyyy HH:mm}}
"""
HEADER = "Order,Placed,Changed,Sku,Price\r\n"
EXPORT = (
    f"{HEADER}"
    'A,05/03/2024 23:59,,"a ""b""\r\nc",1.00\r\n'
    "A,,,x,2.00\r\n"
    "B,06/03/2024 00:01,07/03/2024 08:00,y,3.00\r\n"
    "\r\n"
    "C,05/03/2024 10:00,,z,4.00"
)


@pytest.fixture
def conf(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Settings of their own, with the source `shop`."""
    folder = tmp_path / "conf"
    (folder / "sources").mkdir(parents=True)
    for one in conf_dir().iterdir():
        if one.name != "sources":
            (folder / one.name).symlink_to(one)
    monkeypatch.setenv("LAKEHOUSE_CONF", str(folder))
    source(folder)
    return folder


def source(conf: Path, *more: str) -> None:
    (conf / "sources" / "shop.yaml").write_text(SHOP.format(more="\n".join(f"    {line}" for line in more)))


def land(path: Path, *words: str, fails: bool = False) -> str:
    given = ["land", str(path), "--source", "shop", "--landing", str(path.parent / "landing"), *words]
    done = CliRunner().invoke(lakehouse, given)
    assert (done.exit_code != 0) == fails, done.output
    return " ".join((str(done.exception) if fails else done.output).split())


def drops(folder: Path) -> dict[str, bytes]:
    root = folder / "landing" / "lines"
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in sorted(root.rglob("*")) if path.is_file()}


def test_rows_go_to_their_days_as_they_stand(conf: Path, tmp_path: Path):
    """A row without a day goes with the one before it; the last line gets its end."""
    (export := tmp_path / "orders.csv").write_bytes(EXPORT.encode())
    out = land(export)
    assert drops(tmp_path) == {
        "dt=2024-03-05/orders.csv": (
            f'{HEADER}A,05/03/2024 23:59,,"a ""b""\r\nc",1.00\r\nA,,,x,2.00\r\nC,05/03/2024 10:00,,z,4.00\n'
        ).encode(),
        "dt=2024-03-06/orders.csv": f"{HEADER}B,06/03/2024 00:01,07/03/2024 08:00,y,3.00\r\n".encode(),
    }
    assert "4 rows of 2 days of lines" in out
    assert "lakehouse run --source shop --from 2024-03-05 --to 2024-03-06" in out


def test_the_same_again_changes_nothing_and_a_longer_export_adds(conf: Path, tmp_path: Path):
    (export := tmp_path / "orders.csv").write_bytes(EXPORT.encode())
    land(export)
    times = {path: path.stat().st_mtime_ns for path in (tmp_path / "landing").rglob("*.csv")}
    assert "files 2 same" in land(export)
    assert {path: path.stat().st_mtime_ns for path in (tmp_path / "landing").rglob("*.csv")} == times
    export.write_bytes(EXPORT.encode() + b"\r\nD,09/03/2024 10:00,,z,5.00\r\n")
    told = json.loads(land(export, "--json"))
    assert told["files"] == {"new": 1, "changed": 1, "same": 1}  # C's line has an end of its own now
    assert (told["first_day"], told["last_day"], told["rows"]) == ("2024-03-05", "2024-03-09", 5)


def test_of_several_columns_the_first_that_is_not_blank(conf: Path, tmp_path: Path):
    (export := tmp_path / "orders.csv").write_bytes(EXPORT.encode())
    land(export, "--by", "changed", "--by", "Placed", "--format", "dd/MM/yyyy")
    assert list(drops(tmp_path)) == ["dt=2024-03-05/orders.csv", "dt=2024-03-07/orders.csv"]


def test_many_days_in_any_order_through_little_memory(conf: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(lay_rows, "_HELD", 200)
    rows = [f"{n},{n * 7 % 28 + 1:02}/{n % 12 + 1:02}/2023 10:00,,s,1.00\n" for n in range(500)]
    (export := tmp_path / "orders.csv").write_text(HEADER.replace("\r", "") + "".join(rows))
    land(export)
    found = drops(tmp_path)
    assert sum(text.decode().count("\n") - 1 for text in found.values()) == 500
    day = found["dt=2023-01-01/orders.csv"].decode().splitlines()[1:]
    assert day == [row.strip() for row in rows if ",01/01/2023" in row]
    assert len(day) > 1


@pytest.mark.parametrize("name", ["orders.csv.gz", "orders.zip"])
def test_packed_exports(conf: Path, tmp_path: Path, name: str):
    export = tmp_path / name
    if name.endswith(".gz"):
        export.write_bytes(gzip.compress(EXPORT.encode()))
    else:
        with zipfile.ZipFile(export, "w") as archive:
            archive.writestr("orders 2024.csv", EXPORT)
    land(export)
    assert list(drops(tmp_path)) == ["dt=2024-03-05/orders.csv", "dt=2024-03-06/orders.csv"]


def test_what_read_says_holds_for_each_drop(conf: Path, tmp_path: Path):
    """UTF-16 with its mark, two lines before the header, one after the data."""
    source(conf, 'separator: ";"', "read: {encoding: utf-16, skip_lines: 2, skip_footer: 1}")
    head, foot = "Report\r\n\r\nOrder;Placed;Changed;Sku;Price\r\n", "Total;;;;3\r\n"
    rows = ["Ä;05/03/2024 10:00;;x;1\r\n", "ß;06/03/2024 10:00;;y;2\r\n"]
    (export := tmp_path / "report.csv").write_bytes((head + "".join(rows) + foot).encode("utf-16"))
    land(export)
    assert {name: text.decode("utf-16") for name, text in drops(tmp_path).items()} == {
        "dt=2024-03-05/report.csv": head + rows[0] + foot,
        "dt=2024-03-06/report.csv": head + rows[1] + foot,
    }


def test_a_first_line_that_names_the_separator(conf: Path, tmp_path: Path):
    text = "sep=;\nOrder;Placed;Changed;Sku;Price\nA;05/03/2024 10:00;;x;1\n"
    (export := tmp_path / "report.csv").write_text(text)
    land(export)
    assert drops(tmp_path) == {"dt=2024-03-05/report.csv": text.encode()}


def test_bytes_of_no_text_stay(conf: Path, tmp_path: Path):
    (export := tmp_path / "orders.csv").write_bytes(EXPORT.encode().replace(b",x,", b",\xff\x80,"))
    land(export)
    assert b"A,,,\xff\x80,2.00" in drops(tmp_path)["dt=2024-03-05/orders.csv"]


def test_json_lines_by_a_path(conf: Path, tmp_path: Path):
    rows = [
        '{"id": 1, "times": {"placed": "2024-03-05T10:00:00Z"}}\n',
        '{"id": 2, "times": {"placed": "2024-03-06"}}\n',
    ]
    (export := tmp_path / "orders.jsonl").write_text("".join(rows))
    land(export, "--by", "times.placed")
    assert drops(tmp_path) == {
        "dt=2024-03-05/orders.jsonl": rows[0].encode(),
        "dt=2024-03-06/orders.jsonl": rows[1].encode(),
    }


def test_a_folder_goes_by_its_names(conf: Path, tmp_path: Path):
    folder = tmp_path / "tills"
    (folder / "2024-03-06").mkdir(parents=True)
    (folder / "till1_20240305.csv").write_text("a")
    (folder / "till2_20240305.csv").write_text("b")
    (folder / "2024-03-06" / "till1.csv").write_text("c")
    (folder / ".hidden").write_text("")
    land(folder)
    assert drops(tmp_path) == {
        "dt=2024-03-05/till1_20240305.csv": b"a",
        "dt=2024-03-05/till2_20240305.csv": b"b",
        "dt=2024-03-06/till1.csv": b"c",
    }


def test_all_of_it_in_one_drop(conf: Path, tmp_path: Path):
    (export := tmp_path / "history.parquet").write_bytes(b"PAR1")
    land(export, "--date", "2024-12-31")
    assert drops(tmp_path) == {"dt=2024-12-31/history.parquet": b"PAR1"}


@pytest.mark.parametrize(
    ("text", "words", "told"),
    [
        (EXPORT.replace("06/03/2024 00:01", "soon"), (), "line 5: Placed: found 'soon', no day; nothing was laid"),
        (EXPORT.replace("05/03/2024 23:59", ""), (), "line 2: Placed: found nothing, expected a day"),
        (EXPORT, ("--by", "Placd"), "unknown column of the file 'Placd'; did you mean 'Placed'"),
        (EXPORT, ("--by-name",), "its name tells no one day: found none"),
        (EXPORT, ("--by", "Placed", "--by-name"), "exclude each other"),
        (EXPORT, ("--dataset", "line"), "unknown dataset 'line'; did you mean 'lines'"),
        (HEADER, (), "found no row"),
    ],
)
def test_what_cannot_be_laid_is_told_and_nothing_is(conf: Path, tmp_path: Path, text: str, words, told: str):
    (export := tmp_path / "orders.csv").write_text(text, newline="")
    assert told in land(export, *words, fails=True)
    assert not (tmp_path / "landing").exists()


def test_two_files_of_one_name_are_told(conf: Path, tmp_path: Path):
    for name in ("a", "b"):
        (tmp_path / "tills" / name).mkdir(parents=True)
        (tmp_path / "tills" / name / "2024-03-05.csv").write_text("x")
    assert "would be one file of landing" in land(tmp_path / "tills", fails=True)


def test_into_an_object_store(conf: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    server = ThreadedMotoServer("127.0.0.1", port=0, verbose=False)
    server.start()
    endpoint = "http://{}:{}".format(*server.get_host_and_port())
    keys = {"AWS_ACCESS_KEY_ID": "x", "AWS_SECRET_ACCESS_KEY": "x", "AWS_REGION": "us-east-1"}
    for name, value in {**keys, "AWS_ENDPOINT_URL_S3": endpoint}.items():
        monkeypatch.setenv(name, value)
    try:
        s3 = boto3.client("s3", endpoint_url=endpoint, region_name="us-east-1")
        s3.create_bucket(Bucket="shop")
        (export := tmp_path / "orders.csv").write_bytes(EXPORT.encode())
        assert "files 2 new" in land(export, "--landing", "s3a://shop/landing")
        assert "files 2 same" in land(export, "--landing", "s3a://shop/landing")
        found = [one["Key"] for one in s3.list_objects_v2(Bucket="shop")["Contents"]]
    finally:
        server.stop()
    assert found == ["landing/lines/dt=2024-03-05/orders.csv", "landing/lines/dt=2024-03-06/orders.csv"]
    assert not (tmp_path / "landing").exists()


WEEK = [
    ["Sales of week 10"],
    ["Order", "Placed", "Changed", "Sku", "Price"],
    ["A", datetime(2024, 3, 5, 23, 59), None, 'a "b", c', 1.5],
    ["A", None, None, "x", 45000123.0],
    [None, None, None, None, None],
    ["B", date(2024, 3, 6), None, "y", 3],
    ["Total", None, None, None, 45000127.5],
]


def test_a_workbooks_rows_go_to_their_days_as_csv_with_what_its_cells_hold(conf: Path, tmp_path: Path) -> None:
    source(conf, "read: {sheet: Sales, skip_lines: 1, skip_footer: 1}")
    (export := tmp_path / "week.xlsx").write_bytes(workbook({"About": [["x"]], "Sales": WEEK}))
    out = land(export, "--by", "placed", "--format", "yyyy-MM-dd[ HH:mm:ss]")
    footer = "Total,,,,45000127.5\n"
    assert drops(tmp_path) == {
        "dt=2024-03-05/week.csv": (
            '\nOrder,Placed,Changed,Sku,Price\nA,2024-03-05 23:59:00,,"a ""b"", c",1.5\nA,,,x,45000123\n' + footer
        ).encode(),
        "dt=2024-03-06/week.csv": ("\nOrder,Placed,Changed,Sku,Price\nB,2024-03-06,,y,3\n" + footer).encode(),
    }
    assert "3 rows of 2 days of lines" in out
    dataset = datasets_of(load_source("shop", load_contracts()))["lines"]
    there = Landing(str(tmp_path / "landing"))
    listed = list_files(there, "lines", [date(2024, 3, 5)]).files[date(2024, 3, 5)]
    (read,) = inspect_all(listed, dataset, there.s3)
    assert (read.header, read.rows, read.problem, read.aside) == (
        ("Order", "Placed", "Changed", "Sku", "Price"),
        2,
        None,
        [],
    )


def test_a_cell_beyond_the_header_stays_and_blank_ones_there_are_no_fields(conf: Path, tmp_path: Path) -> None:
    rows = [["Order", "Placed"], ["A", date(2024, 3, 5)], ["B", date(2024, 3, 5), None, "stray"]]
    (export := tmp_path / "week.xlsx").write_bytes(workbook({"Sales": rows}))
    land(export, "--by", "Placed", "--format", "yyyy-MM-dd")
    assert drops(tmp_path) == {"dt=2024-03-05/week.csv": b"Order,Placed\nA,2024-03-05\nB,2024-03-05,,stray\n"}


@pytest.mark.parametrize(
    ("book", "told"),
    [
        (b"PK\x03\x04 not a workbook", "week.xlsx: not a whole Excel workbook"),
        (
            workbook({"S": [["Order", "Placed"], ["A", Raw("#N/A", "e")]]}),
            "cells of errors, read as blank: B2 #N/A; nothing was laid",
        ),
        (workbook({"S": [["Order", "Placed"], ["A", "soon"]]}), "line 2: Placed: found 'soon', no day"),
        (workbook({"S": [["Order", "Place"], ["A", "soon"]]}), "unknown column of the file 'Placed'; did you mean"),
    ],
    ids=["no workbook", "an error", "no day", "no column"],
)
def test_a_workbook_that_cannot_be_divided_is_told(conf: Path, tmp_path: Path, book: bytes, told: str) -> None:
    (export := tmp_path / "week.xlsx").write_bytes(book)
    assert told in land(export, "--by", "Placed", fails=True)
    assert drops(tmp_path) == {}


def test_a_cell_that_the_datasets_files_cannot_hold_is_told(conf: Path, tmp_path: Path) -> None:
    source(conf, 'read: {quote: ""}')
    rows = [["Order", "Placed"], ["A, or B", date(2024, 3, 5)]]
    (export := tmp_path / "week.xlsx").write_bytes(workbook({"S": rows}))
    told = land(export, "--by", "Placed", "--format", "yyyy-MM-dd", fails=True)
    assert "row 2: cannot stand in a file of this dataset" in told
