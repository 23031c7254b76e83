"""The store module against a real object store."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from spark_app.contracts.load import load_contracts
from spark_app.contracts.sources import datasets_of, load_source
from spark_app.lake import landing, objects, ops
from spark_app.lake.headers import inspect
from spark_app.lake.paths import Lake, Landing
from spark_app.lake.s3 import client
from spark_app.runtime.errors import LakeError, SettingsError
from spark_app.runtime.settings import S3Settings
from tests.support import ops_rows

DAY, OTHER = date(2024, 1, 2), date(2024, 1, 3)
HEADER = "customer_id,email,name,updated_at\n"


def put(s3: S3Settings, uri: str, text: str | bytes) -> None:
    name, _, key = uri.removeprefix("s3a://").partition("/")
    client(s3).put_object(Bucket=name, Key=key, Body=text if isinstance(text, bytes) else text.encode())


def names(entries: list[objects.Entry]) -> list[tuple[str, bool]]:
    return [(entry.name, entry.folder) for entry in entries]


def test_a_folder_lists_its_files_and_folders_and_no_more(bucket: str, s3: S3Settings) -> None:
    put(s3, f"{bucket}/landing/orders/dt=2024-01-02/a.csv", "x")
    put(s3, f"{bucket}/landing/orders/dt=2024-01-02/deeper/b.csv", "x")
    put(s3, f"{bucket}/landing/orders/note.txt", "x")
    put(s3, f"{bucket}/landing/orders_old/c.csv", "x")
    assert names(objects.list_folder(f"{bucket}/landing/orders", s3)) == [("dt=2024-01-02", True), ("note.txt", False)]
    assert names(objects.list_folder(f"{bucket}/landing/", s3)) == [("orders", True), ("orders_old", True)]
    assert names(objects.list_folder(bucket, s3)) == [("landing", True)]
    assert objects.list_folder(f"{bucket}/nothing", s3) == []
    assert objects.exists(f"{bucket}/landing", s3)
    assert not objects.exists(f"{bucket}/land", s3)


def test_more_objects_than_one_answer_holds_are_all_listed(bucket: str, s3: S3Settings) -> None:
    for number in range(1005):
        put(s3, f"{bucket}/many/{number:04}.csv", "")
    assert len(objects.list_folder(f"{bucket}/many", s3)) == 1005


def test_folders_are_looked_into_together_and_those_not_asked_for_are_leapt_over(
    bucket: str, s3: S3Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    for day in range(1, 10):
        for number in range(2):
            put(s3, f"{bucket}/o/dt=2024-01-0{day}/{number:03}.csv", "x")
    put(s3, f"{bucket}/o/dt=2024-01-05/deeper/c.csv", "x")
    put(s3, f"{bucket}/o/dt=2024-01-06/", "")
    asked: list[str] = []
    real = client(s3).list_objects_v2
    monkeypatch.setattr(
        client(s3), "list_objects_v2", lambda **how: asked.append(how.get("StartAfter", "")) or real(**how)
    )
    wanted = [f"dt=2024-01-0{day}" for day in (2, 3, 5, 6)] + ["dt=2024-02-01"]
    found = objects.list_folders(f"{bucket}/o", wanted, s3)
    assert {name: len(entries) for name, entries in found.items()} == {
        "dt=2024-01-02": 2,
        "dt=2024-01-03": 2,
        "dt=2024-01-05": 3,
        "dt=2024-01-06": 2,
    }
    assert names(found["dt=2024-01-05"]) == [("000.csv", False), ("001.csv", False), ("deeper", True)]
    assert found["dt=2024-01-02"] == objects.list_folder(f"{bucket}/o/dt=2024-01-02", s3)
    assert asked[0] == "o/dt=2024-01-02/"
    assert len([one for one in asked if one]) == 1
    for number in range(1001):
        put(s3, f"{bucket}/many/a/{number:04}.csv", "x")
    for folder in ("b", "c"):
        put(s3, f"{bucket}/many/{folder}/1.csv", "x")
    asked.clear()
    assert [len(one) for one in objects.list_folders(f"{bucket}/many", ["a", "c"], s3).values()] == [1001, 1]
    assert asked == ["many/a/", "many/a/0999.csv"]
    asked.clear()
    assert list(objects.list_folders(f"{bucket}/many", ["0", "c", "z"], s3)) == ["c"]
    assert asked == ["many/0/", "many/c/"]


@pytest.mark.parametrize("name", ["a b.csv", "a+b.csv", "a%20b.csv", "é.csv", "a#b.csv", "a?b=c.csv", "a=b&c.csv"])
def test_a_name_is_read_as_it_is_listed(bucket: str, s3: S3Settings, name: str) -> None:
    put(s3, f"{bucket}/d/{name}", "content of it")
    [found] = objects.list_folder(f"{bucket}/d", s3)
    with objects.open_bytes(found.uri, s3, 7) as stream:
        assert (found.name, stream.read()) == (name, b"content")


def test_a_corrected_file_of_the_same_size_has_another_fingerprint(bucket: str, s3: S3Settings) -> None:
    root = Landing(f"{bucket}/landing", s3)
    before = []
    for text in ("1,a\n", "1,a\n", "1,b\n"):
        put(s3, f"{root}/customers/dt=2024-01-02/c.csv", text)
        before.append(landing.fingerprint(landing.list_files(root, "customers", [DAY]).files[DAY]))
    assert before[0] == before[1] != before[2]


def test_landing_in_a_bucket_is_looked_at_as_a_local_one(bucket: str, s3: S3Settings) -> None:
    root = Landing(f"{bucket}/landing", s3)
    for key in (
        "customers/dt=2024-01-02/c.csv",
        "customers/dt=2024-01-02/_SUCCESS",
        "customers/dt=2024-01-02/readme.txt",
        "customers/dt=2024-02-30/c.csv",
        "orders/dt=2024-01-03/o.csv.gz",
        "odrers/dt=2024-01-03/o.csv",
    ):
        put(s3, f"{root}/{key}", HEADER)
    datasets = ["customers", "orders"]
    there = landing.list_days(root, datasets)
    assert there.days == {"customers": (DAY,), "orders": (OTHER,)}
    found = landing.list_files(root, "customers", [DAY, OTHER])
    [file] = found.files[DAY]
    assert (file.name, file.size) == ("customers/dt=2024-01-02/c.csv", len(HEADER))
    assert [problem.split(":")[0] for problem in there.strays] == [
        "landing/odrers",
        "landing/customers/dt=2024-02-30",
    ]
    assert found.unread == [
        "customers/dt=2024-01-02/readme.txt: not read; expected a file "
        "that ends in .csv, .tsv, .jsonl, .ndjson, .json, .parquet, .xlsx or .zip"
    ]


def test_a_truncated_gzip_in_a_bucket_is_found_out(bucket: str, s3: S3Settings) -> None:
    import gzip

    root = Landing(f"{bucket}/landing", s3)
    whole = gzip.compress((HEADER + "1,a@b.c,A,2024-01-02 10:00:00\n" * 500).encode())
    put(s3, f"{root}/customers/dt=2024-01-02/cut.csv.gz", whole[: len(whole) // 2])
    put(s3, f"{root}/customers/dt=2024-01-02/whole.csv.gz", whole)
    dataset = datasets_of(load_source("canonical", load_contracts()))["customers"]
    cut, good = (inspect(file, dataset, s3) for file in landing.list_files(root, "customers", [DAY]).files[DAY])
    assert cut.problem is not None
    assert "not a whole gzip file" in cut.problem
    assert (good.problem, good.header) == (None, ("customer_id", "email", "name", "updated_at"))


def test_bookkeeping_rows_go_to_a_bucket_and_come_back(bucket: str, s3: S3Settings) -> None:
    lake = Lake(f"{bucket}/lake", s3)
    ops_rows.put(
        lake.table("ops.steps"), [{"run_id": "r1", "layer": "gold", "table_name": "fact_orders", "seconds": 1.5}]
    )
    ops_rows.put(
        lake.table("ops.steps"), [{"run_id": "r2", "layer": "gold", "table_name": "fact_orders", "seconds": 2.5}]
    )
    found = ops.select(lake.table("ops.steps"), "SELECT run_id, seconds FROM ops_rows ORDER BY run_id")
    assert found == [{"run_id": "r1", "seconds": 1.5}, {"run_id": "r2", "seconds": 2.5}]


def test_what_is_written_in_a_local_folder_arrives_when_all_of_it_is_there(
    bucket: str, s3: S3Settings, tmp_path: Path
) -> None:
    with objects.writable(f"{bucket}/reports", s3) as folder:
        (folder / "sub").mkdir()
        (folder / "index.html").write_text("page")
        (folder / "sub" / "a.css").write_text("style")
        assert objects.list_folder(f"{bucket}/reports", s3) == []
    assert names(objects.list_folder(f"{bucket}/reports", s3)) == [("index.html", False), ("sub", True)]
    with objects.writable(str(tmp_path), s3) as folder:
        assert folder == tmp_path


def test_an_unknown_bucket_names_the_place_and_what_s3_says(s3: S3Settings) -> None:
    with pytest.raises(LakeError, match=r"s3a://no-such-bucket-here/x: S3 says NoSuchBucket"):
        objects.list_folder("s3a://no-such-bucket-here/x", s3)


def test_a_store_that_is_not_there_is_an_error_of_ours() -> None:
    nobody = S3Settings(endpoint="http://127.0.0.1:9", region="us-east-1", path_style=True, log_table=None)
    with pytest.raises(LakeError, match="S3 was not reached"):
        objects.list_folder("s3a://bucket/x", nobody)


def test_a_scheme_nobody_knows_is_refused() -> None:
    with pytest.raises(SettingsError, match="expected a local path or a URI of file, s3"):
        objects.local_path("gs://bucket/landing")


@pytest.mark.parametrize(
    ("settings", "options"),
    [
        ({}, {"aws_conditional_put": "etag"}),
        ({"region": "eu-west-1"}, {"aws_conditional_put": "etag", "aws_region": "eu-west-1"}),
        (
            {"endpoint": "http://h:9000", "path_style": True},
            {
                "aws_conditional_put": "etag",
                "aws_endpoint": "http://h:9000",
                "aws_allow_http": "true",
                "aws_virtual_hosted_style_request": "false",
            },
        ),
    ],
)
def test_what_delta_rs_is_told_of_the_store(settings: dict[str, object], options: dict[str, str]) -> None:
    limits = {"connect_timeout": "10s", "timeout": "60s", "max_retries": "8", "retry_timeout": "60s"}
    assert Lake("s3a://b/lake", S3Settings.model_validate(settings)).storage_options == options | limits
    assert Lake("/tmp/lake", S3Settings.model_validate(settings)).storage_options == {}
