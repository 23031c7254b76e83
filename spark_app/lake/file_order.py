"""The natural order of file names: `part_9` before `part_10`, `orders.csv` before `orders (1).csv`.

Of two rows of a key that tie otherwise, the one of the later file holds. Shops number their files without leading
zeros, and browsers put `(1)` before the ending.
"""

from __future__ import annotations

from pyspark.sql import Column
from pyspark.sql import functions as F

# Endings say how a file is packed, not which one it is.
_ENDING = r"(?i)[.](csv|tsv|jsonl|json|parquet|xlsx)([.]gz)?$"
_FOLDER = r"^.*/"
_SEAMS = r"(?<=[0-9])(?=[^0-9])|(?<=[^0-9])(?=[0-9])"
# Before each number, so that it comes before any letter, as the end of a shorter name does. No file's name has one.
_NUMBER = "\0"
_LONGEST = 4  # digits of the number of digits: no store's names are of 10,000 characters


def in_natural_order(name: Column) -> Column:
    """A text that sorts as file names do in natural order; those that differ in leading zeros alone have the same."""
    stem = F.regexp_replace(F.regexp_replace(name, _FOLDER, ""), _ENDING, "")
    return F.array_join(F.transform(F.split(stem, _SEAMS), _part), "")


def _part(part: Column) -> Column:
    digits = F.regexp_replace(part, "^0+", "")
    number = F.concat(F.lit(_NUMBER), F.lpad(F.length(digits).cast("string"), _LONGEST, "0"), digits)
    return F.when(part.rlike("^[0-9]"), number).otherwise(part)
