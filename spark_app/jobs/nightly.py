"""All layers in their order, in one session."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from spark_app.gold.fit import check_gold
from spark_app.jobs import audit, bronze, gold, publish, silver
from spark_app.lake.releases import Release
from spark_app.quality.expectations import import_early
from spark_app.runs import lifecycle
from spark_app.runs.context import Context
from spark_app.runs.entry import main
from spark_app.runs.request import Outcome, RunRequest, Work
from spark_app.runtime.layers import Layer
from spark_app.runtime.record import RunRecord

PROGRAMS: Mapping[Layer, Work] = {
    "bronze": bronze.work,
    "silver": silver.work,
    "gold": gold.work,
    "audit": audit.work,
    "publish": publish.work,
}


def run(request: RunRequest, on_start: Callable[[RunRecord], None] | None = None) -> Outcome:
    """Run the layers asked for, as one run."""
    return lifecycle.run(request, work, on_start)


def work(context: Context, request: RunRequest) -> Release | None:
    """The layers asked for, one after the other; the release made, if any."""
    release = None
    if "audit" in request.layers and context.settings.data_docs:
        context = replace(context, beside_spark=import_early)
    if "gold" in request.layers:
        check_gold(context, full_rebuild=request.rebuilds("gold"))
    for layer in request.layers:
        release = PROGRAMS[layer](context, request)
    return release


if __name__ == "__main__":
    main("run", work)
