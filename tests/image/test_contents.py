"""What is in the image, and what is not."""

from __future__ import annotations

import json
import os
import re
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.image
ROOT = Path(__file__).resolve().parents[2]
BUDGET = 900  # MB, uncompressed, as `docker images` counts
Shell = Callable[[str], str]


def pinned_jars() -> dict[str, str]:
    """Jar → SHA-256, of docker/jars.txt."""
    lines = [line.split() for line in (ROOT / "docker/jars.txt").read_text().splitlines()]
    return {words[1].rpartition("/")[2]: words[0] for words in lines if words and words[0] != "#" and len(words) == 2}


def locked_packages() -> dict[str, str]:
    """Package → version, of locks/runtime.txt on Linux with Python 3.11."""
    from packaging.requirements import Requirement

    found = {}
    for text in re.findall(r"^([a-z0-9].*?)\s*\\$", (ROOT / "locks/runtime.txt").read_text(), re.MULTILINE):
        wanted = Requirement(text)
        here = {"python_version": "3.11", "python_full_version": "3.11.2", "sys_platform": "linux"}
        if wanted.marker is None or wanted.marker.evaluate(here):
            found[normal(wanted.name)] = str(wanted.specifier).removeprefix("==")
    return found


def normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def test_the_size_is_within_its_budget(image: dict[str, Any]) -> None:
    size = image["Size"] / 1e6
    assert size <= BUDGET, f"{size:.0f} MB; budget {BUDGET} MB"


def test_labels_are_those_of_oci(image: dict[str, Any]) -> None:
    labels = image["Config"]["Labels"]
    wanted = {"title", "description", "version", "revision", "base.name"}
    assert wanted <= {name.removeprefix("org.opencontainers.image.") for name in labels}
    assert labels["org.opencontainers.image.title"] == "lakehouse"
    version = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
    assert labels["org.opencontainers.image.version"] == version


def test_it_runs_as_somebody_who_may_write_nowhere_but_tmp(shell: Shell) -> None:
    assert shell("id -u; id -g") == "185\n185"
    # Not only because the root is read-only here: no file is theirs. (/tmp and its like are anybody's.)
    writable = "\\( -user 185 -o -perm -o=w \\) ! -type l ! -perm -1000"
    assert shell(f"find /opt /usr /etc /var -xdev {writable} -print 2>/dev/null; true") == ""
    assert shell("touch /tmp/a && echo yes") == "yes"


def test_nothing_that_builds_is_left(shell: Shell) -> None:
    tools = "gcc g++ cc make pip pip3 javac jlink curl wget git dnf"
    assert shell(f"for tool in {tools}; do command -v $tool; done; true") == ""
    assert shell("python -c 'import importlib.util as u; print(u.find_spec(\"pip\"))'") == "None"
    leftovers = "/root/.cache /tmp/* /build /var/lib/apt/lists/* /var/cache/apt/*.bin /var/cache/apt/archives/*.deb"
    assert shell(f"ls -d {leftovers} 2>/dev/null | grep -v hsperf; true") == ""


def test_the_jars_are_those_pinned_and_no_bundle(shell: Shell) -> None:
    lines = shell("cd /opt/spark/jars && sha256sum *.jar").splitlines()
    found = {name: checksum for checksum, name in (line.split() for line in lines)}
    pinned = pinned_jars()
    assert {name: found.get(name) for name in pinned} == pinned
    assert not [name for name in found if "bundle" in name]


def test_the_packages_are_those_locked(shell: Shell) -> None:
    said = shell(
        "python -c 'import importlib.metadata as m, json; "
        'print(json.dumps({d.metadata["Name"]: d.version for d in m.distributions(path=["'
        "/opt/venv/lib/python3.11/site-packages\"])}))'"
    )
    assert {normal(name): version for name, version in json.loads(said).items()} == locked_packages()


def test_what_was_trimmed_and_stripped_still_loads(shell: Shell) -> None:
    libraries = (
        "altair, apprise, arro3.core, boto3, deltalake, duckdb, great_expectations, numpy, pandas, pyarrow.acero,"
        " pyarrow.compute, pyarrow.csv, pyarrow.dataset, pyarrow.parquet, pyspark, redshift_connector, rich, yaml"
    )
    service = 'apprise.Apprise().add("mailtos://user:word@example.com")'
    assert shell(f"python -c 'import {libraries}; print({service})'") == "True"


def test_aws_services_that_the_code_names_are_described(shell: Shell) -> None:
    """docker/trim.sh keeps a list of them."""
    code = "\n".join(path.read_text() for path in (ROOT / "spark_app").rglob("*.py"))
    named = set(re.findall(r"client\(\s*\"([a-z0-9-]+)\"", code))
    assert named
    said = shell("python -c 'import boto3; print(*boto3.Session().get_available_services())'")
    assert named | {"sts", "sso", "sso-oidc", "redshift", "redshift-serverless"} <= set(said.split())


def test_the_dashboards_javascript_is_built_in(shell: Shell) -> None:
    """What makes it (vl-convert) is not."""
    said = shell("python -c 'from spark_app.report.assets import vega_bundle; print(vega_bundle())'")
    assert "vegaEmbed" in said
    assert len(said) > 500_000
    assert shell("python -c 'import importlib.util as u; print(u.find_spec(\"vl_convert\"))'") == "None"


def test_the_bill_of_materials_names_all_three_kinds() -> None:
    """`make sbom` wrote it."""
    path = Path(os.environ.get("SBOM", ROOT / "build" / "sbom.json"))
    if not path.is_file():
        pytest.skip(f"no {path}: make sbom makes it (needs syft, or Go to build it)")
    bill = json.loads(path.read_text())
    assert bill["bomFormat"] == "CycloneDX"
    names = {
        (part.get("purl", "").split(":")[-1].split("/")[0], part["name"], part.get("version"))
        for part in bill["components"]
    }
    kinds = {kind for kind, _, _ in names}
    assert {"deb", "pypi", "maven"} <= kinds
    packages = {(normal(name), version) for kind, name, version in names if kind == "pypi"}
    assert set(locked_packages().items()) <= packages
    jars = {name for kind, name, _ in names if kind == "maven"}
    wanted = {re.sub(r"-\d[\d.]*\.jar$", "", jar) for jar in pinned_jars()}
    assert wanted <= jars
    assert "tini" in {name for kind, name, _ in names if kind == "deb"}
