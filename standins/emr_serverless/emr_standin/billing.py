"""What a job run would be billed: the worker of its driver, as asked for, for as long as it was there."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from itertools import pairwise

# The service's own defaults, of a driver.
_CORES, _HEAP, _DISK = "4", "14g", "20g"
_FREE_DISK_GB = 20.0
_LEAST_SECONDS = 60.0
_GB = {"k": 1 / 1024**2, "m": 1 / 1024, "g": 1.0, "t": 1024.0}


def utilization(words: Sequence[str], seconds: float, *, billed: bool) -> dict[str, float]:
    """vCPU-, memory- and storage-hours of a spark-submit command's driver.

    `billed`: of a minute at least, and of disk what is above 20 GB.
    Executors are not counted: here the driver does their work.
    """
    conf = _conf(words)
    heap = _gb(conf.get("spark.driver.memory", _HEAP))
    overhead = _gb(conf["spark.driver.memoryOverhead"]) if "spark.driver.memoryOverhead" in conf else None
    memory = heap + (max(heap * 0.1, 0.375) if overhead is None else overhead)
    disk = _gb(conf.get("spark.emr-serverless.driver.disk", _DISK))
    hours = (max(seconds, _LEAST_SECONDS) if billed else seconds) / 3600
    return {
        "vCPUHour": round(int(conf.get("spark.driver.cores", _CORES)) * hours, 3),
        "memoryGBHour": round(memory * hours, 3),
        "storageGBHour": round((max(disk - _FREE_DISK_GB, 0.0) if billed else disk) * hours, 3),
    }


def _conf(words: Sequence[str]) -> Mapping[str, str]:
    """The settings of a command; of one given twice the later holds."""
    pairs = (word.partition("=") for before, word in pairwise(words) if before == "--conf")
    return {name: value for name, _, value in pairs}


def _gb(text: str) -> float:
    found = re.fullmatch(r"(\d+)([kmgt])?b?", text.strip().lower())
    if found is None:
        return _gb(_HEAP)
    return int(found[1]) * _GB[found[2] or "m"]
