"""A long-lived Java for drivers that die: Spark is started once, and each driver attaches to it.

    python -m tests.chaos.engine        # LAKEHOUSE_CONF and the environment `chaos` say how

Prints one JSON line with port and secret, then answers each line it is given: it ends the work of drivers that have
died, as their own Java would have died with them, and waits until none of it is left.
"""

from __future__ import annotations

import json
import os
import sys
import time
from typing import Any

from spark_app.runtime.session import session
from spark_app.runtime.settings import load_settings

ENVIRONMENT = "chaos"
LONGEST = 150.0


def main() -> None:
    spark = session(load_settings(ENVIRONMENT), "chaos")
    spark.range(10).count()
    gateway: Any = spark.sparkContext._gateway
    _say(port=gateway.gateway_parameters.port, secret=gateway.gateway_parameters.auth_token, pid=os.getpid())
    for _ in sys.stdin:
        _say(seconds=_settle(spark))


def _settle(spark: Any) -> float:
    begun = time.monotonic()
    while time.monotonic() - begun < LONGEST:
        spark.sparkContext.cancelAllJobs()
        if _guests(spark.sparkContext._jvm) == 0:
            break
        time.sleep(0.2)
    spark.catalog.clearCache()
    return round(time.monotonic() - begun, 1)


def _guests(jvm: Any) -> int:
    """Threads at work for drivers that have gone."""
    own, threads = jvm.java.lang.Thread.currentThread().getId(), list(jvm.java.lang.Thread.getAllStackTraces().keySet())
    return sum(_serves(one) for one in threads if one.getName().startswith("Thread-") and one.getId() != own)


def _serves(thread: Any) -> bool:
    """By what the thread began with, above Thread.run; one that reads is the engine's own, or about to end."""
    stack = thread.getStackTrace()
    if len(stack) < 4 or "ClientServerConnection.run" not in str(stack[len(stack) - 2]):
        return False
    return "readLine" not in str(stack[len(stack) - 4])


def _say(**words: object) -> None:
    sys.stdout.write(json.dumps(words) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
