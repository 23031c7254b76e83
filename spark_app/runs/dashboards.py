"""The pages people look at, written as a step of a run."""

from __future__ import annotations

from spark_app.runs.context import Context
from spark_app.runtime.record import Verdict


def write_dashboards(context: Context, *, publishing: bool = False) -> None:
    """Write the dashboards of the latest release. What stands against it is a warning: the release holds anyway.

    `publishing`: the run has come all the way, so what failed before it is over.
    """
    with context.record.step("publish", "dashboards") as step:
        try:
            from spark_app.report.site import write_site  # altair takes a second, which commands should not wait for

            by = context.record if publishing else None
            if written := write_site(context.settings, context.lake, context.contracts, publishing=by):
                step.action, step.version = "written", written.release.release_id
                found = written.trust
                context.record.verdict = Verdict(found.state, found.title, found.reasons)
        except Exception as error:
            step.action = "failed"
            context.record.warn(f"the dashboards were not written ({error}); write them again: lakehouse report")
