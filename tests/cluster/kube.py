"""The cluster as tests use it: kubectl, waiting for a condition, a port of a service on this machine."""

from __future__ import annotations

import json
import re
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
NAMESPACE = "lakehouse"
notes: list[str] = []  # what the session's end tells


def note(text: str) -> None:
    """Something worth telling when all tests have run."""
    notes.append(text)


def script(name: str, *words: str, environment: dict[str, str] | None = None) -> str:
    """Standard output of a script beside this file; what it said is in the error when it fails."""
    done = subprocess.run([str(HERE / name), *words], capture_output=True, text=True, env=environment)
    assert done.returncode == 0, f"{name} {' '.join(words)}: exit {done.returncode}\n{done.stdout}{done.stderr}"
    return done.stdout


def kubectl(*words: str, given: str | None = None, checked: bool = True) -> str:
    """Standard output of kubectl, in the namespace of the tests."""
    command = [str(HERE / "with.sh"), "kubectl", "--namespace", NAMESPACE, *words]
    for _ in range(5):  # on a machine full of other work the API server may answer too late
        done = subprocess.run(command, input=given, capture_output=True, text=True)
        if "Unable to connect to the server" not in done.stderr:
            break
    assert not checked or done.returncode == 0, f"kubectl {' '.join(words)}: {done.stderr}"
    return done.stdout


def apply(*objects: dict[str, Any]) -> None:
    """Make objects, or change them."""
    kubectl("apply", "-f", "-", given="\n---\n".join(json.dumps(thing) for thing in objects))


def found(kind: str, *words: str) -> list[dict[str, Any]]:
    """Objects of a kind (`pods`, or `pods,services`), as of now."""
    items: list[dict[str, Any]] = json.loads(kubectl("get", kind, "-o", "json", *words))["items"]
    return items


def one(kind: str, name: str) -> dict[str, Any]:
    """An object, as of now."""
    item: dict[str, Any] = json.loads(kubectl("get", kind, name, "-o", "json"))
    return item


def pods(labels: str, phase: str | None = None) -> list[str]:
    """Names of the pods with these labels, of one phase where that is given, those being deleted left out."""
    return [
        pod["metadata"]["name"]
        for pod in found("pods", "-l", labels)
        if "deletionTimestamp" not in pod["metadata"] and phase in (None, pod["status"]["phase"])
    ]


def until(condition: Callable[[], Any], what: str, seconds: float = 900) -> Any:
    """What the condition gives once it gives something; asked again until the deadline."""
    deadline = time.monotonic() + seconds
    while not (answer := condition()):
        assert time.monotonic() < deadline, f"waited {seconds:.0f} s in vain for {what}\n{state()}"
        time.sleep(2)  # kubectl itself takes half a second of CPU
    return answer


def state() -> str:
    """What is going on, for messages: the pods and the last events."""
    events = kubectl("get", "events", "--sort-by=.lastTimestamp", checked=False).splitlines()[-15:]
    return kubectl("get", "pods,jobs", "-o", "wide", checked=False) + "\n".join(events)


def ended(job: str, seconds: float = 3600) -> str:
    """How a Job ended: `Complete` or `Failed`."""

    def verdict() -> str | None:
        conditions = one("job", job)["status"].get("conditions", [])
        ends = [c["type"] for c in conditions if c["type"] in ("Complete", "Failed") and c["status"] == "True"]
        return ends[0] if ends else None

    return str(until(verdict, f"the end of job {job}", seconds))


@contextmanager
def port_of(service: str, port: int) -> Iterator[int]:
    """A port of this machine that leads to the service's."""
    command = [str(HERE / "with.sh"), "kubectl", "-n", NAMESPACE, "port-forward", f"service/{service}", f":{port}"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            said = process.stdout.readline()
            forwarded = re.search(r"127\.0\.0\.1:(\d+)", said)
            assert forwarded, f"port-forward to {service} said: {said!r}"
            yield int(forwarded[1])
        finally:
            process.terminate()
