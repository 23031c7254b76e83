"""How Glue starts a script, for tests: `spark-submit launcher.py SCRIPT EVENTS arguments as Glue gives them`.

awsglue is AWS's own library but for two classes whose work is done by jars that only Glue has. What is called on their
stand-ins goes to the file EVENTS, a JSON line each. A script must return: any SystemExit is taken for a failure.
"""

from __future__ import annotations

import json
import runpy
import sys
from pathlib import Path
from typing import Any

import awsglue.context
import awsglue.job
from pyspark import SparkContext
from pyspark.sql import SparkSession, SQLContext

SCRIPT, EVENTS = sys.argv[1], Path(sys.argv[2])


def note(*event: Any) -> None:
    with EVENTS.open("a") as file:
        file.write(json.dumps(event) + "\n")


class GlueContext(SQLContext):
    """Gives the session, as Glue's does."""

    def __init__(self, context: SparkContext) -> None:
        self.spark_session = SparkSession.builder.getOrCreate()
        super().__init__(context, self.spark_session)


class Job(awsglue.job.Job):  # type: ignore[misc]  # awsglue has no types
    """Notes what is asked of it. Its parameters are the real one's, and so are the static parts that arguments need."""

    def __init__(self, glue_context: GlueContext) -> None:
        assert isinstance(glue_context, GlueContext)

    def init(self, job_name: str, args: dict[str, Any]) -> None:
        assert all(value is None or isinstance(value, str) for value in args.values()), args
        note("init", job_name, args)

    def commit(self) -> None:
        note("commit")


awsglue.context.GlueContext = GlueContext
awsglue.job.Job = Job
sys.argv = [SCRIPT, *sys.argv[3:]]
sys.path.pop(0)  # this folder, where a script on Glue does not lie
try:
    runpy.run_path(SCRIPT, run_name="__main__")
except SystemExit as ended:
    sys.stderr.write(f"SystemExit: {ended.code}\n")
    sys.exit(1)
