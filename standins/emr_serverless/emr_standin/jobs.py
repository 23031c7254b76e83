"""All job runs: started once for each client token, found by their ids."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from typing import Any

from emr_standin.applications import Application
from emr_standin.errors import Conflict, Invalid, NotFound
from emr_standin.job_run import ENDED, GRACE_SECONDS, JobRun
from emr_standin.spark_submit import Platform, command

# The service would follow these; here they would be passed over in silence.
_UNKNOWN = ("retryPolicy", "executionIamPolicy", "flexExecution")


class Jobs:
    """The job runs of all applications."""

    def __init__(self, platform: Platform) -> None:
        self._platform = platform
        self._all: dict[str, JobRun] = {}
        self._by_token: dict[str, JobRun] = {}
        self._lock = threading.Lock()

    def start(self, application: Application, params: Mapping[str, Any]) -> JobRun:
        """A new run, or for a client token seen before the run that it started."""
        unknown = [name for name in _UNKNOWN if name in params] + ["mode"] * (params.get("mode") == "STREAMING")
        if unknown:
            raise Invalid(f"{unknown[0]}: the stand-in does not do this")
        process = command(self._platform, params, application.asked)
        with self._lock:
            known = self._by_token.get(params["clientToken"])
            if known is not None and known.asked != params:
                raise Conflict("clientToken: the same token came before with other parameters")
            if known is None:
                known = JobRun(f"00standin{len(self._all) + 1:07d}", application, params, process, self._platform.logs)
                self._all[known.id] = self._by_token[params["clientToken"]] = known
            return known

    def get(self, params: Mapping[str, Any]) -> JobRun:
        """The run that the parameters name."""
        found = self._all.get(params["jobRunId"])
        if found is None or found.application.id != params["applicationId"]:
            raise NotFound(f"Job run {params['jobRunId']} does not exist in application {params['applicationId']}")
        return found

    def of(self, application: Application, states: list[str] | None) -> list[JobRun]:
        """An application's runs, newest first."""
        found = [job for job in self._all.values() if job.application is application]
        return [job for job in reversed(found) if not states or job.state in states]

    def busy(self, application: Application) -> list[str]:
        """Ids of an application's runs that have not ended."""
        return [job.id for job in self.of(application, None) if job.state not in ENDED]

    def stop(self) -> None:
        """End what runs and wait for it."""
        running = [job for job in list(self._all.values()) if job.state not in ENDED]
        for job in running:
            try:
                job.cancel(grace=2)
            except Invalid:
                continue  # it has ended meanwhile
        for job in running:
            job.join(GRACE_SECONDS)
