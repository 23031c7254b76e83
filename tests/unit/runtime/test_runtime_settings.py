"""Every setting: what it is where nothing is said, that it can be set, and that nonsense is refused by line."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from spark_app.runtime.alert_settings import AlertRoute
from spark_app.runtime.cost_settings import Pod
from spark_app.runtime.errors import SettingsError
from spark_app.runtime.settings import KafkaSettings, RedshiftSettings, load_settings

POD = Pod(vcpu=Decimal("0.5"), memory_gb=Decimal(4))
BUDGET = "cost: {billed_by: machine, machine_hour: 1, monthly_budget: 50}"

# setting, its value unset (base.yaml and local.yaml emptied of it), a line that sets it, the value then
KAFKA = KafkaSettings(servers="a:9092", topics={"t": "orders"})

SETTINGS = [
    ("home", ".lakehouse", "home: elsewhere", "elsewhere"),
    ("landing", "landing", "landing: drops", "drops"),
    ("lake", "lake", "lake: tables", "tables"),
    ("reports", "reports", "reports: pages", "pages"),
    ("report_days", 800, "report_days: 90", 90),
    ("source", "canonical", "source: kiosk", "kiosk"),
    ("data_docs", True, "data_docs: false", False),
    ("query_memory", "2g", "query_memory: 500m", "500m"),
    ("lookback_days", 7, "lookback_days: 0", 0),
    ("lease_seconds", 60, "lease_seconds: 20", 20),
    ("parallel", 4, "parallel: 1", 1),
    ("warehouse", "duckdb", "warehouse: none", "none"),
    ("warehouse_path", "warehouse.duckdb", "warehouse_path: w.duckdb", "w.duckdb"),
    ("email_salt_from", None, "email_salt_from: OUR_SALT", "OUR_SALT"),
    ("email_salt_secret", None, "email_salt_secret: shop/salt", "shop/salt"),
    ("reporting.currency", None, "reporting: {currency: EUR}", "EUR"),
    ("reporting.timezone", "UTC", "reporting: {timezone: Europe/Berlin}", "Europe/Berlin"),
    ("reporting.shop", None, "reporting: {shop: Kettle & Co}", "Kettle & Co"),
    ("watch.every_seconds", 60, "watch: {every_seconds: 30}", 30),
    ("watch.night", "02:00", "watch: {night: null}", None),
    ("watch.behind_minutes", 30, "watch: {behind_minutes: 5}", 5),
    ("watch.keep_releases", 20, "watch: {keep_releases: 3}", 3),
    ("kafka", None, "kafka: {servers: 'a:9092', topics: {t: orders}}", KAFKA),
    ("spark.master", None, "spark: {master: 'local[1]'}", "local[1]"),
    ("spark.driver_memory", None, "spark: {driver_memory: 1g}", "1g"),
    ("spark.fetch_jars", True, "spark: {fetch_jars: false}", False),
    ("spark.light_compiler", False, "spark: {light_compiler: true}", True),
    ("spark.bytes_per_partition", 32 * 1024**2, "spark: {bytes_per_partition: 1000}", 1000),
    ("s3.endpoint", None, "s3: {endpoint: 'http://127.0.0.1:9000'}", "http://127.0.0.1:9000"),
    ("s3.region", None, "s3: {region: eu-west-1}", "eu-west-1"),
    ("s3.path_style", False, "s3: {path_style: true}", True),
    ("s3.log_table", None, "s3: {log_table: delta_log}", "delta_log"),
    ("s3.only_writer", False, "s3: {only_writer: true}", True),
    ("cost.billed_by", "nothing", "cost: {billed_by: machine, machine_hour: 1}", "machine"),
    ("cost.architecture", "x86_64", "cost: {architecture: arm64}", "arm64"),
    ("cost.machine_hour", None, "cost: {machine_hour: 0.192}", Decimal("0.192")),
    ("cost.driver", None, "cost: {driver: {vcpu: 0.5, memory_gb: 4}}", POD),
    ("cost.executor", None, "cost: {executor: {vcpu: 0.5, memory_gb: 4}}", POD),
    ("cost.emr_application", None, "cost: {emr_application: 00f1}", "00f1"),
    ("cost.glue_jobs", (), "cost: {glue_jobs: [nightly]}", ("nightly",)),
    ("cost.redshift_nodes", None, "cost: {redshift_nodes: 2}", 2),
    ("cost.s3_metrics_filter", None, "cost: {s3_metrics_filter: all}", "all"),
    ("cost.monthly_budget", None, BUDGET, Decimal(50)),
    ("cost.over_budget", "warn", "cost: {over_budget: stop}", "stop"),
    ("heartbeat_url_from", None, "heartbeat_url_from: BEAT_URL", "BEAT_URL"),
    ("alerts", (), "alerts: [LAKEHOUSE_ALERT_URL]", (AlertRoute(url_from="LAKEHOUSE_ALERT_URL"),)),
]

# The same within `redshift`, which is nothing where it is not given.
REDSHIFT = [
    ("host", None, "rs.example.com", "rs.example.com"),
    ("port", 5439, "5440", 5440),
    ("database", "dev", "shop", "shop"),
    ("user", None, "loader", "loader"),
    ("secret", None, "shop/loader", "shop/loader"),
    ("cluster", None, "shop-1", "shop-1"),
    ("workgroup", None, "shop", "shop"),
    ("iam_role", "default", "arn:aws:iam::1:role/r", "arn:aws:iam::1:role/r"),
    ("temp", None, "s3://bucket/temp", "s3://bucket/temp"),
    ("region", None, "eu-west-1", "eu-west-1"),
    ("loader", "copy", "connector", "connector"),
    ("ssl", True, "false", False),
    ("connect_timeout", 30, "5", 5),
    ("wake_timeout", 180, "0", 0),
    ("statement_timeout", 3600, "0", 0),
    ("lock_timeout", 600, "60", 60),
    ("keepalive", 60, "0", 0),
    ("leave_out", (), "[daily_channels]", ("daily_channels",)),
]


def value(name: str) -> object:
    found: object = load_settings("local")
    for part in name.split("."):
        found = getattr(found, part)
    return found


@pytest.mark.parametrize(("name", "unset", "line", "then"), SETTINGS)
def test_unset_and_set(conf: Path, name: str, unset: object, line: str, then: object) -> None:
    assert value(name) == unset
    (conf / "local.yaml").write_text(f"{line}\n")
    assert value(name) == then


@pytest.mark.parametrize(("name", "unset", "text", "then"), REDSHIFT)
def test_redshift_unset_and_set(conf: Path, name: str, unset: object, text: str, then: object) -> None:
    assert value("redshift") is None
    (conf / "local.yaml").write_text("redshift: {}\n")
    assert value(f"redshift.{name}") == unset
    (conf / "local.yaml").write_text(f"redshift:\n  {name}: {text}\n")
    assert value(f"redshift.{name}") == then


@pytest.mark.parametrize(
    ("text", "missing"),
    [
        ("", "without redshift,"),
        ("redshift: {host: h, user: u}", "without redshift.temp,"),
        ("redshift: {user: u, temp: 's3://b/t'}", "without redshift.host"),
        ("redshift: {host: h, temp: 's3://b/t'}", "without redshift.user"),
    ],
)
def test_the_warehouse_redshift_needs_to_know_where_who_and_its_prefix(conf: Path, text: str, missing: str) -> None:
    (conf / "local.yaml").write_text(f"warehouse: redshift\n{text}\n")
    with pytest.raises(SettingsError, match=missing):
        load_settings("local")


def test_what_redshift_needs_may_stand_in_both_files(conf: Path) -> None:
    (conf / "base.yaml").write_text("redshift: {temp: 's3://b/t', user: loader}\n")
    (conf / "local.yaml").write_text("warehouse: redshift\nredshift: {host: h}\n")
    assert (value("redshift.temp"), value("redshift.host")) == ("s3://b/t", "h")


def test_a_password_is_no_setting(conf: Path) -> None:
    (conf / "local.yaml").write_text("redshift: {password: hunter2}\n")
    with pytest.raises(SettingsError, match="unknown key 'password'") as caught:
        load_settings("local")
    assert "hunter2" not in str(caught.value)


def test_every_setting_is_in_the_list(conf: Path) -> None:
    found = load_settings("local")
    parts = {"spark": found.spark, "s3": found.s3, "reporting": found.reporting, "cost": found.cost}
    parts["watch"] = found.watch
    own = {name for name in type(found).model_fields if name not in ("environment", "redshift", "airflow", *parts)}
    nested = {f"{part}.{name}" for part, of_it in parts.items() for name in type(of_it).model_fields}
    assert {name for name, *_ in SETTINGS} == own | nested
    assert [name for name, *_ in REDSHIFT] == list(RedshiftSettings.model_fields)


def test_a_route_of_alerts_unset_and_set(conf: Path) -> None:
    (conf / "local.yaml").write_text("alerts: [{url_from: TEAM_URL}, {url_from: LOG_URL, severities: [warning]}]\n")
    first, second = load_settings("local").alerts
    assert (first.url_from, first.severities) == ("TEAM_URL", ("error", "resolved"))
    assert (second.url_from, second.severities) == ("LOG_URL", ("warning",))
    assert list(type(first).model_fields) == ["url_from", "severities"]


def test_an_environment_overrides_the_base_key_by_key(conf: Path) -> None:
    (conf / "base.yaml").write_text("spark:\n  driver_memory: 1g\n  light_compiler: true\n")
    (conf / "local.yaml").write_text("spark:\n  driver_memory: 2g\n")
    assert (value("spark.driver_memory"), value("spark.light_compiler")) == ("2g", True)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("home: x\nlookbak_days: 3\n", r"local\.yaml:2: lookbak_days: unknown key .* did you mean 'lookback_days'"),
        ("lookback_days: -1\n", r"local\.yaml:1: lookback_days: .*greater than or equal to 0, found -1"),
        ("warehouse: oracle\n", r"local\.yaml:1: warehouse: .*'duckdb', 'redshift' or 'none', found 'oracle'"),
        ("spark:\n  driver_memory: lots\n", r"local\.yaml:2: spark\.driver_memory: .*found 'lots'"),
        ("- a list\n", r"local\.yaml: expected a mapping"),
        ("alerts: ['slack://token']\n", r"local\.yaml:1: alerts\.0\.url_from: .*found 'slack://…'$"),
        ("alerts: [{url_from: X, severitys: [error]}]", r"severitys: unknown key .* did you mean 'severities'"),
        ("alerts: [{url_from: X, severities: [grave]}]", r"alerts\.0\.severities\.0: .*found 'grave'"),
        ("home: [\n", r"local\.yaml: not readable as YAML"),
    ],
)
def test_nonsense_is_refused_by_file_and_line(conf: Path, text: str, message: str) -> None:
    (conf / "local.yaml").write_text(text)
    with pytest.raises(SettingsError, match=message):
        load_settings("local")
