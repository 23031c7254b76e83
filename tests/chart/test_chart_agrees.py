"""The chart agrees with its neighbours: the application, the image, Spark, its own documents."""

from __future__ import annotations

import importlib.util
import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from pyspark.sql import SparkSession

from spark_app.cli import lakehouse
from spark_app.runs import entry
from spark_app.runtime.settings import CONF_VARIABLE, conf_dir, load_settings
from tests.chart.render import CHART, EKS, EVERYTHING, LOCAL, ROOT, look, objects, pod, pods, run, spark

pytestmark = pytest.mark.chart


@pytest.mark.parametrize(("file", "environment"), [(LOCAL, "cluster"), (EKS, "aws")])
def test_the_application_takes_the_settings(
    file: Path, environment: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = objects("-f", str(file))["ConfigMap"]["data"]
    (tmp_path / "base.yaml").write_text((conf_dir() / "base.yaml").read_text())
    (tmp_path / f"{environment}.yaml").write_text(data[f"{environment}.yaml"])
    monkeypatch.setenv(CONF_VARIABLE, str(tmp_path))
    settings = load_settings(environment)
    assert settings.spark.master is None
    assert settings.spark.fetch_jars is False
    assert settings.on_s3


def test_the_images_own_settings_will_do() -> None:
    """Without `settings` the image's conf/aws.yaml counts: it must be one that the chart would take."""
    own = yaml.safe_load((ROOT / "conf" / "aws.yaml").read_text())
    assert yaml.safe_load(objects(values={"settings": own})["ConfigMap"]["data"]["aws.yaml"]) == own
    assert not any(
        mount["name"] == "config" for mount in look(pod(objects(), "CronJob nightly"), "spec.containers.0.volumeMounts")
    )


def test_false_settings_stay_false() -> None:
    settings = {**yaml.safe_load(LOCAL.read_text())["settings"], "spark": {"light_compiler": False}}
    data = objects("-f", str(LOCAL), values={"settings": settings})["ConfigMap"]["data"]
    assert yaml.safe_load(data["cluster.yaml"])["spark"] == {"light_compiler": False, "fetch_jars": False}


@pytest.mark.parametrize(("light", "lines"), [(True, 2), (False, 0)])
def test_java_compiles_as_lightly_as_the_settings_say(light: bool, lines: int) -> None:
    settings = {**yaml.safe_load(LOCAL.read_text())["settings"], "spark": {"light_compiler": light}}
    data = objects("-f", str(LOCAL), values={"settings": settings})["ConfigMap"]["data"]
    assert data["spark-defaults.conf"].count("extraJavaOptions -XX:TieredStopAtLevel=1") == lines


def test_the_image_knows_the_words_and_the_jobs_their_arguments() -> None:
    rendered = objects(values={**EVERYTHING, "nightly": {"allowMissing": True}})
    words = re.search(r"^case \$word in(.*)^esac", (ROOT / "docker" / "entrypoint.sh").read_text(), re.M | re.S)
    assert words
    known = set(re.findall(r"[a-z-]+(?= *[|)])", words[1]))
    for name, one in pods(rendered).items():
        if name == "executor":
            continue
        word, *arguments = one["spec"]["containers"][0]["args"]
        assert word in known, name
        if word == "run":
            order = entry.request("run", arguments)
            assert (order.environment, order.home) == ("aws", "/tmp/lakehouse")
            assert bool(order.first) is name.startswith("Job")
        if word == "watch":
            order = lakehouse.commands["watch"].make_context("watch", arguments).params
            assert (order["environment"], order["home"], order["touch"]) == (
                "aws",
                "/tmp/lakehouse",
                "/tmp/watch-looked",
            )


def test_spark_knows_what_it_is_told(spark_configuration: set[str]) -> None:
    """Spark says nothing of a misspelt key: it passes it over."""
    rendered = objects(values=EVERYTHING)
    told = {key for job in ("nightly", "watch", "backfill", "maintenance", "history") for key in spark(rendered, job)}
    free = ("spark.hadoop.fs.s3a.", "spark.metrics.conf.", "spark.executor.cores")
    assert {key for key in told if not key.startswith(free)} - spark_configuration == set()
    assert "spark.kubernetes.executor.podTemplate" not in spark_configuration


@pytest.fixture
def spark_configuration(spark: SparkSession) -> set[str]:
    """Every key that Spark, its Kubernetes part and its history server have declared."""
    java: Any = spark._jvm
    loader = java.Thread.currentThread().getContextClassLoader()
    for name in ("internal.config.package$", "internal.config.UI$", "internal.config.History$", "deploy.k8s.Config$"):
        java.java.lang.Class.forName(f"org.apache.spark.{name}", True, loader)
    entries = getattr(getattr(java.org.apache.spark.internal.config, "ConfigEntry$"), "MODULE$").knownConfigs()
    # What Spark reads by name, without declaring it: in SparkSubmit, and in Utils.portMaxRetries.
    return {*entries.keySet(), "spark.master", "spark.port.maxRetries"}


def test_notes_tell_the_next_three_commands() -> None:
    done = run("--set", "nightly.suspend=true")
    assert done.returncode == 0
    notes = (CHART / "templates" / "NOTES.txt").read_text()
    assert notes.count("\n  helm test") + notes.count("\n  kubectl") == 3


def test_the_table_of_values_is_current() -> None:
    found = importlib.util.spec_from_file_location("chart_table", ROOT / "tools" / "chart_table.py")
    assert found
    assert found.loader
    tool = importlib.util.module_from_spec(found)
    found.loader.exec_module(tool)
    old, values = (CHART / "README.md").read_text(), (CHART / "values.yaml").read_text()
    assert tool.readme(old, values) == old, "run make chart-table"


def test_the_guides_values_install_and_its_names_exist() -> None:
    guide = (ROOT / "docs" / "run-on-kubernetes.md").read_text()
    (given,) = [block for block in re.findall(r"```yaml\n(.*?)```", guide, re.S) if block.startswith("image:")]
    assert "CronJob nightly" in objects(values=yaml.safe_load(given))
    values = yaml.safe_load((CHART / "values.yaml").read_text())
    named = {tuple(path.split(".")) for path in re.findall(r"`([a-z]\w+\.\w+)[`:]", guide, re.I)}
    ours = {(section, key) for section, key in named if isinstance(values.get(section), dict) and section != "settings"}
    assert len(ours) > 15
    assert {".".join(path) for path in ours if path[1] not in values[path[0]]} == set()


def test_every_value_is_described() -> None:
    table = (CHART / "README.md").read_text()
    schema = json.loads((CHART / "values.schema.json").read_text())
    for name, section in schema["properties"].items():
        for key in section.get("properties", [None]):
            path = f"{name}.{key}" if key else name
            assert name == "global" or f"| `{path}` |" in table, path
