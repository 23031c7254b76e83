"""The chart rendered by helm: values in, objects out."""

from __future__ import annotations

import subprocess
from functools import cache
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parents[2]
CHART = ROOT / "helm" / "lakehouse"
LOCAL, EKS = CHART / "ci" / "local-values.yaml", CHART / "ci" / "eks-values.yaml"
# Whatever a release may have, at once.
EVERYTHING: dict[str, Any] = {
    "backfill": {"from": "2024-01-01", "to": "2024-01-31"},
    "watch": {"enabled": True},
    "eventLog": {"dir": "s3a://lake/logs"},
    "historyServer": {"enabled": True},
    "metrics": {"enabled": True},
    "networkPolicy": {"uiFrom": [{"namespaceSelector": {}}]},
    "executor": {"coresLimit": 2},
    "alerts": {"secrets": ["tell"], "ports": [587]},
    "prometheusRule": {"enabled": True},
    "secrets": {"aws": "keys", "redshift": "house", "emailSalt": "mail"},
}
# The objects by kind and name, without the release's name: `Job`, `CronJob nightly`, `ConfigMap`.
Objects = dict[str, dict[str, Any]]


@cache
def helm() -> str:
    """The program: the one on PATH, or the one kept in the cache (built first, if need be)."""
    return subprocess.run(
        ["sh", ROOT / "tools" / "helm.sh", "--where"], check=True, capture_output=True, text=True
    ).stdout.strip()


def run(*words: str, given: str | None = None, release: str = "lakehouse") -> subprocess.CompletedProcess[str]:
    """`helm template` with these words and perhaps values on standard input."""
    command = [helm(), "template", release, str(CHART), "--namespace", "shop", *words]
    return subprocess.run([*command, *(["-f", "-"] if given else [])], input=given, capture_output=True, text=True)


def text(*words: str, values: Any = None, release: str = "lakehouse") -> str:
    """What helm renders from further arguments and a tree of values."""
    return _rendered(words, yaml.safe_dump(values) if values else None, release)


@cache
def _rendered(words: tuple[str, ...], given: str | None, release: str) -> str:
    done = run(*words, given=given, release=release)
    assert done.returncode == 0, done.stderr
    return done.stdout


def objects(*words: str, values: Any = None, release: str = "lakehouse") -> Objects:
    """The same, as objects by kind and name."""
    found = [one for one in yaml.safe_load_all(text(*words, values=values, release=release)) if one]
    return {f"{one['kind']} {one['metadata']['name'].removeprefix(release).strip('-')}".strip(): one for one in found}


def refusal(*words: str, values: Any = None) -> str:
    """What helm says where it refuses."""
    done = run(*words, given=yaml.safe_dump(values) if values else None)
    assert done.returncode != 0, "rendered, expected a refusal"
    return done.stderr


def pod(rendered: Objects, name: str) -> dict[str, Any]:
    """The pod (metadata and spec) that an object makes; `executor` is the template Spark is given."""
    if name == "executor":
        template: dict[str, Any] = yaml.safe_load(rendered["ConfigMap"]["data"]["executor.yaml"])
        return template
    found = rendered[name]
    spec = found["spec"]["jobTemplate"]["spec"] if found["kind"] == "CronJob" else found["spec"]
    return found if found["kind"] == "Pod" else spec["template"]


def pods(rendered: Objects) -> dict[str, dict[str, Any]]:
    """All pods that come of a release, by the object that makes them."""
    makers = [name for name in rendered if name.split()[0] in ("CronJob", "Job", "Deployment", "Pod")]
    return {name: pod(rendered, name) for name in [*makers, "executor"]}


def spark(rendered: Objects, job: str = "nightly") -> dict[str, str]:
    """What Spark is told in a job."""
    key = "spark-defaults.conf" if job == "nightly" else f"spark-defaults.{job}.conf"
    lines = rendered["ConfigMap"]["data"][key].strip().splitlines()
    return dict(line.split(" ", 1) for line in lines)


def look(found: Any, path: str) -> Any:
    """What lies at `spec.containers.0.env`; None where nothing does. `\\.` is a dot in a key."""
    for key in path.replace("\\.", "\0").split("."):
        key = key.replace("\0", ".")
        if isinstance(found, list):
            found = found[int(key)] if int(key) < len(found) else None
        else:
            found = (found or {}).get(key)
    return found
