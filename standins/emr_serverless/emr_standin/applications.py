"""Applications: what jobs are submitted to. They hold no capacity here, so starting and stopping takes no time."""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from emr_standin.errors import Conflict, Invalid, NotFound

ACCOUNT, REGION = "000000000000", "us-east-1"
# Kept and told again as they came.
_KEPT = (
    "name",
    "tags",
    "initialCapacity",
    "maximumCapacity",
    "autoStartConfiguration",
    "autoStopConfiguration",
    "networkConfiguration",
    "architecture",
    "imageConfiguration",
    "runtimeConfiguration",
    "monitoringConfiguration",
    "schedulerConfiguration",
)


@dataclass
class Application:
    """An application, and whether it has been started."""

    id: str
    asked: Mapping[str, Any]
    state: str = "CREATED"
    created: float = field(default_factory=time.time)
    updated: float = field(default_factory=time.time)

    @property
    def arn(self) -> str:
        return f"arn:aws:emr-serverless:{REGION}:{ACCOUNT}:/applications/{self.id}"

    @property
    def release(self) -> str:
        return str(self.asked["releaseLabel"])

    @property
    def starts_by_itself(self) -> bool:
        return bool(self.asked.get("autoStartConfiguration", {}).get("enabled", True))

    def to(self, state: str) -> None:
        """Change the state."""
        self.state, self.updated = state, time.time()

    def described(self) -> dict[str, Any]:
        """As GetApplication tells it."""
        return self._common() | {"applicationId": self.id} | {k: self.asked[k] for k in _KEPT if k in self.asked}

    def listed(self) -> dict[str, Any]:
        """As ListApplications tells it."""
        return self._common() | {"id": self.id} | {k: self.asked[k] for k in ("name",) if k in self.asked}

    def _common(self) -> dict[str, Any]:
        return {
            "arn": self.arn,
            "releaseLabel": self.release,
            "type": self.asked["type"],
            "state": self.state,
            "stateDetails": "",
            "createdAt": self.created,
            "updatedAt": self.updated,
        }


class Applications:
    """All applications, by id."""

    def __init__(self) -> None:
        self._all: dict[str, Application] = {}
        self._lock = threading.Lock()

    def create(self, params: Mapping[str, Any]) -> Application:
        """A new application, CREATED."""
        if str(params["type"]).lower() != "spark":
            raise Invalid(f"type: found {params['type']}, expected SPARK: the stand-in runs nothing else")
        with self._lock:
            made = Application(f"00standin{len(self._all) + 1:07d}", dict(params))
            self._all[made.id] = made
        return made

    def get(self, params: Mapping[str, Any]) -> Application:
        """The application that the parameters name."""
        found = self._all.get(params["applicationId"])
        if found is None:
            raise NotFound(f"Application {params['applicationId']} does not exist")
        return found

    def all(self, states: list[str] | None) -> list[Application]:
        """All, or those in some states."""
        return [one for one in self._all.values() if not states or one.state in states]

    def start(self, params: Mapping[str, Any]) -> Application:
        """Make it ready for jobs."""
        found = self.get(params)
        if found.state == "TERMINATED":
            raise Invalid(f"Application {found.id} is in state TERMINATED and cannot be started")
        found.to("STARTED")
        return found

    def ready(self, params: Mapping[str, Any]) -> Application:
        """The application, started by the job where it is allowed to; Conflict where it is not."""
        found = self.get(params)
        if found.state != "STARTED":
            if not found.starts_by_itself:
                raise Conflict(f"Application {found.id} is in state {found.state} and auto-start is off")
            self.start(params)
        return found
