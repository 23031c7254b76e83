"""Running as an AWS Glue job: the same scripts with Glue's arguments, its context, and its job's commit.

Glue hands a script its own parameters among ours, each with a value. A run that fails raises, and one that succeeds
returns: how Glue takes a script's `sys.exit(0)` is not documented, and has been a failure.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

from spark_app.runtime.errors import LakehouseError, SettingsError, UsageError

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

_JOB_NAME = "JOB_NAME"
# Glue's own parameters (AWS Glue Developer Guide, "Using job parameters"). Those it adds by itself, as JOB_NAME,
# JOB_RUN_ID and TempDir, begin with a capital letter; none of ours does.
_OF_GLUE = """
additional-python-modules auto-scale-within-microbatch class conf continuation-option
continuous-log-conversionPattern continuous-log-logGroup continuous-log-logStreamPrefix
customer-driver-env-vars customer-executor-env-vars datalake-formats debug disable-proxy-v2
enable-auto-scaling enable-continuous-cloudwatch-log enable-continuous-log-filter enable-data-lineage
enable-glue-datacatalog enable-job-insights enable-lakeformation-fine-grained-access enable-metrics
enable-observability-metrics enable-rename-algorithm-v2 enable-s3-parquet-optimized-committer enable-spark-ui
encryption-type endpoint executor-cores extra-files extra-jars extra-py-files job-bookmark-from
job-bookmark-option job-bookmark-to job-language mode python-modules-installer-option scriptLocation
spark-event-logs-path use-postgres-driver user-jars-first write-shuffle-files-to-s3 write-shuffle-spills-to-s3
"""
_TRUTH = {"true": True, "false": False}


class JobFailed(LakehouseError):
    """A run that did not end with exit code 0, as the exception that makes Glue's job run FAILED."""

    def __init__(self, exit_code: int, message: str) -> None:
        super().__init__(f"exit code {exit_code}: {message}")
        self.exit_code = exit_code


@dataclass(frozen=True)
class Options:
    """What a script takes, without dashes: options with a value, and flags."""

    values: tuple[str, ...]
    flags: tuple[str, ...] = ()


def is_job(argv: Sequence[str]) -> bool:
    """Whether Glue started this: it names its job."""
    return _JOB_NAME in _names(argv)


@contextmanager
def job(argv: Sequence[str], options: Options) -> Iterator[list[str]]:
    """A Glue job around a block, which gets our arguments as other platforms give them; committed if nothing is raised.

    Raises UsageError for misspelt arguments, SettingsError where Delta is not set up.
    """
    given = _resolved(argv, options)
    from awsglue.context import GlueContext
    from awsglue.job import Job
    from pyspark import SparkContext

    context = GlueContext(SparkContext.getOrCreate())
    check_delta(context.spark_session)
    running = Job(context)
    running.init(given[_JOB_NAME], given)
    yield _plain(given, argv, options)
    running.commit()


def check_delta(spark: SparkSession) -> None:
    """Whether a session that the platform made knows Delta; SettingsError says which setting is missing."""
    from spark_app.runtime.session import DELTA

    for name in ("spark.sql.extensions", "spark.sql.catalog.spark_catalog"):
        found = spark.conf.get(name, None)
        if DELTA[name] not in (found or "").split(","):
            raise SettingsError(
                f"{name}: found {found or 'none'}, expected {DELTA[name]}",
                hint="give the job --datalake-formats delta and --conf with Delta's settings: docs/run-on-glue.md",
            )


def _resolved(argv: Sequence[str], options: Options) -> dict[str, Any]:
    try:
        from awsglue.utils import GlueArgumentError, getResolvedOptions
    except ImportError:
        raise UsageError(f"found --{_JOB_NAME}, but no awsglue library: this is no Glue job") from None
    _check_names(argv, options)
    try:
        # Every name asked for must be there, so only those that are there are asked for.
        return dict(getResolvedOptions(["script", *argv], [_JOB_NAME, *_ours(argv, options)]))
    except GlueArgumentError as error:
        raise UsageError(str(error)) from None


def _check_names(argv: Sequence[str], options: Options) -> None:
    """A misspelt name of ours is refused; any other may be one that Glue has learnt since, and is told of."""
    known = (*options.values, *options.flags)
    for name in _names(argv):
        if name in known or name in _OF_GLUE.split() or name[:1].isupper():
            continue
        if meant := get_close_matches(name, known, n=1):
            raise UsageError(f"--{name}: neither ours nor a parameter of Glue; did you mean '{meant[0]}'?")
        sys.stderr.write(f"note: --{name}: neither ours nor a known parameter of Glue; passed over\n")


def _plain(given: Mapping[str, Any], argv: Sequence[str], options: Options) -> list[str]:
    plain: list[str] = []
    for name in _ours(argv, options):
        value = str(given[name.replace("-", "_")])
        if name in options.values:
            plain += [f"--{name}", value]
        elif value.lower() not in _TRUTH:
            raise UsageError(f"--{name}: found '{value}', expected true or false")
        elif _TRUTH[value.lower()]:
            plain.append(f"--{name}")
    return plain


def _ours(argv: Sequence[str], options: Options) -> list[str]:
    there = set(_names(argv))
    return [name for name in (*options.values, *options.flags) if name in there]


def _names(argv: Sequence[str]) -> list[str]:
    return [word[2:].partition("=")[0] for word in argv if word.startswith("--")]
