"""The shop's own day."""

from pyspark.sql import Column
from pyspark.sql import functions as F

from spark_app.runtime.reporting import Reporting


def business_day(moment: str | Column, reporting: Reporting) -> Column:
    """The shop's day in which a time (UTC) falls; a day has 23 or 25 hours where clocks are changed."""
    return F.to_date(F.from_utc_timestamp(moment, reporting.timezone))


def business_hour(moment: str | Column, reporting: Reporting) -> Column:
    """The hour of the shop's day, 0 to 23; the hour that clocks go through twice counts both."""
    return F.hour(F.from_utc_timestamp(moment, reporting.timezone))
