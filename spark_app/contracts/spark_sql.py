"""Values and names as Spark SQL has them.

An expression in one text costs Spark's driver one call; built of functions it costs some ten a function.
"""


def text(value: str | None) -> str:
    """A text in quotes; none is a null of its type."""
    if value is None:
        return "CAST(NULL AS STRING)"
    return "'" + value.replace("\\", "\\\\").replace("'", "\\'") + "'"


def name(column: str) -> str:
    """A column's name in backticks."""
    return "`" + column.replace("`", "``") + "`"
