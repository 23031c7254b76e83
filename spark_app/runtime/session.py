"""The Spark session: settings that fit the work, the same for every job."""

from __future__ import annotations

import os
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from pyspark import SparkConf
from pyspark import __version__ as spark_version
from pyspark.sql import SparkSession

from spark_app.runtime.class_archive import archive_options
from spark_app.runtime.jars import (
    connector_jars,
    delta_coordinates,
    fetch_jars,
    jar_conf,
    kafka_coordinates,
    s3_coordinates,
)
from spark_app.runtime.java import bundled_spark_home, prepare_environment
from spark_app.runtime.java_names import start_context
from spark_app.runtime.settings import S3Settings, Settings, SparkSettings

# What results depend on comes first and is set on every platform, whatever its defaults.
RESULTS: Mapping[str, str] = {
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.ansi.enabled": "false",
    "spark.sql.legacy.timeParserPolicy": "CORRECTED",
    "spark.sql.parquet.outputTimestampType": "TIMESTAMP_MICROS",
    # Days before 1582 and times before 1900 as they stand: Spark 3 would end the run over a 0001-01-01.
    "spark.sql.parquet.datetimeRebaseModeInWrite": "CORRECTED",
    "spark.sql.parquet.datetimeRebaseModeInRead": "CORRECTED",
    "spark.sql.caseSensitive": "false",
    "spark.sql.storeAssignmentPolicy": "ANSI",
    # A text of a contract or a mapping is what it says: `${env:…}` in it is no variable of this machine.
    "spark.sql.variable.substitute": "false",
    # A landed file larger than one split is one record stream; rows of a file keep their order.
    "spark.sql.files.ignoreCorruptFiles": "false",
}
# How plans are made, on every platform too.
PLANS: Mapping[str, str] = {
    # From each column's aliases Spark would work out all ways to say each condition: of expressions as wide as rules
    # and mappings are, some plans over ten rows took half an hour (SPARK-33152). Which days are read we say ourselves.
    "spark.sql.constraintPropagation.enabled": "false",
    # Java never compiles a method larger than this, and Spark makes one of a stage: of wide rows, better none.
    "spark.sql.codegen.hugeMethodLimit": "8000",
}
DELTA: Mapping[str, str] = {
    "spark.sql.extensions": "io.delta.sql.DeltaSparkSessionExtension",
    "spark.sql.catalog.spark_catalog": "org.apache.spark.sql.delta.catalog.DeltaCatalog",
    "spark.databricks.delta.snapshotPartitions": "1",
    "spark.databricks.delta.stats.collect": "true",
    "spark.databricks.delta.schema.autoMerge.enabled": "false",
    # What is merged is read at fixed versions: Delta need not keep a copy of it for fear that it changes.
    "spark.databricks.delta.merge.materializeSource": "none",
    # Delta keeps what it knows of each table for an hour, megabytes each: so many are more than a lake has.
    "spark.databricks.delta.delta.log.cacheSize": "80",
    # A small table's files are listed in the checksum beside each commit: its state need not be worked out again.
    "spark.databricks.delta.allFilesInCrc.enabled": "true",
}
# An embedded session works on little data: every shuffle and every page of a UI is overhead.
EMBEDDED: Mapping[str, str] = {
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
    "spark.sql.adaptive.enabled": "true",
    "spark.sql.adaptive.coalescePartitions.parallelismFirst": "false",
    "spark.scheduler.mode": "FAIR",
    # Many small files: list them in the driver, and pack many of them into one task.
    "spark.sql.sources.parallelPartitionDiscovery.threshold": "100000",
    "spark.sql.files.openCostInBytes": "262144",
    "spark.driver.host": "localhost",
    "spark.driver.bindAddress": "127.0.0.1",
    "spark.sql.autoBroadcastJoinThreshold": "32m",
    # Tables are known by their paths and none lies here. By itself Spark would make a folder spark-warehouse where the
    # command is given, or, under a path with a space, in a folder made beside it. This one is there everywhere.
    "spark.sql.warehouse.dir": "file:///tmp",
}


def session(settings: Settings, app: str = "lakehouse", *, landed_bytes: int = 0) -> SparkSession:
    """The one session of a run over so much; an existing one (Glue, EMR, notebooks, tests) is used as it is."""
    _use_utc()
    active = SparkSession.getActiveSession()
    if active is not None:
        return _steady(active)
    conf = {"spark.app.name": app, **RESULTS, **PLANS, **DELTA}
    if settings.on_s3:
        conf |= s3_conf(settings)
    jars = _jars(settings) if settings.spark.fetch_jars else []
    conf |= jar_conf(jars, settings.spark.master)
    if settings.spark.master:
        conf |= {**EMBEDDED, **_embedded_java(settings, landed_bytes, jars), "spark.master": settings.spark.master}
    start_context(SparkConf().setAll([*conf.items()]))
    builder = SparkSession.builder
    for key, value in conf.items():
        builder = builder.config(key, value)
    spark = builder.getOrCreate()
    # On a laptop what goes wrong in a task comes to us as an exception, and is told once, without Java's traces.
    spark.sparkContext.setLogLevel("FATAL" if settings.spark.master else "ERROR")
    return spark


def _jars(settings: Settings) -> list[Path]:
    """What Spark's wheel lacks for these settings, fetched at first use. Raises `JarsNotFound`."""
    s3 = s3_coordinates(spark_version, dynamodb=bool(settings.s3.log_table)) if settings.on_s3 else []
    by_connector = settings.redshift is not None and settings.redshift.loader == "connector"
    events = kafka_coordinates(spark_version, iam=settings.kafka.iam) if settings.kafka else []
    more = connector_jars(spark_version) if by_connector else []
    return [*fetch_jars(delta_coordinates(spark_version) + s3 + events), *more]


