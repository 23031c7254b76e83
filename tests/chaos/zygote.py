"""Drivers by the dozen: a process that has imported everything and done nothing forks one for each line it is given.

A driver attaches to a running engine, does one run as `lakehouse run` does it and writes how it ended; or it is killed
for real, at any moment. Each line is a JSON object: days, wait (seconds, for another run to end), failpoint, clock
(seconds that it jumps by), log, out, and where the engine is.
"""

from __future__ import annotations

import json
import os
import random
import select
import sys
import threading
import time
import traceback
from datetime import date, datetime, tzinfo
from importlib import import_module
from pathlib import Path
from typing import Any

from spark_app.jobs import nightly
from spark_app.runs.request import RunRequest
from spark_app.runtime import failpoints

# All that a run imports on its way, so that a driver costs a fork.
for name in (
    "altair",
    "boto3",
    "deltalake",
    "duckdb",
    "great_expectations",
    "pyarrow.dataset",
    "redshift_connector",
    "spark_app.report.site",
    "spark_app.warehouse.redshift",
):
    import_module(name)


def main() -> None:
    assert threading.active_count() == 1, threading.enumerate()
    _say(ready=True)
    pending = b""
    while True:
        if select.select([0], [], [], 0.05)[0]:
            data = os.read(0, 65536)
            if not data:
                return
            pending += data
        while b"\n" in pending:
            line, _, pending = pending.partition(b"\n")
            _begin(json.loads(line))
        _reap()


def _begin(order: dict[str, Any]) -> None:
    pid = os.fork()
    if pid:
        _say(began=pid, id=order["id"])
        return
    code = 1
    try:
        _drive(order)
        code = 0
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stderr.flush()
        os._exit(code)


def _reap() -> None:
    while True:
        try:
            pid, status = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return
        if not pid:
            return
        _say(ended=pid, code=os.waitstatus_to_exitcode(status))


def _drive(order: dict[str, Any]) -> None:
    log = os.open(order["log"], os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    for descriptor in (1, 2):
        os.dup2(log, descriptor)
    os.environ |= order["environment"]
    if order["failpoint"]:
        os.environ[failpoints.VARIABLE] = order["failpoint"]
    if order["trace"]:
        _trace(Path(order["trace"]))
    if order["clock"]:
        _let_clock_jump(order["clock"], random.Random(order["id"]))
    _attach(order["port"], order["secret"])
    first, last = (date.fromisoformat(day) for day in order["days"])
    outcome = nightly.run(RunRequest("chaos", first=first, last=last, allow_missing=True, wait_seconds=order["wait"]))
    steps = {f"{step.layer}.{step.table}": step.seconds for step in outcome.record.steps}
    told = {"exit_code": outcome.exit_code, "message": outcome.message, "hint": outcome.hint, "steps": steps}
    Path(order["out"]).write_text(json.dumps(told))


def _attach(port: int, secret: str) -> None:
    """This process's Spark is the engine's, in a session of its own."""
    os.environ |= {"PYSPARK_GATEWAY_PORT": str(port), "PYSPARK_GATEWAY_SECRET": secret}
    from pyspark import SparkConf, SparkContext
    from pyspark.java_gateway import launch_gateway
    from pyspark.sql import SparkSession

    gateway = launch_gateway()
    jvm = gateway.jvm
    context = jvm.org.apache.spark.SparkContext.getOrCreate()
    wrapped = jvm.org.apache.spark.api.java.JavaSparkContext.fromSparkContext(context)
    SparkContext._gateway, SparkContext._jvm = gateway, jvm
    conf = SparkConf(_jvm=jvm, _jconf=wrapped.getConf())
    spark = SparkContext(gateway=gateway, jsc=wrapped, conf=conf)
    SparkSession(spark, jvm.org.apache.spark.sql.SparkSession.builder().getOrCreate().newSession())


def _trace(path: Path) -> None:
    """Write down each failpoint that is passed."""
    names: set[str] = set()

    def note(point: str) -> None:
        names.add(point)
        path.write_text(json.dumps(sorted(names)))

    failpoints._die_if = note


def _let_clock_jump(seconds: float, dice: random.Random) -> None:
    """From some moment of the run on, its clock is so many seconds off."""
    from_then = time.monotonic() + dice.uniform(0, 20)
    real_time, real = time.time, datetime

    def off() -> float:
        return seconds if time.monotonic() >= from_then else 0.0

    class Jumping(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> datetime:
            return real.fromtimestamp(time.time(), tz)

    time.time = lambda: real_time() + off()
    for name, module in list(sys.modules.items()):
        if name.startswith("spark_app.") and getattr(module, "datetime", None) is real:
            module.datetime = Jumping


def _say(**words: object) -> None:
    os.write(1, (json.dumps(words) + "\n").encode())


if __name__ == "__main__":
    main()
