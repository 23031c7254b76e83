"""Delta's jars: which, from where, and how often they are fetched."""

import importlib.metadata
import re
from pathlib import Path

import pytest

from spark_app.runtime import jars
from spark_app.runtime.errors import SettingsError
from spark_app.runtime.jars import JarsNotFound, cached_jars, delta_coordinates, fetch_jars, jar_conf

DELTA = ["io.delta:delta-spark_2.12:3.3.2"]


@pytest.fixture
def cache(tmp_path, monkeypatch):
    """An empty cache under a path with a space."""
    root = tmp_path / "a b" / "cache"
    monkeypatch.setenv("LAKEHOUSE_CACHE", str(root))
    return root


@pytest.fixture
def ivy(monkeypatch):
    """Ivy without a network: brings these jars, keeps count."""
    calls: list[list[str]] = []

    def bring(coordinates, work, excluded):
        calls.append(list(coordinates))
        (work / "jars").mkdir()
        for name in ("delta-storage-3.3.2.jar", "delta-spark_2.12-3.3.2.jar", "scala-library-2.12.18.jar"):
            (work / "jars" / name).write_bytes(b"jar")

    monkeypatch.setattr(jars, "_run_ivy", bring)
    return calls


@pytest.fixture
def spark_home(tmp_path, monkeypatch):
    """A Spark that has Scala's library."""
    home = tmp_path / "spark"
    (home / "jars").mkdir(parents=True)
    (home / "jars" / "scala-library-2.12.18.jar").write_bytes(b"jar")
    monkeypatch.setattr(jars, "bundled_spark_home", lambda: home)
    return home


def names(paths: list[Path] | None) -> list[str] | None:
    return None if paths is None else [path.name for path in paths]


@pytest.mark.parametrize(
    ("pyspark", "coordinates"),
    [
        ("3.5.6", ["io.delta:delta-spark_2.12:3.3.2"]),
        ("3.5.0+amzn.1", ["io.delta:delta-spark_2.12:3.3.2"]),
        ("4.0.5", ["io.delta:delta-spark_2.13:4.0.1"]),
    ],
)
def test_delta_follows_spark(pyspark, coordinates):
    assert delta_coordinates(pyspark) == coordinates


def test_a_spark_without_a_chosen_delta_is_refused():
    with pytest.raises(SettingsError, match=r"Spark 3\.3\.1; expected Spark 3\.5, 4\.0"):
        delta_coordinates("3.3.1")


@pytest.mark.core
def test_the_jars_are_those_of_the_installed_delta_package():
    (coordinate,) = delta_coordinates(importlib.metadata.version("pyspark"))

    assert coordinate.split(":")[-1] == importlib.metadata.version("delta-spark")


def test_jars_are_fetched_once_and_spark_keeps_its_own(cache, ivy, spark_home):
    assert cached_jars(DELTA) is None

    first, second = fetch_jars(DELTA), fetch_jars(DELTA)

    assert names(first) == ["delta-spark_2.12-3.3.2.jar", "delta-storage-3.3.2.jar"]
    assert first == second == cached_jars(DELTA)
    assert ivy == [DELTA]


def test_other_coordinates_are_another_entry(cache, ivy, spark_home):
    fetch_jars(DELTA)

    assert cached_jars([*DELTA, "org.example:more:1.0"]) is None


def test_one_process_has_them_on_javas_own_class_path_and_a_cluster_as_files_to_send(cache, ivy, spark_home):
    jars = fetch_jars(DELTA)
    assert jar_conf(jars, "local[*]") == {"spark.driver.extraClassPath": ":".join(map(str, jars))}
    assert jar_conf(jars, "spark://a:7077") == jar_conf(jars, None) == {"spark.jars": ",".join(map(str, jars))}


def test_no_jars_no_setting():
    assert jar_conf([], "local[*]") == {}


def test_a_failed_download_leaves_nothing_that_looks_complete(cache, monkeypatch, spark_home):
    def fail(coordinates, work, excluded):
        (work / "jars").mkdir()
        (work / "jars" / "delta-storage-3.3.2.jar").write_bytes(b"half")
        raise JarsNotFound("no network")

    monkeypatch.setattr(jars, "_run_ivy", fail)

    with pytest.raises(JarsNotFound, match="no network"):
        fetch_jars(DELTA)

    assert cached_jars(DELTA) is None
    assert list((cache / "jars").iterdir()) == []


def test_of_two_that_fetch_at_once_the_second_takes_what_the_first_brought(cache, ivy, monkeypatch, spark_home):
    bring = jars._run_ivy

    def overtaken(coordinates, work, excluded):
        bring(coordinates, work, excluded)
        monkeypatch.setattr(jars, "_run_ivy", bring)
        fetch_jars(coordinates)

    monkeypatch.setattr(jars, "_run_ivy", overtaken)

    assert names(fetch_jars(DELTA)) == ["delta-spark_2.12-3.3.2.jar", "delta-storage-3.3.2.jar"]
    assert len(list((cache / "jars").iterdir())) == 1


def test_what_is_no_coordinate_is_named(cache):
    with pytest.raises(SettingsError, match="'delta-spark' is no Maven coordinate"):
        fetch_jars(["delta-spark"])


@pytest.mark.parametrize(
    ("variables", "root"),
    [
        ({"LAKEHOUSE_CACHE": "{tmp}/own", "XDG_CACHE_HOME": "{tmp}/xdg"}, "own"),
        ({"XDG_CACHE_HOME": "{tmp}/xdg"}, "xdg/lakehouse"),
        ({"HOME": "{tmp}/home"}, "home/.cache/lakehouse"),
    ],
)
def test_the_cache_is_outside_the_project(tmp_path, monkeypatch, variables, root):
    for name in ("LAKEHOUSE_CACHE", "XDG_CACHE_HOME"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value.format(tmp=tmp_path))

    assert jars.cache_root() == tmp_path / root


def test_ivy_is_asked_for_what_is_needed_to_run_and_not_for_spark():
    module = jars._ivy_module(DELTA, jars._EXCLUDED)

    assert 'org="io.delta" name="delta-spark_2.12" rev="3.3.2"' in module
    assert '<exclude org="org.scala-lang" module=".*" matcher="regexp"/>' in module


@pytest.mark.parametrize(
    ("module", "is_sparks_own"),
    [
        ("spark-core_2.12", True),
        ("spark-sql_2.12", True),
        ("spark-tags_2.12", True),
        ("spark-sql-kafka-0-10_2.12", False),
        ("spark-token-provider-kafka-0-10_2.12", False),
    ],
)
def test_of_sparks_modules_only_its_source_for_kafka_is_fetched(module, is_sparks_own):
    (pattern,) = [of_group for group, of_group in jars._EXCLUDED if group == "org.apache.spark"]
    assert bool(re.fullmatch(pattern, module)) is is_sparks_own


def test_a_program_of_its_own_gets_all():
    assert "exclude" not in jars._ivy_module(DELTA, ())
