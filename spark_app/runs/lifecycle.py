"""A run from its beginning to its end: opened, let in, done, kept in `ops.runs`, and told to whoever wants to know."""

from __future__ import annotations

import time
from collections.abc import Callable

from spark_app.alerts import heartbeat, run_alerts
from spark_app.lake.failures import as_failure
from spark_app.lake.objects import local_path, make_folder
from spark_app.lake.s3 import is_s3
from spark_app.runs.budget_gate import check_budget
from spark_app.runs.context import Context
from spark_app.runs.dashboards import write_dashboards
from spark_app.runs.duration import notice_slow_run
from spark_app.runs.opening import hold_lake, open_context
from spark_app.runs.request import Outcome, RunRequest, Work
from spark_app.runs.run_log import keep_run
from spark_app.runs.work_size import size_work
from spark_app.runtime.errors import AuditFailed, LakehouseError, LandingIncomplete
from spark_app.runtime.record import RunRecord
from spark_app.runtime.salt import require_salt


def run(request: RunRequest, work: Work, on_start: Callable[[RunRecord], None] | None = None) -> Outcome:
    """Do the work that is asked for; errors of ours become an exit code and a message.

    Either way `ops.runs` keeps it.
    """
    record = RunRecord(request.command)
    if on_start:
        on_start(record)
    begun, context, release, heart = time.monotonic(), None, None, None
    code, message, hint = 0, "", None
    try:
        context = _writable(open_context(request, record))
        check_budget(context, request)
        with hold_lake(context, request.wait_seconds) as holding:
            heart = heartbeat.heart_of_run(context.settings.heartbeat_url_from, record, request.layers, request.last)
            heartbeat.tell_beginning(heart)
            if request.layers:
                require_salt(context.settings)
                size_work(context, request)
            release = work(holding, request)
        message = f"release {release.release_id}" if release else "nothing new" if request.layers else "done"
        if release:
            notice_slow_run(context, time.monotonic() - begun)
    except LakehouseError as error:
        code, message, hint = error.exit_code, error.message, error.hint
    except BaseException as error:
        failed = as_failure(error, context.lake.root if context else "")
        if failed is None:
            code, message = 1, f"{type(error).__name__}: {error}"
            raise
        code, message, hint = failed.exit_code, failed.message, failed.hint
    finally:
        seconds = time.monotonic() - begun
        current = keep_run(context, seconds, code, message, release) if context else None
        if context and code in (AuditFailed.exit_code, LandingIncomplete.exit_code):
            write_dashboards(context)  # the pages keep their figures and say that there are no newer ones, and why
        heartbeat.tell_end(heart, code)
        if context:
            released = not code and "publish" in request.layers
            run_alerts.send_run_alerts(context.settings, record, code, message, hint, released=released)
    return Outcome(code, message, record, seconds, release, current, hint)


def _writable(context: Context) -> Context:
    """UsageError where nothing can be written, not even that the run failed."""
    if not is_s3(context.lake.root):
        make_folder(local_path(context.lake.root))
    return context
