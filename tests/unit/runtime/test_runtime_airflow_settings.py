"""The settings' section `airflow`: unset, set, and refused by line."""

from __future__ import annotations

from pathlib import Path

import pytest

from spark_app.runtime.airflow_settings import (
    AirflowAlerts,
    AirflowSettings,
    EmrServerlessRunner,
    KubernetesRunner,
    LocalRunner,
    Resources,
)
from spark_app.runtime.errors import SettingsError
from spark_app.runtime.settings import load_settings

ROLE = "arn:aws:iam::000000000000:role/lakehouse"
TOPIC = "arn:aws:sns:eu-west-1:000000000000:lakehouse"
# What a section must have, and then each setting: its value unset, as YAML, and then.
SECTIONS = {
    "": "",
    "alerts": "",
    "local": "",
    "kubernetes": "image: shop/lakehouse:1",
    "emr_serverless": f"application_id: 00abc, role: '{ROLE}'",
}
SETTINGS = [
    ("runners", ("local",), "[kubernetes]", ("kubernetes",)),
    ("one_task", False, "true", True),
    ("starts_at", "02:00", "'04:30'", "04:30"),
    ("release_by", "03:30", "'06:00'", "06:00"),
    ("maintenance", "0 12 * * 0", "'0 6 * * 6'", "0 6 * * 6"),
    ("timeout_minutes", 180, "60", 60),
    ("retries", 3, "0", 0),
    ("retry_seconds", 120, "1", 1),
    ("pool", "lakehouse", "default_pool", "default_pool"),
    ("alerts.slack", None, "shop_slack", "shop_slack"),
    ("alerts.email", (), "[data@example.com]", ("data@example.com",)),
    ("alerts.smtp", "smtp_default", "mail", "mail"),
    ("alerts.sns", None, f"'{TOPIC}'", TOPIC),
    ("alerts.aws", None, "aws_default", "aws_default"),
    ("local.python", ".venv/bin/python", "/opt/venv/bin/python", "/opt/venv/bin/python"),
    ("kubernetes.image", "shop/lakehouse:1", "shop/lakehouse:2", "shop/lakehouse:2"),
    ("kubernetes.namespace", "lakehouse", "data", "data"),
    ("kubernetes.release", "lakehouse", "shop", "shop"),
    ("kubernetes.settings", "chart", "image", "image"),
    ("kubernetes.pending_minutes", 480, "5", 5),
    ("kubernetes.connection", None, "eks", "eks"),
    ("kubernetes.secrets", (), "[shop-aws]", ("shop-aws",)),
    ("kubernetes.env", {}, "{A: b}", {"A": "b"}),
    ("kubernetes.resources", {}, "{gold: {cpu: '2'}}", {"gold": Resources(cpu="2", memory="4Gi")}),
    ("kubernetes.default_resources", Resources(), "{memory: 1Gi}", Resources(cpu="1", memory="1Gi")),
    ("kubernetes.node_selector", {}, "{pool: steady}", {"pool": "steady"}),
    ("kubernetes.tolerations", (), "[{key: data, operator: Exists}]", ({"key": "data", "operator": "Exists"},)),
    ("emr_serverless.application_id", "00abc", "00def", "00def"),
    ("emr_serverless.role", ROLE, f"'{ROLE}-2'", f"{ROLE}-2"),
    ("emr_serverless.log_uri", None, "'s3://logs/emr/'", "s3://logs/emr/"),
    ("emr_serverless.connection", None, "aws_default", "aws_default"),
    ("emr_serverless.region", None, "eu-west-1", "eu-west-1"),
    ("emr_serverless.scripts", "local:///opt/lakehouse/spark_app/jobs", "'s3://b/jobs'", "s3://b/jobs"),
    ("emr_serverless.parameters", {}, "{gold: '--conf a=b'}", {"gold": "--conf a=b"}),
    ("emr_serverless.default_parameters", "", "'--conf a=b'", "--conf a=b"),
    ("emr_serverless.tags", {"project": "lakehouse"}, "{team: sales}", {"team": "sales"}),
    ("emr_serverless.poll_seconds", 30, "1", 1),
]
MODELS = {
    "": AirflowSettings,
    "alerts": AirflowAlerts,
    "local": LocalRunner,
    "kubernetes": KubernetesRunner,
    "emr_serverless": EmrServerlessRunner,
}


