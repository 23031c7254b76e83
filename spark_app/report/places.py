"""States by name: where a shop sells in several countries each is told with its own, for two may have one of a name."""

from __future__ import annotations

from spark_app.report.data import ReportData


def state_column(data: ReportData, view: str, prefix: str = "") -> str:
    """The column of a view that names its states: "CA, US" where there are several countries, else "CA"."""
    country, state = (f"coalesce({prefix}{name}, 'unknown')" for name in ("country", "state"))
    # A state of a country that is not known is not surely of the one that is.
    known = f"{country} <> 'unknown' OR {state} <> 'unknown'"
    [row] = data.rows(f"SELECT count(DISTINCT {country}) AS countries FROM {view} WHERE {known}")
    return f"{prefix}place" if int(row["countries"]) > 1 else f"{prefix}state"
