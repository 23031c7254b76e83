"""What a job is handed: settings, contracts, the session, the lake, and where it writes what it did."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property
from typing import TypeVar

from pyspark.sql import SparkSession

from spark_app.contracts.mapping import Source
from spark_app.contracts.sources import Dataset, datasets_of, endings_of
from spark_app.contracts.table import Contract
from spark_app.lake.fence import Fence
from spark_app.lake.few import Scratch
from spark_app.lake.paths import Lake, Landing, Table
from spark_app.quality import expressions
from spark_app.runtime.record import RunRecord
from spark_app.runtime.reporting import USUAL_CURRENCY, Reporting
from spark_app.runtime.salt import Salt, find_salt
from spark_app.runtime.session import session, sibling
from spark_app.runtime.settings import Settings
from spark_app.warehouse.base import Warehouse
from spark_app.warehouse.factory import open_warehouse

T = TypeVar("T")


@dataclass(frozen=True)
class Context:
    """Everything a job needs; wiring, no logic."""

    settings: Settings
    contracts: Mapping[str, Contract]
    source: Source
    record: RunRecord
    fence: Fence | None = None  # the right to write the lake, while the run has it
    beside_spark: Callable[[], object] | None = None  # what a thread may begin once the session is there

    @cached_property
    def spark(self) -> SparkSession:
        """The run's one session, started when first needed: audit, publish and the commands do without.

        What of the source only Spark can judge, it judges here, before any layer has written.
        """
        with self.record.at("starting Spark"):
            started = session(self.settings, landed_bytes=self.record.landed_bytes)
        if self.beside_spark:
            self.beside_spark()
        expressions.check(started, self.source)
        return started

    @cached_property
    def scratch(self) -> Scratch:
        """Small files for Spark to read, gone with the run; where its executors are elsewhere, in the lake."""
        if (self.spark.conf.get("spark.master", "") or "").startswith("local"):
            return Scratch()
        return Scratch(self.lake.scratch(self.run_id), self.settings.s3)

    @cached_property
    def salt(self) -> Salt:
        """Of e-mail hashes; raises SettingsError where the settings refer to none that is there."""
        return find_salt(self.settings)

    @property
    def reporting(self) -> Reporting:
        """What gold counts in: as the settings say, of currencies else the source."""
        given = self.settings.reporting
        currency = given.currency or self.source.defaults.currency or USUAL_CURRENCY
        return Reporting(currency, given.timezone, given.shop, self.source.timezone)

    @cached_property
    def lake(self) -> Lake:
        """One for all of a run: what it has seen of versions is looked up once."""
        return Lake(self.settings.resolve(self.settings.lake), self.settings.s3, self.fence)

    def table(self, name: str) -> Table:
        """A table of the lake, by its name."""
        return self.lake.table(name)

    @property
    def landing(self) -> Landing:
        return Landing(self.settings.resolve(self.settings.landing), self.settings.s3, endings_of(self.source))

    def warehouse(self) -> Warehouse | None:
        """The environment's warehouse, None where it has none."""
        return open_warehouse(self.settings, self.contracts, lambda: self.spark, self.record.warn)

    @property
    def datasets(self) -> dict[str, Dataset]:
        return datasets_of(self.source)

    @property
    def run_id(self) -> str:
        return self.record.run_id


def thread_session(context: Context) -> SparkSession:
    """A session for one thread, with settings that fit the work; called before the threads begin."""
    assert context.scratch  # there before the threads ask for it, so that all have the same
    return sibling(context.spark, context.settings.spark, context.record.landed_bytes)


def in_parallel(context: Context, work: Callable[[SparkSession, str], T], names: Sequence[str]) -> dict[str, T]:
    """`work(session of its own, name)` for each name, some at once; the first error is raised when all have ended."""
    if len(names) <= 1:
        return {name: work(thread_session(context), name) for name in names}
    with ThreadPoolExecutor(context.settings.parallel) as pool:
        futures = {name: pool.submit(work, thread_session(context), name) for name in names}
    return {name: future.result() for name, future in futures.items()}
