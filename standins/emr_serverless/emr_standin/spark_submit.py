"""What a job's sparkSubmit driver becomes on this machine: a command, an environment, a folder for its logs."""

from __future__ import annotations

import os
import shlex
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any

from emr_standin.errors import Invalid

# Where the project lies in its image, as an entry point names it.
IMAGE = "local:///opt/lakehouse/"
_DRIVER_ENV = "spark.emr-serverless.driverEnv."
# The service decides these itself.
_REFUSED = ("--master", "--deploy-mode", "--name", "--kill", "--status")


@dataclass(frozen=True)
class Platform:
    """What takes the place of EMR's image and capacity: where jobs run.

    spark_submit: the program. checkout: what `local:///opt/lakehouse/` is here, and what jobs can import.
    master: Spark's master. conf: Spark settings below those of application and job, as the image's own defaults are.
    paths: more places of the image (`/usr/share/aws/delta/lib/delta-spark.jar`) and what they are here.
    environment: added to this process's for every job. logs: a folder that keeps what each job printed.
    """

    spark_submit: Path
    checkout: Path
    logs: Path
    master: str = "local[2]"
    conf: Mapping[str, str] = field(default_factory=dict)
    environment: Mapping[str, str] = field(default_factory=dict)
    paths: Mapping[str, str] = field(default_factory=dict)

    def here(self, text: str) -> str:
        """A word of a job with the image's places replaced by those of this machine."""
        for there, place in {IMAGE: f"{self.checkout}/", **self.paths}.items():
            text = text.replace(there, place)
        return text


@dataclass(frozen=True)
class Command:
    """A process to be."""

    words: list[str]
    environment: dict[str, str]


def command(platform: Platform, asked: Mapping[str, Any], application: Mapping[str, Any]) -> Command:
    """The command of a job that StartJobRun asked for; Invalid for what the service would not take."""
    driver = asked.get("jobDriver", {}).get("sparkSubmit")
    if driver is None:
        raise Invalid("jobDriver.sparkSubmit: found none, expected one: the stand-in runs nothing else")
    given = shlex.split(driver.get("sparkSubmitParameters", ""))
    for word in given:
        if word.partition("=")[0] in _REFUSED:
            raise Invalid(f"sparkSubmitParameters: found {word}, which the service sets itself")
    conf = dict(platform.conf)
    conf |= _defaults(application.get("runtimeConfiguration", []))
    conf |= _defaults(asked.get("configurationOverrides", {}).get("applicationConfiguration", []))
    settings = [word for key, value in conf.items() for word in ("--conf", f"{key}={value}")]
    settings = [platform.here(word) for word in settings + given]
    words = [str(platform.spark_submit), "--master", platform.master, *settings]
    words += [platform.here(driver["entryPoint"]), *driver.get("entryPointArguments", [])]
    return Command(words, _environment(platform, settings))


def _defaults(configuration: list[dict[str, Any]]) -> dict[str, str]:
    found: dict[str, str] = {}
    for item in configuration:
        if item["classification"] != "spark-defaults":
            raise Invalid(f"classification: found {item['classification']}; the stand-in knows spark-defaults only")
        found |= item.get("properties", {})
    return found


def _environment(platform: Platform, words: list[str]) -> dict[str, str]:
    environment = os.environ | dict(platform.environment)
    paths = [str(platform.checkout), environment.get("PYTHONPATH", "")]
    environment["PYTHONPATH"] = os.pathsep.join(path for path in paths if path)
    # spark-submit is that of its environment, so Python is too; an activated other one must not shine through.
    environment["PYSPARK_PYTHON"] = str(platform.spark_submit.parent / "python")
    # Named, as spark-submit would ask that Python in a way that fails under a path with a space.
    environment.pop("SPARK_HOME", None)
    for package in platform.spark_submit.parent.parent.glob("lib/python*/site-packages/pyspark"):
        environment["SPARK_HOME"] = str(package)
    for before, word in pairwise(words):
        name, _, value = word.partition("=")
        if before == "--conf" and name.startswith(_DRIVER_ENV):
            environment[name.removeprefix(_DRIVER_ENV)] = value
    return environment
