"""`read` of a dataset: files that are no canonical CSV, each as it is written, counted and read with the same rows."""

from __future__ import annotations

import gzip
import io
import json
import zipfile
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from pyspark.sql import SparkSession

from spark_app.contracts.sources import datasets_of
from spark_app.lake.headers import Inspected
from spark_app.runtime.errors import SettingsError
from tests.support import mapping
from tests.support.mapping import PEOPLE as SHOP
from tests.support.mapping import judged, source_of, usable

pytestmark = pytest.mark.core

PLAIN = 'id,name,at\n1,Käthe,2024-03-05\n2,"Ann, ""Dee""\nFox",2024-03-05\n'
ROWS = [("1", "Käthe"), ("2", 'Ann, "Dee"\nFox')]
SEMICOLONS = "id;name;at\n1;Käthe;2024-03-05\n2;Ann, 'Dee';2024-03-05\n"


def zipped(**files: str) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in files.items():
            archive.writestr(name.replace("__", "."), text)
    return packed.getvalue()


CASES: dict[str, tuple[str, str, bytes | str, list[tuple[str, str]]]] = {
    "unset": ("", "a.csv", PLAIN, ROWS),
    "cp1252": ("read: {encoding: cp1252}", "a.csv", PLAIN.encode("cp1252"), ROWS),
    "utf-16 with a mark": ("read: {encoding: utf-16}", "a.csv", PLAIN.encode("utf-16"), ROWS),
    "utf-16 without": ("read: {encoding: utf-16-le}", "a.csv", PLAIN.encode("utf-16-le"), ROWS),
    "utf-16-le with a mark": ("read: {encoding: utf-16-le}", "a.csv", b"\xff\xfe" + PLAIN.encode("utf-16-le"), ROWS),
    "packed": ("read: {encoding: cp1252}", "a.csv.gz", gzip.compress(PLAIN.encode("cp1252")), ROWS),
    "tabs by the name": ("", "a.tsv", "id\tname\tat\n1\tA, B\t2024-03-05\n", [("1", "A, B")]),
    "sep= line": ("", "a.csv", "sep=;\r\n" + SEMICOLONS.replace("\n", "\r\n"), [("1", "Käthe"), ("2", "Ann, 'Dee'")]),
    "single quotes": (
        "read: {quote: \"'\"}", "a.csv", "id,name,at\n1,'a, \"b\"',2024-03-05\n'2','it''s',2024-03-05\n",
        [("1", 'a, "b"'), ("2", "it's")],
    ),
    "no quotes": ('read: {quote: ""}', "a.csv", 'id,name,at\n1,17" screen,2024-03-05\n', [("1", '17" screen')]),
    "lines before": ("read: {skip_lines: 2}", "a.csv", 'Report,"of\nin USD\n' + PLAIN, ROWS),
    "lines after": ("read: {skip_footer: 2}", "a.csv", PLAIN + "Total,,2\n*** end ***\n\n", ROWS),
    "no line end at the end": ("read: {skip_footer: 1}", "a.csv", "id,name,at\n1,x,2024-03-05\nTotal", [("1", "x")]),
    "no header": ("read: {header: false}", "a.csv", PLAIN.partition("\n")[2], ROWS),
    "short rows": (
        "read: {fill_short_rows: true}", "a.csv", "at,id,name\n2024-03-05,1\n2024-03-05,2,x\n",
        [("1", None), ("2", "x")],
    ),
    "empty fields behind": (
        "read: {drop_empty_fields: true}", "a.csv",
        "id,name,at,,\n1,x,2024-03-05,,\n2,y,2024-03-05, ,,\n3,z,2024-03-05\n",
        [("1", "x"), ("2", "y"), ("3", "z")],
    ),
    "zip": ("", "a.zip", zipped(a__csv=PLAIN), ROWS),
    "zip with a Mac's": ("", "a.zip", zipped(**{"a__csv": PLAIN, "__MACOSX/._a__csv": "?"}), ROWS),
    "another ending": ("read: {endings: [.txt]}", "a.TXT", PLAIN, ROWS),
    "another ending, another encoding": (
        "read: {endings: [.txt], encoding: cp1252}", "a.txt", PLAIN.encode("cp1252"), ROWS,
    ),
    "a file out of order": (
        "read: {quote: \"'\", fill_short_rows: true}", "a.csv",
        "id,at,name\n1,2024-03-05\n2,2024-03-05,'it's'\n3,2024-03-05,\"x\"\n", [("1", None), ("3", '"x"')],
    ),
}  # fmt: skip


