"""What is read of a row for each column of its contract, still as text: trimmed, and in our words."""

from __future__ import annotations

from collections.abc import Mapping

from pyspark.sql import Column as SparkColumn
from pyspark.sql import functions as F

from spark_app.contracts.blanks import BLANKS
from spark_app.contracts.mapping import ColumnMap, DatasetMap, EntityMap
from spark_app.contracts.spark_sql import name, text
from spark_app.contracts.table import Contract
from spark_app.quality.lookups import FOUND
from spark_app.quality.neighbours import number
from spark_app.quality.reasons import RAW


def trimmed_texts(contract: Contract, mapped: EntityMap, dataset: DatasetMap) -> list[SparkColumn]:
    """`_raw_<column>` of each column of the contract: what is read of the row for it, without blanks around it."""
    return [_trimmed(mapped.columns.get(one), one, dataset.names).alias(f"{RAW}{one}") for one in contract.column_names]


def _trimmed(mapped: ColumnMap | None, column: str, names: Mapping[str, str]) -> SparkColumn:
    """The text that is read of the row for a column; `names`: bronze's, by header."""
    # Not trimmed by a pattern: that takes minutes where a megabyte is mostly blanks.
    if mapped is not None and mapped.column is not None:
        # To look for blanks of all scripts copies characters at both ends: most texts show by these that none is there.
        own = name(names[mapped.column])
        visible = f"ascii({own}) BETWEEN 33 AND 126 AND ascii(right({own}, 1)) BETWEEN 33 AND 126"
        return F.expr(f"CASE WHEN {visible} THEN {own} ELSE btrim({own}, {text(BLANKS)}) END")
    read = F.lit(None)
    if mapped is not None and mapped.lookup is not None:
        read = F.col(f"{FOUND}{column}")
    elif mapped is not None and mapped.number_by is not None:
        read = number(mapped.number_by, names)
    elif mapped is not None and mapped.sql is not None:
        read = F.expr(mapped.sql)
    return F.btrim(read.cast("string"), F.lit(BLANKS))


def our_words(contract: Contract, mapped: EntityMap) -> dict[str, SparkColumn]:
    """The same columns by name: nothing where they are blank, in our words, with their defaults; still as text."""
    texts = {}
    for column in contract.column_names:
        found = F.col(f"{RAW}{column}")
        found = F.when(found != "", found)
        if (one := mapped.columns.get(column)) is not None:
            found = _translated(found, one.codes)
            found = found if one.default is None else F.coalesce(found, F.lit(one.default))
        texts[f"{RAW}{column}"] = _translated(found, {word: word for word in contract.words(column)})
    return texts


def _translated(text: SparkColumn, words: Mapping[str, str]) -> SparkColumn:
    """A text of `words` as what it stands for, whatever its case; any other as it is."""
    if not words:
        return text
    by_word = {word.lower(): ours for word, ours in words.items()}
    pairs = [F.lit(word) for item in by_word.items() for word in item]
    return F.coalesce(F.element_at(F.create_map(*pairs), F.lower(text)), text)
