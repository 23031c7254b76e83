"""Delta's jars on a laptop: resolved once, then used from a cache outside the project, without a network.

The Ivy that Spark ships does the resolving, from the repository it has built in (Maven Central).
`python -m spark_app.runtime.jars` fills the cache. Images and managed Spark carry their jars and do
not come here.
"""

import hashlib
import importlib.metadata
import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from xml.sax.saxutils import quoteattr

from spark_app.runtime.errors import LakehouseError, SettingsError
from spark_app.runtime.java import bundled_spark_home, find_java

# Spark's minor version → Scala's, Delta's and Hadoop's. Hadoop's is the one that Spark's wheel is built with.
_DELTA = {"3.5": ("2.12", "3.3.2", "3.3.4"), "4.0": ("2.13", "4.0.1", "3.4.1")}

# Where Debian and Red Hat keep the certificates that the machine trusts. A Java from a Python package brings
# only a list of its own, which lacks what a company's TLS proxy signs with.
_TRUST_STORES = ("/etc/ssl/certs/java/cacerts", "/etc/pki/java/cacerts")

# Spark has these, and its own must win; its source for Kafka it has not.
_EXCLUDED = (
    ("org.apache.spark", "^(?!spark-(sql|token-provider)-kafka).*$"),
    ("org.scala-lang", ".*"),
    (r"com\.fasterxml\.jackson.*", ".*"),
    (r"io\.netty", ".*"),
    (r"org\.apache\.httpcomponents", ".*"),
    ("commons-codec|commons-logging", ".*"),
)
# The newest that Maven Central has for the Spark that EMR brings.
_KAFKA = {"3.5": "3.5.3", "4.0": "4.0.0"}


class JarsNotFound(LakehouseError):
    """The jars are neither in the cache nor to be downloaded; the message carries Ivy's own."""

    retry = True


def delta_coordinates(pyspark_version: str) -> list[str]:
    """Maven coordinates ("group:artifact:version") of the Delta that goes with a pyspark version ("3.5.6").

    Raises `SettingsError` for a Spark that no Delta is chosen for.
    """
    scala, delta, _ = _fitting(pyspark_version)
    return [f"io.delta:delta-spark_{scala}:{delta}"]


def s3_coordinates(pyspark_version: str, *, dynamodb: bool = False) -> list[str]:
    """Coordinates of Hadoop's S3A (with AWS's own bundle, some 280 MB), and of Delta's log in DynamoDB."""
    _, delta, hadoop = _fitting(pyspark_version)
    log = [f"io.delta:delta-storage-s3-dynamodb:{delta}"] if dynamodb else []
    return [f"org.apache.hadoop:hadoop-aws:{hadoop}", *log]


def kafka_coordinates(pyspark_version: str, *, iam: bool = False) -> list[str]:
    """Coordinates of Spark's source for Kafka, with Kafka's client, and of what signs in to Amazon MSK by IAM."""
    scala, _, _ = _fitting(pyspark_version)
    version = _KAFKA[".".join(pyspark_version.split(".")[:2])]
    by_iam = ["software.amazon.msk:aws-msk-iam-auth:2.3.5"] if iam else []
    return [f"org.apache.spark:spark-sql-kafka-0-10_{scala}:{version}", *by_iam]


CONNECTOR_VARIABLE = "SPARK_REDSHIFT_JAR"


def connector_jars(pyspark_version: str) -> list[Path]:
    """Spark's Redshift connector (the jar that $SPARK_REDSHIFT_JAR names, else from Maven), its driver and Avro."""
    scala, _, _ = _fitting(pyspark_version)
    beside = ["com.amazon.redshift:redshift-jdbc42:2.1.0.34"]
    given = os.environ.get(CONNECTOR_VARIABLE)
    if given and not Path(given).is_file():
        raise JarsNotFound(f"${CONNECTOR_VARIABLE}: found no file {given}; expected the connector's jar")
    if given:
        return [Path(given), *fetch_jars(beside)]
    return fetch_jars([f"io.github.spark-redshift-community:spark-redshift_{scala}:6.4.3-spark_3.5", *beside])


def _fitting(pyspark_version: str) -> tuple[str, str, str]:
    minor = ".".join(pyspark_version.split(".")[:2])
    if minor not in _DELTA:
        known = ", ".join(sorted(_DELTA))
        raise SettingsError(f"no Delta is chosen for Spark {pyspark_version}; expected Spark {known}")
    return _DELTA[minor]


def cache_root() -> Path:
    """Where downloads are kept: `LAKEHOUSE_CACHE`, else `lakehouse` in the user's cache directory."""
    if stated := os.environ.get("LAKEHOUSE_CACHE"):
        return Path(stated).expanduser().absolute()
    base = os.environ.get("XDG_CACHE_HOME")
    return (Path(base) if base else Path.home() / ".cache") / "lakehouse"


def cached_jars(coordinates: Sequence[str], *, beside_spark: bool = True) -> list[Path] | None:
    """The jars of these coordinates and what they need beyond Spark's own, by name; None if not cached.

    `beside_spark`: false for a program of its own, which gets none of Spark's.
    """
    directory = _directory(coordinates)
    if not directory.is_dir():
        return None
    spark_home = bundled_spark_home() if beside_spark else None
    has = {jar.name for jar in (spark_home / "jars").glob("*.jar")} if spark_home else set()
    return sorted(jar for jar in directory.glob("*.jar") if jar.name not in has)


