"""The HTTP endpoint: requests understood, done, and answered as the service does."""

from __future__ import annotations

import json
import tempfile
import threading
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from botocore.utils import parse_timestamp

from emr_standin.applications import Applications
from emr_standin.errors import ApiError, Invalid
from emr_standin.job_run import GRACE_SECONDS, JobRun
from emr_standin.jobs import Jobs
from emr_standin.model import understand
from emr_standin.spark_submit import Platform

Params = Mapping[str, Any]
_RELEASE = "emr-7.13.0"


class Service:
    """What each operation does."""

    def __init__(self, platform: Platform) -> None:
        self.platform, self.applications, self.jobs = platform, Applications(), Jobs(platform)
        self.operations: Mapping[str, Callable[[Params], dict[str, Any]]] = {
            "CreateApplication": self._create_application,
            "GetApplication": lambda params: {"application": self.applications.get(params).described()},
            "ListApplications": lambda params: {
                "applications": [one.listed() for one in self.applications.all(params.get("states"))]
            },
            "StartApplication": self._start_application,
            "StopApplication": lambda params: self._leave(params, "STOPPED"),
            "DeleteApplication": lambda params: self._leave(params, "TERMINATED"),
            "StartJobRun": self._start_job_run,
            "GetJobRun": lambda params: {"jobRun": self.jobs.get(params).described()},
            "ListJobRuns": self._list_job_runs,
            "CancelJobRun": self._cancel_job_run,
        }

    def _create_application(self, params: Params) -> dict[str, Any]:
        made = self.applications.create(params)
        name = {"name": made.asked["name"]} if "name" in made.asked else {}
        return {"applicationId": made.id, "arn": made.arn, **name}

    def _start_application(self, params: Params) -> dict[str, Any]:
        self.applications.start(params)
        return {}

    def _leave(self, params: Params, state: str) -> dict[str, Any]:
        application = self.applications.get(params)
        if busy := self.jobs.busy(application):
            raise Invalid(f"Application {application.id} has job runs that have not ended: {', '.join(busy)}")
        if state == "TERMINATED" and application.state == "STARTED":
            raise Invalid(f"Application {application.id} must be stopped before it is deleted")
        application.to(state)
        return {}

    def _start_job_run(self, params: Params) -> dict[str, Any]:
        job = self.jobs.start(self.applications.ready(params), params)
        return {"applicationId": job.application.id, "jobRunId": job.id, "arn": job.arn}

    def _list_job_runs(self, params: Params) -> dict[str, Any]:
        application = self.applications.get(params)
        after, before = (_seconds(params, name) for name in ("createdAtAfter", "createdAtBefore"))
        found = self.jobs.of(application, params.get("states"))
        within = [job for job in found if (after or 0) <= job.created and (before is None or job.created <= before)]
        return {"jobRuns": [job.listed() for job in within]}

    def _cancel_job_run(self, params: Params) -> dict[str, Any]:
        job = self.jobs.get(params)
        job.cancel(params.get("shutdownGracePeriodInSeconds", GRACE_SECONDS))
        return {"applicationId": job.application.id, "jobRunId": job.id}


def _seconds(params: Params, name: str) -> float | None:
    return parse_timestamp(params[name]).timestamp() if name in params else None


@dataclass(frozen=True)
class Standin:
    """A running endpoint. `application_id` is one application, made beforehand."""

    endpoint: str
    application_id: str
    logs: Path
    _service: Service

    def job(self, job_run_id: str) -> JobRun:
        """A job run, to look closer than the API does."""
        return self._service.jobs.get({"applicationId": self.application_id, "jobRunId": job_run_id})


@contextmanager
def start(platform: Platform, port: int = 0, host: str = "127.0.0.1") -> Iterator[Standin]:
    """The stand-in for as long as the block lasts; `port` 0 takes a free one. What still runs then is ended."""
    service = Service(replace(platform, logs=platform.logs.absolute()))
    asked = {"name": "lakehouse", "type": "SPARK", "releaseLabel": _RELEASE, "clientToken": str(uuid.uuid4())}
    application = service.applications.create(asked)
    with ThreadingHTTPServer((host, port), _handler(service)) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        try:
            yield Standin(f"http://{host}:{server.server_port}", application.id, service.platform.logs, service)
        finally:
            server.shutdown()
            service.jobs.stop()


def _handler(service: Service) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _answer(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            headers = {}
            try:
                call = understand(self.command, self.path, body, service.operations)
                status, told = 200, service.operations[call.operation](call.params)
            except ApiError as error:
                status, told = error.status, {"message": error.message}
                headers["x-amzn-errortype"] = error.name
            data = json.dumps(told).encode()
            self.send_response(status)
            for name, value in {
                "Content-Type": "application/json",
                "Content-Length": str(len(data)),
                **headers,
            }.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(data)

        do_GET = do_POST = do_DELETE = do_PATCH = _answer

        def log_message(self, *_: Any) -> None:
            """Nothing: jobs keep their own logs."""

    return Handler


def folder_for_logs() -> Path:
    """A new folder, for whoever names none."""
    return Path(tempfile.mkdtemp(prefix="emr-serverless-"))