def read(spark: SparkSession, folder: Path, keys: str, files: dict[str, Any]) -> tuple[list[Inspected], list[Any]]:
    source = source_of(folder, SHOP % keys)
    seen = mapping.inspected(folder, source, "people", files)
    return seen, mapping.bronze(spark, source, "people", seen).orderBy("_source_file", "_row_number").collect()


@pytest.mark.parametrize("case", CASES)
def test_rows_come_out_as_they_were_written(spark: SparkSession, tmp_path: Path, case: str) -> None:
    keys, name, content, expected = CASES[case]
    seen, rows = read(spark, tmp_path, keys, {name: content})
    assert [found.problem for found in seen] == [None]
    assert sum(found.rows for found in seen) == len(rows)
    assert [(row["id"], row["name"]) for row in rows if not row["_corrupt_record"]] == expected
    assert [row["_row_number"] for row in rows] == list(range(1, len(rows) + 1))


@pytest.mark.parametrize("encoding", ["shift_jis", "gb18030", "euc-kr", "utf-32", "cp1251", "mac-roman"])
def test_any_encoding_of_python_is_one(spark: SparkSession, tmp_path: Path, encoding: str) -> None:
    word = {"euc-kr": "서울", "cp1251": "Москва", "mac-roman": "Zürich"}.get(encoding, "東京")
    _, rows = read(
        spark, tmp_path, f"read: {{encoding: {encoding}}}", {"a.csv": f"id,name,at\n1,{word},x\n".encode(encoding)}
    )
    assert [row["name"] for row in rows] == [word]


def test_what_is_no_letter_of_the_encoding_is_told(spark: SparkSession, tmp_path: Path) -> None:
    files = {"a.csv": b"id,name,at\n\xff,x,2024-03-05\n"}
    (row,) = judged(spark, tmp_path, SHOP % "read: {encoding: shift_jis}", files, "customers")
    assert [reason["rule"] for reason in row["_reasons"]] == ["text is valid UTF-8"]


def test_without_the_keys_such_files_are_set_aside_with_what_they_are(spark: SparkSession, tmp_path: Path) -> None:
    files = {
        "a.csv": PLAIN.encode("utf-16"),
        "b.csv": "Report\n" + PLAIN,
        "c.zip": zipped(a__csv=PLAIN, b__csv=PLAIN),
        "d.zip": b"PK\x03\x04 no more",
        "e.parquet": b"PAR1 no more",
        "f.json": '[{"id": 1},',
    }
    seen, rows = read(spark, tmp_path, "", files)
    said = [
        "UTF-16 text; expected UTF-8: save it as that, or say `encoding: utf-16`",
        "the first row names no known column; found 'Report'",
        "a zip of 2 files (a.csv, b.csv, …); expected one of one file",
        "not a whole zip file",
        "not a whole Parquet file",
        "",
    ]
    assert [
        found.problem for found, text in zip(seen, said, strict=True) if not (found.problem or "").startswith(text)
    ] == []
    assert [row["_row_number"] for row in rows if row["_corrupt_record"]] == [0] * 5


def test_a_short_row_is_torn_unless_the_source_allows_it(spark: SparkSession, tmp_path: Path) -> None:
    _, rows = read(spark, tmp_path, "", {"a.csv": "id,name,at\n1,x\n2,y,2024-03-05,\n"})
    assert [row["_corrupt_record"] for row in rows] == ["1,x", "2,y,2024-03-05,"]