def fetch_jars(coordinates: Sequence[str], *, beside_spark: bool = True) -> list[Path]:
    """The cached jars of these coordinates, downloaded first if need be. Raises `JarsNotFound`."""
    jars = cached_jars(coordinates, beside_spark=beside_spark)
    if jars is None:
        _download(coordinates, _EXCLUDED if beside_spark else ())
        jars = cached_jars(coordinates, beside_spark=beside_spark)
    if not jars:
        directory = _directory(coordinates)
        raise JarsNotFound(f"{directory} holds no jar for {', '.join(coordinates)}", hint="Remove it and try again.")
    return jars


def jar_conf(jars: Sequence[Path], master: str | None) -> dict[str, str]:
    """The Spark setting that puts jars on a session's class path.

    In one process they stand on Java's own, where it finds their classes in its archive too.
    """
    if not jars:
        return {}
    if (master or "").startswith("local"):
        return {"spark.driver.extraClassPath": os.pathsep.join(map(str, jars))}
    return {"spark.jars": ",".join(map(str, jars))}


def _directory(coordinates: Sequence[str]) -> Path:
    # Readable by its first artifact, unique by all.
    _, artifact, version = _parts(coordinates[0])
    digest = hashlib.sha256("\n".join(sorted(coordinates)).encode()).hexdigest()[:10]
    return cache_root() / "jars" / f"{artifact}-{version}-{digest}"


def _download(coordinates: Sequence[str], excluded: Sequence[tuple[str, str]]) -> None:
    final = _directory(coordinates)
    final.parent.mkdir(parents=True, exist_ok=True)
    # Resolved aside and moved in one step: whoever sees the directory sees all of it, however many start at
    # once. Ivy's own cache is the run's own as well, for it does not bear two writers.
    with tempfile.TemporaryDirectory(prefix=".fetching-", dir=final.parent) as work:
        _run_ivy(coordinates, Path(work), excluded)
        try:
            (Path(work) / "jars").rename(final)
        except OSError:
            if not final.is_dir():  # else another process was first
                raise


def _run_ivy(coordinates: Sequence[str], work: Path, excluded: Sequence[tuple[str, str]]) -> None:
    (work / "ivy.xml").write_text(_ivy_module(coordinates, excluded), encoding="utf-8")
    java = str(find_java().home / "bin" / "java")
    command = [java, *_trust_store(), "-cp", _ivy_class_path(), "org.apache.ivy.Main", "-warn"]
    # Paths relative to the working directory: in an absolute one Ivy would read brackets as its own pattern.
    command += ["-ivy", "ivy.xml", "-cache", "ivy", "-confs", "default", "-types", "jar", "bundle"]
    command += ["-retrieve", "jars/[artifact]-[revision](-[classifier]).[ext]"]
    done = subprocess.run(command, cwd=work, capture_output=True, text=True)
    if done.returncode != 0:
        lines = [line.strip() for line in (done.stdout + done.stderr).splitlines()]
        said = " | ".join([line for line in lines if line][-12:])
        raise JarsNotFound(
            f"could not download {', '.join(coordinates)} from Maven Central; Ivy says: {said}",
            hint=f"Without a network, copy {_directory(coordinates)} from a machine that has it.",
        )


def _ivy_module(coordinates: Sequence[str], excluded: Sequence[tuple[str, str]]) -> str:
    wanted = "".join(
        f"<dependency org={quoteattr(group)} name={quoteattr(artifact)} rev={quoteattr(version)}"
        ' conf="default->master,compile(*),runtime(*)"/>'
        for group, artifact, version in map(_parts, coordinates)
    )
    unwanted = "".join(
        f'<exclude org={quoteattr(group)} module={quoteattr(module)} matcher="regexp"/>' for group, module in excluded
    )
    return (
        '<ivy-module version="2.0"><info organisation="lakehouse" module="jars"/>'
        '<configurations><conf name="default"/></configurations>'
        f"<dependencies>{wanted}{unwanted}</dependencies></ivy-module>"
    )


def _ivy_class_path() -> str:
    home = bundled_spark_home()
    found = sorted((home / "jars").glob("ivy-*.jar")) if home else []
    if not found:
        raise JarsNotFound("the installed pyspark brings no Ivy (pyspark/jars/ivy-*.jar) to download jars with")
    return os.pathsep.join([str(found[0]), f"{found[0].parent}/*"])


def _trust_store() -> list[str]:
    return [f"-Djavax.net.ssl.trustStore={store}" for store in _TRUST_STORES if Path(store).is_file()][:1]


def _parts(coordinate: str) -> tuple[str, str, str]:
    parts = coordinate.split(":")
    if len(parts) != 3 or not all(parts):
        raise SettingsError(f"'{coordinate}' is no Maven coordinate; expected group:artifact:version")
    return parts[0], parts[1], parts[2]


def main() -> None:
    """Fill the cache for the installed pyspark. Exits 1 if it cannot.

    `--s3`: also for a lake in S3. `--list`: print the jars' paths with commas between, as `spark-submit --jars` wants
    them: its JVM runs before any of our code, which can then add none.
    """
    try:
        find_java()  # a machine without one had better hear so now than from every test
        version = importlib.metadata.version("pyspark")
        coordinates = delta_coordinates(version) + (s3_coordinates(version) if "--s3" in sys.argv[1:] else [])
        if cached_jars(coordinates) is None:
            print(f"Downloading {', '.join(coordinates)} into {cache_root()}", file=sys.stderr)
        jars = fetch_jars(coordinates)
        if "--list" in sys.argv[1:]:
            print(",".join(map(str, jars)))
    except LakehouseError as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
