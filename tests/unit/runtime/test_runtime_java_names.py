"""Names of Java's that are asked for once, however often Python uses them."""

from __future__ import annotations

import pytest
from py4j.java_gateway import JavaClass, JVMView
from pyspark import SparkConf, SparkContext
from pyspark.sql import SparkSession
from pyspark.sql import functions as F

from spark_app.runtime.java_names import CLASSES, FUNCTIONS, remember_names, start_context


class _Java:
    """A view of Java that notes what it is asked for; `packages`: names that are no class there."""

    def __init__(self, packages: tuple[str, ...] = ()) -> None:
        self.asked: list[str] = []
        self.packages = packages

    def __getattr__(self, name: str) -> object:
        self.asked.append(name)
        return object() if name in self.packages else _Class(name)


class _Class(JavaClass):  # type: ignore[misc]
    def __init__(self, name: str) -> None:
        self.name, self.asked = name, list[str]()

    def __getattr__(self, name: str) -> object:
        self.asked.append(name)
        return object()


def test_each_name_is_asked_for_once() -> None:
    java = _Java()
    remember_names(java)
    functions = java.functions
    assert isinstance(functions, _Class)
    assert java.asked == [*CLASSES]
    assert [getattr(functions, name) for name in FUNCTIONS] == [getattr(functions, name) for name in FUNCTIONS]
    assert functions.asked == [*FUNCTIONS]


def test_what_is_no_class_is_asked_for_anew() -> None:
    """Another Spark may have it elsewhere, in a package that is named later."""
    java = _Java(packages=("PythonUtils",))
    remember_names(java)
    java.asked.clear()
    assert isinstance(java.Column, JavaClass)
    assert not isinstance(java.PythonUtils, JavaClass)
    assert java.asked == ["PythonUtils"]


def test_columns_are_made_without_asking_java_what_functions_are(
    spark: SparkSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = []
    look_up = JVMView.__getattr__
    monkeypatch.setattr(JVMView, "__getattr__", lambda view, name: asked.append(name) or look_up(view, name))
    spark.range(1).select(F.when(F.col("id") == F.lit(0), F.coalesce("id", F.lit(1)))).collect()
    assert "functions" not in asked


def test_a_context_that_is_there_is_taken(spark: SparkSession) -> None:
    assert start_context(SparkConf()) is spark.sparkContext
    assert isinstance(spark.sparkContext, SparkContext)