ORDERS = """
    source: shop
    datasets:
      orders:
        columns: [id, customer.email, at, total, lines.sku, lines.qty, lines.tags, notes.0.text]
        %s
    entities:
      orders:
        from: orders
        columns:
          order_id: id
          customer_id: customer.email
          status: {default: created}
          purchased_at: at
          updated_at: at
      order_items:
        from: orders
        where: lines_sku is not null
        columns:
          order_id: id
          item_number: {expression: row_number() over (partition by id order by _row_number)}
          product_id: lines.sku
          quantity: lines.qty
          unit_price: total
          updated_at: at
"""
OBJECTS: list[dict[str, Any]] = [
    {
        "id": 1,
        "customer": {"email": "a@x"},
        "at": "2024-03-05",
        "total": 10.5,
        "lines": [{"sku": "A", "qty": 2}, {"sku": "B", "qty": 1, "new": True}],
    },
    {
        "id": 2,
        "customer": {"email": "b@x"},
        "at": "2024-03-05",
        "total": 0.1,
        "lines": [],
        "notes": [{"text": "hi"}],
        "more": {"b": 1.50},
    },
    {"id": 3, "customer": None, "at": "2024-03-05", "lines": [{"sku": "A", "tags": ["x", 1]}]},
]
AS_LINES = "\n".join(json.dumps(one) for one in OBJECTS)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.jsonl", "\ufeff" + AS_LINES + "\r\n\nno json\n[1]\n"),
        ("a.ndjson.gz", gzip.compress((AS_LINES + "\n7\n{\n").encode(), mtime=0)),
        ("a.zip", zipped(a__jsonl=AS_LINES + "\n?\n?\n")),
    ],
)
def test_an_object_with_its_lines_is_an_order_and_its_items(
    spark: SparkSession, tmp_path: Path, name: str, text: bytes | str
) -> None:
    shop = ORDERS % "read: {rows: lines}"
    source = source_of(tmp_path, shop)
    seen = mapping.inspected(tmp_path, source, "orders", {name: text})
    assert [(found.rows, found.unknown) for found in seen] == [(6, ("more", "lines.new"))]
    rows = mapping.bronze(spark, source, "orders", seen).orderBy("_row_number").collect()
    found = [tuple(row[name] for name in ("id", "customer_email", "total", "lines_sku", "lines_tags")) for row in rows]
    assert found[:4] == [
        ("1", "a@x", "10.5", "A", None),
        ("1", "a@x", "10.5", "B", None),
        ("2", "b@x", "0.1", None, None),
        ("3", None, None, "A", '["x", 1]'),
    ]
    assert [row["notes_0_text"] for row in rows] == [None, None, "hi", None, None, None]
    assert [row["_extra"] for row in rows[:4]] == ["{}", '{"lines.new":"true"}', '{"more":"{\\"b\\": 1.5}"}', "{}"]
    assert [bool(row["_corrupt_record"]) for row in rows] == [False] * 4 + [True] * 2


def test_of_an_object_without_lines_there_are_no_items(spark: SparkSession, tmp_path: Path) -> None:
    rows = judged(spark, tmp_path, ORDERS % "read: {rows: lines}", {"a.jsonl": AS_LINES}, "order_items")
    assert usable(rows, "order_id", "item_number", "product_id") == [("1", 1, "A"), ("1", 2, "B")]


@pytest.mark.parametrize(
    "text", [json.dumps(OBJECTS, indent=1), json.dumps(OBJECTS), AS_LINES, json.dumps(OBJECTS[0], indent=2)]
)
def test_json_may_be_an_array_lines_or_one_object(spark: SparkSession, tmp_path: Path, text: str) -> None:
    rows = judged(spark, tmp_path, ORDERS % "", {"a.json": text})
    assert usable(rows, "order_id") == ["1", "2"][: len(rows)]


