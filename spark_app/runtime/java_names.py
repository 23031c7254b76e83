"""A Spark context whose Python asks Java for names once that it would ask for thousands of times.

For each `F.col(…)` PySpark has Py4J look up what `functions` is, and Java searches some three hundred jars for a class
of that name in each package that it could be of: 5 to 9 % of the CPU of a small night.
"""

from __future__ import annotations

from py4j.java_gateway import JavaClass, JVMView
from pyspark import SparkConf, SparkContext
from pyspark.java_gateway import launch_gateway

CLASSES = ("functions", "Column", "PythonUtils", "SparkSession", "SparkSession$")
FUNCTIONS = ("col", "lit", "when", "expr", "coalesce", "not", "regexp_replace")  # those asked for most


def start_context(conf: SparkConf) -> SparkContext:
    """The context of this process: the one that is there, else a new one that has such names at hand."""
    if SparkContext._active_spark_context is not None:
        return SparkContext._active_spark_context
    gateway = launch_gateway(conf)  # type: ignore[no-untyped-call]
    remember_names(gateway.jvm)
    return SparkContext(conf=conf, gateway=gateway)


def remember_names(java: JVMView) -> None:
    """Keep classes and functions as attributes: Py4J asks Java only for what Python does not find there."""
    for name in CLASSES:
        found = getattr(java, name)
        if isinstance(found, JavaClass):
            setattr(java, name, found)
    for name in FUNCTIONS:
        setattr(java.functions, name, getattr(java.functions, name))
