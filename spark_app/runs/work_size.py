"""How many bytes of landing a run is about: before Spark starts, its Java and its plans are set up for so much."""

from __future__ import annotations

from spark_app.lake import ledger
from spark_app.lake.behind import bronze_released
from spark_app.runs.context import Context
from spark_app.runs.request import RunRequest


def size_work(context: Context, request: RunRequest) -> None:
    """Note it in the run's record: what no release shows yet, or all that is held where layers are derived anew.

    Where bronze is among the layers it says itself what it takes in.
    """
    if not {"silver", "gold"} & {*request.layers} or "bronze" in request.layers:
        return
    taken = bronze_released(context.lake) if request.rebuild_from is None else None
    context.record.landed_bytes = ledger.landed_bytes(context.lake, taken)