def test_parquet_is_read_as_text_without_a_loss(spark: SparkSession, tmp_path: Path) -> None:
    kinds = pa.schema(
        [
            ("id", pa.int64()),
            ("name", pa.struct([("first", pa.string())])),
            ("at", pa.timestamp("ns", "UTC")),
            ("price", pa.decimal128(18, 2)),
            ("rate", pa.float64()),
        ]
    )
    table = pa.Table.from_pylist(
        [
            {"id": 1, "name": {"first": "Ann"}, "at": 1709632800_000000000, "price": Decimal("10.50"), "rate": 0.1},
            {"id": None},
        ],
        kinds,
    )
    packed = io.BytesIO()
    pq.write_table(table, packed)
    source = source_of(
        tmp_path,
        (SHOP % "").replace("[id, name, at]", "[id, name.first, at]").replace("name: name,", "name: name.first,"),
    )
    seen = mapping.inspected(tmp_path, source, "people", {"a.parquet": packed.getvalue()})
    assert [(found.rows, found.missing) for found in seen] == [(2, ())]
    rows = mapping.bronze(spark, source, "people", seen).orderBy("_row_number").collect()
    assert [(row["id"], row["name_first"], row["at"]) for row in rows] == [
        ("1", "Ann", "2024-03-05 10:00:00+00:00"),
        (None, None, None),
    ]
    assert json.loads(rows[0]["_extra"]) == {"name": '{"first": "Ann"}', "price": "10.50", "rate": "0.1"}


def test_numbers_of_a_dataset_are_written_as_it_says(spark: SparkSession, tmp_path: Path) -> None:
    shop = """
    source: shop
    datasets:
      goods:
        columns: [id, price, cost, at]
        separator: ";"
        %s
    entities:
      products:
        from: goods
        columns: {product_id: id, list_price: price, unit_cost: {column: cost, number: {decimal: "."}}, updated_at: at}
    """
    files = {"a.csv": "id;price;cost;at\n1;1.234,50;0.50;2024-03-05\n2;12.50;7;2024-03-05\n"}
    rows = judged(spark, tmp_path, shop % 'number: {decimal: ",", thousands: "."}', files, "products")
    assert [(str(row["list_price"]), str(row["unit_cost"])) for row in rows] == [("1234.50", "0.50"), ("None", "7.00")]
    (tmp_path / "unset").mkdir()
    rows = judged(spark, tmp_path / "unset", shop % "", files, "products")
    assert [str(row["list_price"]) for row in rows] == ["None", "12.50"]


@pytest.mark.parametrize(
    ("keys", "said"),
    [
        ("read: {encoding: cp1253a}", "datasets.people.read.encoding: unknown encoding 'cp1253a'; did you mean 'cp125"),
        ("read: {encoding: base64}", "'base64' is no encoding of text"),
        ("read: {endings: [txt]}", "found 'txt', expected an ending with its point, as .txt"),
        ("read: {skip: 2}", "unknown key 'skip'; did you mean 'skip_lines'?"),
        ("read: {quote: '()'}", "datasets.people.read.quote: "),
        ("read: {skip_lines: -1}", "datasets.people.read.skip_lines: input should be greater than or equal to 0"),
    ],
)
def test_what_cannot_be_is_told(tmp_path: Path, keys: str, said: str) -> None:
    with pytest.raises(SettingsError) as error:
        source_of(tmp_path, SHOP % keys)
    assert said in str(error.value)


def test_unset_spark_reads_the_file_as_it_lies_there(tmp_path: Path) -> None:
    source = source_of(tmp_path, SHOP % "")
    assert datasets_of(source)["people"].read.as_canonical
    seen = mapping.inspected(
        tmp_path, source, "people", {"a.csv": PLAIN, "b.csv": "sep=,\n" + PLAIN, "c.zip": zipped(c__csv=PLAIN)}
    )
    assert [(found.file.name[-5:], found.own) for found in seen] == [("a.csv", False), ("b.csv", True), ("c.zip", True)]
