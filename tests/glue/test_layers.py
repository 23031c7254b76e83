"""Every layer's script as a Glue job, unchanged, over a small shop: the same gold as a plain run makes."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

import pytest
from pyspark.sql import SparkSession

from spark_app.jobs import nightly
from spark_app.runs.request import RunRequest
from spark_app.runtime.layers import LAYERS
from spark_app.shops.demo import generate
from tests.glue.conftest import Glue
from tests.support.drops import gold, warehouse

pytestmark = pytest.mark.stack
FIRST, LAST = date(2024, 1, 1), date(2024, 1, 3)


def words(home: Path, script: str) -> list[str]:
    """Arguments as Glue gives them."""
    return [
        *("--JOB_ID", "j_1", "--JOB_RUN_ID", f"jr_{script}", "--JOB_NAME", f"lakehouse-{script}"),
        *("--TempDir", "s3://bucket/tmp", "--job-bookmark-option", "job-bookmark-disable", "--job-language", "python"),
        *("--datalake-formats", "delta", "--enable-metrics", "true", "--env", "local", "--home", str(home)),
    ]


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("shop")
    generate(str(home / "landing"), FIRST, 3, orders_per_day=12)
    return home


@pytest.fixture(scope="module")
def plain(shop: Path, tmp_path_factory: pytest.TempPathFactory, spark: SparkSession) -> Path:
    home = tmp_path_factory.mktemp("plain")
    shutil.copytree(shop / "landing", home / "landing")
    assert nightly.run(RunRequest("local", home=str(home), first=FIRST, last=LAST)).exit_code == 0
    return home


def test_each_layer_is_a_glue_job(shop: Path, plain: Path, glue: Glue) -> None:
    days = ["--from", str(FIRST), "--to", str(LAST)]
    for layer in LAYERS:
        ended = glue.run(layer, *words(shop, layer), *days)
        assert ended.code == 0, ended.said
        (_, name, args), last = ended.calls
        assert (name, args["JOB_RUN_ID"], args["home"]) == (f"lakehouse-{layer}", f"jr_{layer}", str(shop))
        assert last == ["commit"], "and it returned: the launcher takes SystemExit for a failure"
    assert gold(shop) == gold(plain)
    assert warehouse(shop) == warehouse(plain)


def test_maintenance_is_a_glue_job(shop: Path, glue: Glue) -> None:
    ended = glue.run("maintenance", *words(shop, "maintenance"), "--keep-releases", "30")
    assert ended.code == 0, ended.said
    assert ended.committed


def test_a_day_that_has_not_landed_is_not_committed(shop: Path, glue: Glue) -> None:
    ended = glue.run("bronze", *words(shop, "bronze"), "--date", "2024-01-09")
    assert ended.code != 0
    assert "JobFailed: exit code 3: " in ended.said
    assert [call[0] for call in ended.calls] == ["init"]


@pytest.mark.parametrize(
    ("given", "conf", "said"),
    [
        (["--date", "yesterday"], None, "exit code 2: 'yesterday' is no date; expected one as 2024-12-31"),
        (["--dat", "2024-01-01"], None, "--dat: neither ours nor a parameter of Glue; did you mean 'date'?"),
        ([], (), "spark.sql.extensions: found none, expected io.delta.sql.DeltaSparkSessionExtension"),
    ],
)
def test_what_is_wrong_is_one_line(
    shop: Path, glue: Glue, given: list[str], conf: tuple[str, ...] | None, said: str
) -> None:
    more = {} if conf is None else {"conf": conf}
    ended = glue.run("gold", *words(shop, "gold"), *given, **more)
    assert ended.code != 0
    assert said in ended.said
    assert not ended.committed
