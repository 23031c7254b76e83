"""What the chart refuses: values it does not know, and values that do not fit together, all in one message."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
import yaml

from tests.chart.render import CHART, LOCAL, refusal, text

pytestmark = pytest.mark.chart

ROLE = "arn:aws:iam::123456789012:role/lakehouse"
GOOD = {
    "landing": "s3a://shop/landing",
    "lake": "s3a://shop/lake",
    "reports": "s3a://shop/reports",
    "warehouse": "none",
    "email_salt_secret": "shop/salt",
}
REDSHIFT: dict[str, Any] = {
    "warehouse": "redshift",
    "redshift": {"host": "house", "user": "loader", "temp": "s3a://shop/tmp"},
}

TOGETHER = [
    ({"settings": {**GOOD, "lake": "lake"}}, "settings.lake: found 'lake', expected s3a://bucket/prefix"),
    ({"settings": {**GOOD, "landing": "s3://shop"}}, "settings.landing: found 's3://shop'"),
    ({"settings": {k: v for k, v in GOOD.items() if k != "reports"}}, "settings.reports: found ''"),
    ({"settings": {**GOOD, "warehouse": "duckdb"}}, "settings.warehouse: found duckdb"),
    ({"settings": {k: v for k, v in GOOD.items() if k != "warehouse"}}, "settings.warehouse: found duckdb"),
    ({"settings": {**GOOD, "spark": {"master": "yarn"}}}, "settings.spark.master: found 'yarn', expected none"),
    ({"settings": {**GOOD, "spark": {"fetch_jars": True}}}, "settings.spark.fetch_jars: found true"),
    ({"settings": {**GOOD, **REDSHIFT}}, "settings.redshift: no way to log in"),
    (
        {"settings": {k: v for k, v in GOOD.items() if k != "email_salt_secret"}},
        "settings.email_salt_secret: no salt for e-mail hashes; expected it (Secrets Manager), or the value secrets.",
    ),
    ({"settings": "lake: [broken"}, "settings: not YAML"),
    ({"backfill": {"from": "2024-01-01"}}, "backfill: found from '2024-01-01' and to '', expected both"),
    ({"backfill": {"to": "2024-01-01"}}, "backfill: found from '' and to '2024-01-01', expected both"),
    ({"backfill": {"from": "2024-02-01", "to": "2024-01-31"}}, "backfill: from 2024-02-01 is after to 2024-01-31"),
    ({"executor": {"min": 5}}, "nightly: executor.min 5 is more than executor.max 4"),
    ({"backfill": {"executor": {"max": 1}}, "executor": {"min": 2}}, "backfill: executor.min 2 is more than"),
    ({"watch": {"enabled": True}, "settings": GOOD}, "watch.enabled: the watch would run the nights, and the CronJob"),
    (
        {"watch": {"enabled": True}, "settings": {**GOOD, "watch": {"night": "03:00"}}},
        "expected settings.watch.night: null (nights are the CronJob's), or nightly.suspend: true",
    ),
    ({"watch": {"batchSeconds": 9000}}, "watch: silentSeconds 7200 is less than batchSeconds 9000"),
    ({"watch": {"executor": {"min": 5}}}, "watch: executor.min 5 is more than executor.max 4"),
    ({"sparkConf": {"spark.master": "local[*]"}}, "sparkConf: spark.master is set by the chart"),
    ({"sparkConf": {"spark.driver.host": "x"}}, "sparkConf: spark.driver.host is set by the chart"),
    ({"env": {"LAKEHOUSE_REDSHIFT_PASSWORD": "x"}}, "env: LAKEHOUSE_REDSHIFT_PASSWORD looks secret"),
    ({"env": {"AWS_ACCESS_KEY_ID": "x"}}, "env: AWS_ACCESS_KEY_ID looks secret"),
    (
        {"serviceAccount": {"roleArn": ROLE}, "secrets": {"aws": "keys"}},
        "serviceAccount.roleArn and secrets.aws: keys would win",
    ),
    ({"historyServer": {"enabled": True}}, "historyServer.enabled: expected eventLog.dir"),
    (
        {"settings": GOOD, "eventLog": {"dir": "s3a://shop/lake/"}},
        "eventLog.dir: found 's3a://shop/lake/', and settings.lake",
    ),
    (
        {"settings": GOOD, "eventLog": {"dir": "s3a://shop"}},
        "settings.reports is 's3a://shop/reports'; expected a folder",
    ),
    (
        {"settings": {**GOOD, **REDSHIFT}, "eventLog": {"dir": "s3a://shop/TMP/logs"}},
        "eventLog.dir: found 's3a://shop/TMP/logs', and settings.redshift.temp is 's3a://shop/tmp'",
    ),
    (
        {"settings": {**GOOD, "alerts": ["TEAM_URL", {"url_from": "DUTY_URL"}], "heartbeat_url_from": "BEAT_URL"}},
        "settings: alerts and heartbeat_url_from name TEAM_URL, DUTY_URL, BEAT_URL; expected alerts.secrets",
    ),
    (
        {"settings": {**GOOD, "alerts": ["TEAM_URL"]}, "alerts": {"secrets": ["tell"]}, "env": {"TEAM_URL": "x"}},
        "env: TEAM_URL holds a token; put it into a Secret and name that in alerts.secrets",
    ),
    ({"metrics": {"podMonitor": True}}, "metrics.podMonitor: expected metrics.enabled"),
    ({"metrics": {"enabled": True}}, "metrics.enabled: networkPolicy.uiFrom is empty"),
]


@pytest.mark.parametrize(("values", "message"), TOGETHER)
def test_what_does_not_fit_together(values: Any, message: str) -> None:
    assert message in refusal(values=values)


def test_all_at_once() -> None:
    said = refusal(
        values={
            "settings": {**GOOD, "lake": "lake"},
            "backfill": {"from": "2024-01-01"},
            "historyServer": {"enabled": True},
        }
    )
    assert "3 things do not fit together" in said
    assert all(part in said for part in ("settings.lake", "backfill: found", "historyServer.enabled"))


@pytest.mark.parametrize(
    "redshift",
    [{"secret": "house"}, {"workgroup": "analytics"}, {"cluster": "house", "user": "loader"}],
    ids=lambda way: next(iter(way)),
)
def test_each_way_to_log_in_will_do(redshift: dict[str, str]) -> None:
    both = {**REDSHIFT["redshift"], **redshift}
    assert "things do not fit" not in text(values={"settings": {**GOOD, **REDSHIFT, "redshift": both}})


@pytest.mark.parametrize(
    "values",
    [
        {"settings": {**GOOD, "watch": {"night": None}}},
        {"settings": yaml.safe_dump({**GOOD, "watch": {"night": None}})},
        {"settings": GOOD, "nightly": {"suspend": True}},
    ],
    ids=["nights are the CronJob's", "the same as the text of a file", "nights are the watch's"],
)
def test_beside_a_watch_one_runs_the_nights(values: Any) -> None:
    assert "kind: Deployment" in text(values={**values, "watch": {"enabled": True}})


ALONE = [
    ({"nightlyy": {}}, "nightlyy"),
    ({"nightly": {"scedule": "0 2 * * *"}}, "scedule"),
    ({"nightly": {"schedule": "at two"}}, "/nightly/schedule"),
    ({"nightly": {"deadlineSeconds": "4h"}}, "/nightly/deadlineSeconds"),
    ({"nightly": {"retries": -1}}, "/nightly/retries"),
    ({"nightly": {"executor": {"disk": "1Gi"}}}, "disk"),
    ({"watch": {"replicas": 2}}, "replicas"),
    ({"watch": {"silentSeconds": 60}}, "/watch/silentSeconds"),
    ({"backfill": {"from": "1.2.2024", "to": "2024-02-02"}}, "/backfill/from"),
    ({"driver": {"memory": "2Gi"}}, "/driver/memory"),
    ({"driver": {"cores": "two"}}, "/driver/cores"),
    ({"executor": {"disk": "20g"}}, "/executor/disk"),
    ({"executor": {"min": 0}}, "/executor/min"),
    ({"executor": {"spot": "never"}}, "/executor/spot"),
    ({"executor": {"tolerations": [{"kye": "spot"}]}}, "kye"),
    ({"arch": "arm"}, "/arch"),
    ({"environment": "base"}, "/environment"),
    ({"env": {"A": 1}}, "/env/A"),
    ({"sparkConf": {"park.x": "1"}}, "park.x"),
    ({"sparkConf": {"spark.x": 1000000}}, "/sparkConf/spark.x"),
    ({"eventLog": {"dir": "s3://lake/logs"}}, "/eventLog/dir"),
    ({"serviceAccount": {"roleArn": "lakehouse"}}, "/serviceAccount/roleArn"),
    ({"image": {"digest": "latest"}}, "/image/digest"),
    ({"networkPolicy": {"uiFrom": [{"podselector": {}}]}}, "podselector"),
    ({"networkPolicy": {"egressPorts": []}}, "/networkPolicy/egressPorts"),
]


@pytest.mark.parametrize(("values", "named"), ALONE)
def test_what_is_wrong_by_itself(values: Any, named: str) -> None:
    said = refusal(values=values)
    assert "specifications of the schema" in said
    assert named.removeprefix("/").replace("/", ".") in said.replace("/", ".")


OPEN = {"settings", "global"}  # the settings are closed where they are read; `global` is helm's own


def closed(schema: Any, path: str) -> Iterator[str]:
    """Objects of a schema that take keys nobody has named."""
    if not isinstance(schema, dict):
        return
    if schema.get("type") == "object" and path not in OPEN:
        beyond = schema.get("additionalProperties", True)
        if beyond is not False and not isinstance(beyond, dict):
            yield path
    for key, below in schema.items():
        for name, one in below.items() if key in ("properties", "definitions") else ():
            yield from closed(one, f"{path}.{name}".strip("."))
        if key == "items":
            yield from closed(below, f"{path}[]")


def test_the_schema_is_closed() -> None:
    schema = json.loads((CHART / "values.schema.json").read_text())
    assert list(closed(schema, "")) == []
    assert schema["additionalProperties"] is False


def test_the_schema_knows_the_values_and_no_others() -> None:
    schema = json.loads((CHART / "values.schema.json").read_text())
    values = yaml.safe_load((CHART / "values.yaml").read_text())
    assert set(schema["properties"]) - {"global"} == set(values)
    for name, section in schema["properties"].items():
        if "properties" in section:
            assert set(section["properties"]) == set(values[name]), name


def test_settings_as_the_text_of_a_file() -> None:
    """`--set-file settings=FILE` gives the same as the same settings in a values file."""
    settings = yaml.safe_load(LOCAL.read_text())["settings"]
    rest = {"secrets": {"redshift": "house", "emailSalt": "mail"}}
    assert text(values={**rest, "settings": yaml.safe_dump(settings)}) == text(values={**rest, "settings": settings})