# Below this, generating and compiling Java for each expression and stage, and planning anew while a query runs, cost
# more than they save: half of a small day's CPU time.
_SMALL = 256 * 1024**2
# Below this, a second task of a shuffle costs more than it saves: a seventh of a small night's CPU.
_LITTLE = 1024**2
# Below this, compiling Java well costs more than it saves.
_SHORT = 64 * 1024**2
_LOGGING = Path(__file__).resolve().with_name("log4j2.properties")
SMALL_WORK: Mapping[str, str] = {
    "spark.sql.codegen.wholeStage": "false",
    "spark.sql.codegen.factoryMode": "NO_CODEGEN",
    "spark.sql.adaptive.enabled": "false",
}


def sibling(spark: SparkSession, settings: SparkSettings, landed_bytes: int) -> SparkSession:
    """A session of its own for one thread: commit notes are session settings, so parallel writers must not share.

    Shuffles get a partition for each `bytes_per_partition` landed, at least one a core up to 4; where next to nothing
    landed one, for tables are worked on side by side anyway.
    """
    own = _steady(spark.newSession())
    least = 1 if landed_bytes < _LITTLE else min(spark.sparkContext.defaultParallelism, 4)
    partitions = max(least, -(-landed_bytes // settings.bytes_per_partition))
    own.conf.set("spark.sql.shuffle.partitions", str(partitions))
    if settings.light_compiler and landed_bytes < _SMALL:
        for key, value in SMALL_WORK.items():
            own.conf.set(key, value)
    return own


def _steady(spark: SparkSession) -> SparkSession:
    """A new or found session has its platform's defaults: set what results and plans depend on."""
    for key, value in {**RESULTS, **PLANS}.items():
        spark.conf.set(key, value)
    return spark


def _embedded_java(settings: Settings, landed_bytes: int, jars: Sequence[Path]) -> dict[str, str]:
    java = prepare_environment()
    os.environ.setdefault("SPARK_LOCAL_IP", "127.0.0.1")  # else Spark looks for another address, and warns of it
    options = "-Duser.timezone=UTC -XX:+UseSerialGC" if (os.cpu_count() or 1) <= 2 else "-Duser.timezone=UTC"
    if not os.environ.get("SPARK_CONF_DIR"):  # whoever has a folder of Spark settings says there what is logged
        options += f" -Dlog4j2.configurationFile={_LOGGING.as_uri()}"
    short = settings.spark.light_compiler and landed_bytes < _SHORT
    if short:
        # The light compiler alone would get a code cache too small for Spark's generated classes.
        options += " -XX:TieredStopAtLevel=1 -XX:ReservedCodeCacheSize=256m"
    conf = {}
    if memory := settings.spark.driver_memory:
        # All of it from the start, half for young objects: plans die young, and a heap that grows bit by bit
        # stops the world a hundred times on the way.
        options += f" -Xms{memory} -XX:NewRatio=1 -XX:MetaspaceSize=256m"
        conf["spark.driver.memory"] = memory
    if jars and (home := bundled_spark_home()):
        # A run over something short loads most of what any run does.
        options += archive_options(java.home, home, jars, leave=short and landed_bytes > 0)
    return {**conf, "spark.driver.extraJavaOptions": options}


def s3_conf(settings: Settings) -> dict[str, str]:
    """S3A for sessions of our own making, and how Delta's log is shared; platforms bring their own file system."""
    s3 = settings.s3
    # Hadoop's own list of providers lacks web identity (EKS): AWS's default chain has all.
    sdk1, sdk2 = "com.amazonaws.auth.DefaultAWSCredentialsProviderChain", "DefaultCredentialsProvider"
    chain = sdk1 if spark_version.startswith("3.") else f"software.amazon.awssdk.auth.credentials.{sdk2}"
    conf = {
        "fs.s3a.aws.credentials.provider": chain,
        "fs.s3a.path.style.access": str(s3.path_style).lower(),
        # Left alone, a store that is down is asked for hours. A minute tells a hiccup from an outage.
        "fs.s3a.attempts.maximum": "4",
        "fs.s3a.retry.limit": "4",
        "fs.s3a.retry.throttle.limit": "6",
        "fs.s3a.connection.establish.timeout": "10000",
        "fs.s3a.connection.timeout": "60000",
    }
    if settings.spark.master:  # on EMR, s3:// is a file system of its own
        conf["fs.s3.impl"] = "org.apache.hadoop.fs.s3a.S3AFileSystem"
    if s3.endpoint:
        conf["fs.s3a.endpoint"] = s3.endpoint
        conf["fs.s3a.connection.ssl.enabled"] = str(s3.endpoint.startswith("https")).lower()
    if s3.region:
        conf["fs.s3a.endpoint.region"] = s3.region
    hadoop = {f"spark.hadoop.{key}": value for key, value in conf.items()}
    return hadoop | _shared_log_conf(s3)


def _shared_log_conf(s3: S3Settings) -> dict[str, str]:
    if not s3.log_table:
        return {}
    store = "io.delta.storage.S3DynamoDBLogStore"
    conf = {f"spark.delta.logStore.{scheme}.impl": store for scheme in ("s3", "s3a")}
    conf[f"spark.io.delta.storage.{store.rpartition('.')[2]}.ddb.tableName"] = s3.log_table
    if s3.region:
        conf[f"spark.io.delta.storage.{store.rpartition('.')[2]}.ddb.region"] = s3.region
    return conf


def _use_utc() -> None:
    os.environ["TZ"] = "UTC"
    time.tzset()
