"""The dashboards in a bucket: every file there, each as what it is, so that a browser shows it."""

from __future__ import annotations

import urllib.request
from datetime import date
from pathlib import Path

from spark_app.contracts.load import load_contracts
from spark_app.lake.s3 import client
from spark_app.report.site import write_site
from spark_app.runtime.settings import S3Settings, load_settings
from tests.support.gold_shop import make_gold

KINDS = {"html": "text/html; charset=utf-8", "css": "text/css; charset=utf-8", "js": "text/javascript; charset=utf-8"}


def test_the_site_is_written_to_a_bucket_as_pages(tmp_path: Path, bucket: str, s3: S3Settings) -> None:
    gold = make_gold(tmp_path, days=31, customers=20, orders=60, last=date(2026, 11, 22))
    gold.release()
    settings = load_settings("local").model_copy(update={"reports": f"{bucket}/reports", "s3": s3})
    assert write_site(settings, gold.lake, load_contracts())
    name = bucket.removeprefix("s3a://")
    store = client(s3)
    keys = [found["Key"] for found in store.list_objects_v2(Bucket=name, Prefix="reports/site/")["Contents"]]
    assert {key.removeprefix("reports/site/") for key in keys} >= {
        "index.html", "sales.html", "customers.html", "payments.html", "products.html", "delivery.html",
        "assets/vega.js", "assets/site.js", "assets/site.css",
    }  # fmt: skip
    for key in keys:
        assert store.head_object(Bucket=name, Key=key)["ContentType"] == KINDS[key.rpartition(".")[2]], key
    address = store.generate_presigned_url("get_object", Params={"Bucket": name, "Key": "reports/site/index.html"})
    with urllib.request.urlopen(address) as answer:  # as a browser asks
        assert b"<h1>Sun 22 Nov 2026</h1>" in answer.read()
