"""Java's classes kept between runs: a run that took something in leaves them, later ones over these jars use them."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from urllib.parse import quote

import pytest

from spark_app.runtime import class_archive
from spark_app.runtime.class_archive import archive_options
from spark_app.runtime.java import bundled_spark_home

WHOLE = class_archive._MAGIC.to_bytes(4, sys.byteorder) + b"classes"


@pytest.fixture(autouse=True)
def environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An environment of its own, its path with a space, a Java and a Spark."""
    home = tmp_path
    for folder in ("an environment", "java", "spark/jars"):
        (home / folder).mkdir(parents=True)
    (home / "spark/jars/spark.jar").write_bytes(b"jar")
    (home / "delta.jar").write_bytes(b"jar")
    monkeypatch.setattr(sys, "prefix", str(home / "an environment"))
    for name in class_archive._FOLDERS_ON_THE_CLASS_PATH:
        monkeypatch.delenv(name, raising=False)
    return home


def options(home: Path, *, leave: bool = True) -> str:
    return archive_options(home / "java", home / "spark", [home / "delta.jar"], leave=leave)


def left(home: Path, content: bytes = WHOLE) -> Path:
    """What the Java of a run leaves that was told to."""
    path = Path(options(home).partition("ArchiveClassesAtExit=")[2].rstrip('"'))
    path.write_bytes(content)
    return path


def test_a_run_leaves_what_the_next_uses(environment: Path) -> None:
    path = left(environment)
    assert options(environment) == f' -Xlog:cds*=off "-XX:SharedArchiveFile={path.with_suffix("")}"'
    assert options(environment, leave=False) == options(environment)
    assert (path.exists(), path.with_suffix("").read_bytes()) == (False, WHOLE)


def test_only_a_run_that_took_something_in_leaves_it(environment: Path) -> None:
    assert options(environment, leave=False) == ""


def test_half_an_archive_is_none(environment: Path) -> None:
    """Java writes the head last: a Java that was killed leaves zeros there."""
    left(environment, bytes(400))
    assert "ArchiveClassesAtExit" in options(environment)


@pytest.mark.parametrize("changed", ["delta.jar", "spark/jars/spark.jar", "java/release"])
def test_another_java_or_jar_has_an_archive_of_its_own(environment: Path, changed: str) -> None:
    left(environment)
    assert "SharedArchiveFile" in options(environment)
    (environment / changed).write_text("another")
    assert "ArchiveClassesAtExit" in options(environment)


def test_what_other_runs_left_goes_with_the_first_that_is_taken(environment: Path) -> None:
    path = left(environment)
    for pid, content in (("1", bytes(400)), ("2", WHOLE)):
        path.with_suffix(f".{pid}").write_bytes(content)
    assert "SharedArchiveFile" in options(environment)
    assert list(path.parent.iterdir()) == [path.with_suffix("")]


def test_two_are_kept(environment: Path) -> None:
    for number in range(3):
        (environment / "delta.jar").write_text("n" * number)
        left(environment)
        assert "SharedArchiveFile" in options(environment)
    assert len(list((environment / "an environment/java-classes").iterdir())) == 2


def test_none_where_a_folder_of_settings_is_on_the_class_path(
    environment: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HADOOP_CONF_DIR", "/etc/hadoop")
    assert options(environment) == ""
    monkeypatch.delenv("HADOOP_CONF_DIR")
    (environment / "spark/conf").mkdir()
    assert options(environment) == ""


def test_none_where_java_would_leave_sparks_classes_out(environment: Path) -> None:
    """A URL writes the space otherwise, and Java 17 then takes the jar for one that is not on its class path."""
    spark = environment / "a spark"
    (environment / "spark").rename(spark)
    assert archive_options(environment / "java", spark, [environment / "delta.jar"], leave=True) == ""


PROGRAM = """
import sys
sys.prefix = sys.argv[1]
from spark_app.runtime.session import session
from spark_app.runtime.settings import Settings
own = {"master": "local[1]", "driver_memory": "1g", "light_compiler": True}
spark = session(Settings.model_validate({"environment": "local", "spark": own}), landed_bytes=1)
assert spark.range(3).count() == 3
"""


def test_a_real_java_starts_from_what_another_has_left(environment: Path) -> None:
    home = str(bundled_spark_home())
    prefix, loaded = environment / "an environment", environment / "loaded.txt"
    assert "cds" not in _start(prefix, {})
    if quote(home) != home:  # as in a clone whose path has a space
        assert not (prefix / "java-classes").exists()
        return
    assert any(class_archive._is_whole(one) for one in (prefix / "java-classes").iterdir())
    _start(prefix, {"JDK_JAVA_OPTIONS": f'"-Xlog:class+load:file={loaded}"'})
    shared = [line for line in loaded.read_text().splitlines() if line.endswith("source: shared objects file (top)")]
    for name in ("org.apache.spark.sql.SparkSession ", "io.delta.sql.DeltaSparkSessionExtension "):
        assert any(name in line for line in shared), name


def _start(prefix: Path, more: dict[str, str]) -> str:
    """Both what Python and what Java said: the call waits for Java's end, which comes later."""
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, str(prefix)], env=os.environ | more, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout + done.stderr
