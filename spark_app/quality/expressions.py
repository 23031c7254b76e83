"""A source's expressions as Spark sees them: what type they give, and what of them it cannot use."""

from __future__ import annotations

import re
from collections.abc import Mapping

from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F
from pyspark.sql.types import DataType, DateType, TimestampNTZType, TimestampType

from spark_app.contracts.mapping import EntityMap, Source
from spark_app.contracts.source_check import fault_within
from spark_app.contracts.table import Contract
from spark_app.runtime.errors import LakehouseError, SettingsError, join_errors
from spark_app.runtime.yaml_lines import Document, nearest

_BRONZE = {"_source_file": "string", "_row_number": "bigint", "_batch_date": "date", "_extra": "string"}
_LONGEST = 300
Inside = tuple[str, ...]  # the path to a text of SQL, below its entity


def times_given(rows: DataFrame, contract: Contract, mapped: EntityMap) -> dict[str, DataType]:
    """Columns for times and days whose expression gives one, by Spark's own word: these never become text."""
    kinds = {column.name for column in contract.columns if column.type.name in ("timestamp", "date")}
    asked = {name: F.expr(text) for name, text in of(mapped).items() if name in kinds}
    if not asked:
        return {}
    schema = rows.select(*[expression.alias(name) for name, expression in asked.items()]).schema
    times = (TimestampType, TimestampNTZType, DateType)
    return {field.name: field.dataType for field in schema.fields if isinstance(field.dataType, times)}


def of(mapped: EntityMap) -> dict[str, str]:
    """An entity's expressions by the column they give."""
    return {name: item.sql for name, item in mapped.columns.items() if item.sql is not None}


def asked(mapped: EntityMap) -> dict[Inside, str]:
    """All that is Spark SQL in an entity, by where it stands there."""
    found: dict[Inside, str] = {("columns", name): text for name, text in of(mapped).items()}
    if mapped.condition is not None:
        found["where",] = mapped.condition
    if mapped.deletion is not None:
        found["deleted_when",] = mapped.deletion
    return found


def check(spark: SparkSession, source: Source) -> None:
    """Have Spark look at every expression, over no rows; SettingsError names all that it cannot use.

    A query an entity that has expressions, and no job: some hundredths of a second each.
    """
    wrong: list[LakehouseError] = []
    for entity, parts in source.entities.items():
        for at, mapped in enumerate(parts):
            given = asked(mapped)
            if given and _refused(nothing := _no_rows(spark, source, mapped), given):
                for inside, text in given.items():
                    if error := _refused(nothing, {inside: text}):
                        wrong.append(_fault(source, (entity, at), inside, _said(spark, error)))
    if wrong:
        raise join_errors(list({str(one): one for one in wrong}.values()))


def explained(source: Source, entity: str, at: int, rows: DataFrame) -> LakehouseError | None:
    """Which expression of the entity's part at this place fails over its rows, and why; None where none does.

    Asked only where a run has failed already: a job for each expression.
    """
    for inside, text in asked(source.entities[entity][at]).items():
        try:
            rows.select(F.count(F.expr(text).cast("string"))).collect()
        except Exception as error:
            return _fault(source, (entity, at), inside, f"cannot be worked out for a row: {_first_line(error)}")
    return None


def _no_rows(spark: SparkSession, source: Source, mapped: EntityMap) -> DataFrame:
    columns = dict.fromkeys(source.datasets[mapped.dataset].names.values(), "string") | _BRONZE
    listed = ", ".join(f"cast(null AS {kind}) AS `{name}`" for name, kind in columns.items())
    return spark.sql(f"SELECT {listed}")


def _refused(rows: DataFrame, texts: Mapping[Inside, str]) -> Exception | None:
    """What Spark says against these expressions beside the columns of each row."""
    columns = [
        (F.when(F.expr(text), "") if len(inside) == 1 else F.expr(text).cast("string")).alias(f"_{at}")
        for at, (inside, text) in enumerate(texts.items())
    ]
    try:
        _ = rows.select("*", *columns).schema
    except Exception as error:  # of several kinds, by the version of Spark
        return error
    return None


def _fault(source: Source, part: tuple[str, int], inside: Inside, text: str) -> LakehouseError:
    here: tuple[str | int, ...] = ("entities", *part, *inside)
    if source.path is None:
        return SettingsError(f"{'.'.join(map(str, here))}: {text}")
    return fault_within(Document(source.path, SettingsError), here, () if len(inside) == 1 else ("expression",), text)


def _said(spark: SparkSession, error: Exception) -> str:
    # Spark 3 calls it a function, Spark 4 a routine.
    pattern = r"(?:function|routine) [`\"']?(\w+)[`\"']? "
    unknown = re.search(pattern, str(error)) if "UNRESOLVED_ROUTINE" in str(error) else None
    if unknown is None:
        return f"Spark cannot use it: {_first_line(error)}"
    names = [row[0] for row in spark.sql("SHOW FUNCTIONS").collect()]
    return f"no function '{unknown[1]}'{nearest(unknown[1], names)}"


def _first_line(error: Exception) -> str:
    """What an engine says, without its code, plan and trace."""
    causes = re.findall(r"^Caused by: [\w.$]+(?:Exception|Error): (.+)$", str(error), re.MULTILINE)
    line = causes[-1] if causes else next((one for one in str(error).splitlines() if one.strip()), "")
    plain = re.sub(r"^\s*(?:[\w.$]+(?:Exception|Error): )?\[[A-Z_.0-9]+\]\s*", "", line)
    plain = re.sub(r"\s*SQLSTATE: \w+|;\s*line \d+,? pos \d+;?", "", plain)
    return plain.strip().rstrip(";").strip()[:_LONGEST]