def value(name: str) -> object:
    found: object = load_settings("local").airflow
    for part in name.split("."):
        found = getattr(found, part)
    return found


def write(conf: Path, section: str, more: str = "") -> None:
    """A file with all that the section must have, and one setting more."""
    both = ", ".join(part for part in (SECTIONS[section], more) if part)
    text = f"{{{section}: {{{both}}}}}" if section else f"{{kubernetes: {{{SECTIONS['kubernetes']}}}, {more}}}"
    (conf / "local.yaml").write_text(f"airflow: {text}\n")


@pytest.mark.parametrize(("name", "unset", "text", "then"), SETTINGS)
def test_unset_and_set(conf: Path, name: str, unset: object, text: str, then: object) -> None:
    section, _, key = name.rpartition(".")
    write(conf, section)
    assert value(name) == unset
    if f"{key}:" in SECTIONS[section]:
        (conf / "base.yaml").write_text((conf / "local.yaml").read_text())
        others = [pair for pair in SECTIONS[section].split(", ") if not pair.startswith(f"{key}:")]
        (conf / "local.yaml").write_text(f"airflow: {{{section}: {{{', '.join([*others, f'{key}: {text}'])}}}}}\n")
    else:
        write(conf, section, f"{key}: {text}")
    assert value(name) == then


def test_every_setting_is_in_the_list() -> None:
    sections = set(MODELS) - {""}
    known = {
        f"{section}.{name}" if section else name
        for section, model in MODELS.items()
        for name in model.model_fields
        if section or name not in sections
    }
    assert {name for name, *_ in SETTINGS} == known


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("runners: [kubernets]", r"local\.yaml:2: airflow\.runners\.0: .*'kubernetes'.*found 'kubernets'"),
        ("runners: []", r"local\.yaml:2: airflow\.runners: .*at least 1"),
        (
            "runners: [kubernetes]",
            r"local\.yaml: airflow\.runners: found kubernetes without airflow\.kubernetes.* image",
        ),
        (
            "runners: [emr_serverless]",
            r"found emr_serverless without airflow\.emr_serverless.* application_id and role",
        ),
        ("kubernetes: {namespace: x}", r"local\.yaml:2: airflow\.kubernetes\.image: field required"),
        ("kubernetes: {image: x, nodes: 3}", r"local\.yaml:2: airflow\.kubernetes\.nodes: unknown key"),
        ("kubernetes: {image: x, resources: {golden: {}}}", r"resources\.golden.*'gold'.*found 'golden'"),
        ("kubernetes: {image: x, resources: {gold: {memory: lots}}}", r"memory: .*found 'lots'"),
        ("emr_serverless: {application_id: a, role: me}", r"emr_serverless\.role: .*found 'me'"),
        ("release_by: half past three", r"release_by: .*found 'half past three'"),
        ("release_by: '24:00'", r"release_by: .*found '24:00'"),
    ],
)
def test_nonsense_is_refused_by_file_and_line(conf: Path, text: str, message: str) -> None:
    (conf / "local.yaml").write_text(f"airflow:\n  {text}\n")
    with pytest.raises(SettingsError, match=message):
        load_settings("local")


def test_the_documentation_names_every_setting() -> None:
    text = (Path(__file__).parents[3] / "docs" / "run-with-airflow.md").read_text()
    lacking = [
        name
        for name, *_ in SETTINGS
        if f"`{name.removeprefix('kubernetes.').removeprefix('emr_serverless.')}`" not in text
    ]
    assert not lacking
