"""The entrypoint's words: what they start, how they end."""

from __future__ import annotations

import subprocess
import time
from pathlib import Path

import pytest

from tests.image.conftest import IMAGE, Run, docker
from tests.support.drops import drop
from tests.support.files import GOOD

pytestmark = pytest.mark.image
DAY = "2024-03-01"
SETTINGS = """\
home: /lake
warehouse: none
spark: {fetch_jars: false}
"""


def said(done: subprocess.CompletedProcess[str]) -> str:
    """Both streams: spark-submit gives what a job says on standard error out on standard output."""
    return done.stdout + done.stderr


@pytest.fixture
def lake(tmp_path: Path) -> Path:
    """A home on the host that the image's user may write to: landing and, later, the lake."""
    (tmp_path / "landing").mkdir()
    (tmp_path / "files.yaml").write_text(SETTINGS)
    return tmp_path


def night(run: Run, lake: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """A run over local files; the settings are mounted as the chart mounts them."""
    for path in [lake, *lake.rglob("*")]:
        path.chmod(0o777)
    mounts = ("--volume", f"{lake}:/lake", "--volume", f"{lake}/files.yaml:/opt/lakehouse/conf/files.yaml:ro")
    options = (
        *mounts,
        "--env",
        "LAKEHOUSE_EMAIL_SALT=a-salt-that-is-no-secret",
        "--network",
        "none",
        "--hostname",
        "localhost",
    )
    return run("run", "--env", "files", *words, options=options)


def test_an_unknown_word_is_one_clear_line(run: Run) -> None:
    done = run("nightly")
    assert done.returncode == 2
    assert done.stdout == ""
    assert done.stderr.startswith("entrypoint: found 'nightly', expected bronze, silver, gold, audit, publish, run")
    assert done.stderr.count("\n") == 1


def test_without_a_word_the_words_are_listed(run: Run) -> None:
    done = run()
    assert done.returncode == 0
    for word in ("bronze", "run", "maintenance", "lakehouse", "history-server", "driver", "executor"):
        assert word in done.stdout


def test_lakehouse_is_the_command(run: Run) -> None:
    done = run("lakehouse", "run", "--env", "nowhere")
    assert done.returncode == 2
    assert "nowhere" in said(done)
    assert run("lakehouse", "--help").returncode == 0


@pytest.mark.parametrize("word", ["bronze", "silver", "gold", "audit", "publish", "run", "maintenance"])
def test_a_layer_ends_with_the_exit_code_of_bad_settings(run: Run, word: str) -> None:
    done = run(word, "--env", "nowhere")
    assert (done.returncode, "no settings for environment 'nowhere'" in said(done)) == (2, True), said(done)


def test_a_night_over_local_files_without_a_network(run: Run, lake: Path) -> None:
    for entity, row in GOOD.items():
        drop(lake / "landing", entity, DAY, [row])
    done = night(run, lake, "--date", DAY)
    assert done.returncode == 0, said(done)
    assert "release 1" in said(done)
    assert (lake / "lake/gold/fact_orders/_delta_log").is_dir()
    assert (lake / "reports/quality/index.html").is_file()
    again = night(run, lake, "--date", DAY)
    assert (again.returncode, "nothing new" in said(again)) == (0, True), said(again)


def test_a_missing_drop_is_exit_3(run: Run, lake: Path) -> None:
    drop(lake / "landing", "orders", DAY, [GOOD["orders"]])
    done = night(run, lake, "--date", DAY)
    assert done.returncode == 3, said(done)
    assert f"{DAY}: no drop of" in said(done)


def test_a_withheld_release_is_exit_4(run: Run, lake: Path) -> None:
    for entity, row in GOOD.items():
        rows = [row]
        if entity == "orders":  # most of the day unusable
            rows = [{**row, "order_id": f"o{n}", "status": "???" if n else "created"} for n in range(30)]
        drop(lake / "landing", entity, DAY, rows)
    done = night(run, lake, "--date", DAY)
    assert done.returncode == 4, said(done)


def test_executor_reaches_sparks_own_class(run: Run) -> None:
    done = run("executor", options=("--env", "SPARK_JAVA_OPT_0=-Dshown=a b", "--env", "SPARK_EXECUTOR_MEMORY=256m"))
    assert done.returncode != 0
    assert "Usage: CoarseGrainedExecutorBackend" in said(done) or "KubernetesExecutorBackend" in said(done), said(done)


def test_driver_wants_what_spark_sets(run: Run) -> None:
    done = run("driver", "--class", "some.Class", "local:///x.jar")
    assert done.returncode != 0
    assert "SPARK_DRIVER_BIND_ADDRESS" in done.stderr


def test_a_pod_tells_spark_its_address(run: Run, tmp_path: Path) -> None:
    shown = "import sys, pyspark; c = pyspark.SparkContext().getConf(); print(c.get('spark.driver.host'), c.get("
    script = tmp_path / "shown.py"
    script.write_text(shown + "'spark.kubernetes.driver.pod.name'), c.get('spark.kubernetes.namespace'))\n")
    pod = ("POD_IP=127.0.0.1", "POD_NAME=night-1", "POD_NAMESPACE=shop")
    environment = [word for value in pod for word in ("--env", value)]
    mount = ("--volume", f"{script}:/opt/lakehouse/spark_app/jobs/gold.py:ro")
    done = run("gold", options=(*environment, *mount))
    assert (done.returncode, done.stdout.strip()) == (0, "127.0.0.1 night-1 shop"), done.stderr


def test_a_stop_reaches_what_runs(run: Run) -> None:
    """SIGTERM ends the history server at once: Docker would wait half a minute, then kill (137)."""
    events = ("--env", "SPARK_HISTORY_OPTS=-Dspark.history.fs.logDirectory=file:/tmp")
    started = docker("run", "--detach", "--read-only", "--tmpfs", "/tmp:exec", *events, IMAGE, "history-server")
    name = started.stdout.strip()
    try:
        answers = ("exec", name, "bash", "-c", "</dev/tcp/127.0.0.1/18080")
        deadline = time.monotonic() + 120
        while docker(*answers).returncode != 0:
            assert time.monotonic() < deadline, docker("logs", name).stderr
            time.sleep(0.2)
        docker("stop", "--time", "30", name)
        assert docker("inspect", "--format", "{{.State.ExitCode}}", name).stdout.strip() == "143"
    finally:
        docker("rm", "--force", name)
